"""What tells, before a file is opened, whether it is still the one that was there before."""

import os
import stat
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

# A file may be written again within one tick of its time, which then does not show it: as in git's
# index, a time this close to the moment of its reading is no proof.
TICK = 2.0  # seconds; FAT has the coarsest ticks
_YOUNG = "~"  # before what cannot be a proof
_TOLD = (
    "ETag",
    "etag",
    "LastModified",
    "last_modified",
    "updated",
    "mtime",
)  # by clients of stores


class Stamp(NamedTuple):
    """A file's size and what changes whenever it is written. In no name and no output."""

    size: int  # -1 where nobody tells
    change: str  # "" where nobody tells

    def proves(self, size: int, change: str) -> bool:
        """Whether a file that had this size and change before has been left alone since."""
        told = bool(self.change) and not self.change.startswith(_YOUNG)
        return told and self.change == change and self.size in (-1, size)

    def agrees(self, other: "Stamp") -> bool:
        """Whether nothing tells two looks at a file apart, however young it was at either."""
        sizes = self.size == other.size or -1 in (self.size, other.size)
        return sizes and self.change.lstrip(_YOUNG) == other.change.lstrip(_YOUNG)


UNKNOWN = Stamp(-1, "")


def local_stamp(path: str) -> Stamp:
    """The stamp of a file of this machine. Raises OSError for what is none."""
    found = os.stat(path.removeprefix("file://"))
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(path)
    return stat_stamp(found)


def stat_stamp(found: os.stat_result) -> Stamp:
    """The stamp of a file of this machine by what its file system tells."""
    # Who edits a file may put its time back; the time of that change nobody sets.
    change = f"{found.st_mtime_ns} {found.st_ctime_ns}"
    return Stamp(found.st_size, _aged(change, time.time() - found.st_mtime))


def store_stamp(info: Mapping[str, Any]) -> Stamp:
    """The stamp of an object, from what its store's client tells of it in a list or on its own.

    A list has fractions of seconds that an object's own headers lack.
    """
    told = [info[name] for name in _TOLD if info.get(name)]
    plain = [str(_without_fraction(value)) for value in told]
    size = info.get("size")
    return Stamp(-1 if size is None else int(size), " ".join(plain))


def _without_fraction(value: Any) -> Any:
    return value.replace(microsecond=0) if hasattr(value, "microsecond") else value


def web_stamp(size: int, headers: Mapping[str, str]) -> Stamp:
    """The stamp of a file from the headers of a response that hands it on."""
    etag, modified = headers.get("ETag", ""), headers.get("Last-Modified", "")
    if etag or not modified:
        return Stamp(size, f"{etag} {modified}".strip())
    try:
        then, now = (parsedate_to_datetime(headers.get(n, "")) for n in ("Last-Modified", "Date"))
        age = now.timestamp() - then.timestamp()
    except ValueError:  # no date, or no clock: the text is compared as it stands
        age = TICK
    return Stamp(size, _aged(modified, age))


def _aged(change: str, age: float) -> str:
    return f"{_YOUNG}{change}" if abs(age) < TICK else change

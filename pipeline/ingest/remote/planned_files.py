"""Files read as they were planned: the same file when reading begins, and when it ends."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pipeline import files
from pipeline.errors import CheckError
from pipeline.files.stamps import Stamp, local_stamp
from pipeline.ingest.remote.file_ends import mark_of
from pipeline.ingest.remote.opening import open_file, stamp_of
from pipeline.ingest.remote.web_server import web_session


@dataclass(frozen=True)
class Planned:
    """An open file, its mark if it was planned, and the stamp that it was opened under."""

    file: Any
    path: str
    mark: str
    stamp: Stamp
    private: bool  # as `web_session` has it

    def check_left_alone(self, is_same: Callable[[], bool]) -> None:
        """Raises CheckError where the file has changed since it was opened.

        `is_same` reads it once more; it is asked where its stamp is another and its mark is not.
        """
        with web_session(1, self.private) as session:
            now = stamp_of(self.path, session)
        if now.proves(self.stamp.size, self.stamp.change):
            return
        with open_file(self.path, private=self.private) as file:
            _check_mark(file, self.path, self.mark)
        if not now.agrees(self.stamp) and not is_same():
            raise CheckError(_changed(self.path))


@contextmanager
def open_planned(path: str, marks: Sequence[str], private: bool = False) -> Iterator[Planned]:
    """Opens the file that was planned, if it was, under `marks`: its mark and its stamp's change.

    Raises CheckError where it is another one now, and as `open_file` does.
    """
    with open_file(path, private=private) as file:
        stamp = local_stamp(path) if files.is_local(path) else file.stamp
        mark, change = marks or ("", "")
        if not stamp.proves(stamp.size, change):
            _check_mark(file, path, mark)
        yield Planned(file, path, mark, stamp, private)


def _check_mark(file: Any, path: str, mark: str) -> None:
    if mark and mark_of(file, path) != mark:
        raise CheckError(_changed(path))


def _changed(path: str) -> str:
    return (
        f"{path} has changed since it was planned, so what was read of it is not kept; run again "
        "once it is whole"
    )

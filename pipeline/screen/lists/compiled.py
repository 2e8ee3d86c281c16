"""Many lists as one file: sorted hashes of 64 bits, mapped into memory by every worker.

    magic, length of the header | header: JSON | bits | index | hashes | labels

A bit is set for each beginning that the hash of an entry has, or that of the last two labels of its
host: most hosts that are asked for have neither, and one byte tells so. The index says where the
hashes of each shorter beginning are. A label says in which lists and categories an entry stands;
the same lists give the same bytes.
"""

import json
import mmap
from bisect import bisect_left
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from xxhash import xxh3_64_intdigest, xxh3_128

from pipeline.errors import UsageError

MAGIC = b"gristmill sites 2\n"
_ALIGNED = 64  # bytes


class Listed(NamedTuple):
    """Where an entry stands."""

    list: str
    category: str
    is_allowed: bool = False


PAGES = Listed("", "pages")  # marks a host some of whose pages have entries


@dataclass(frozen=True)
class Compiled:
    """An open file of entries."""

    labels: tuple[tuple[Listed, ...], ...]
    counts: dict[str, int]  # entries by list
    digest: str
    bits: memoryview
    for_bits: int  # shifted right by so many, a hash is the place of a bit, or one in the index
    _for_index: int
    _index: memoryview
    _hashes: memoryview
    _marks: memoryview

    def allowing(self) -> "Compiled":
        """The same entries, all of which win over others."""
        labels = (
            tuple(one if one == PAGES else one._replace(is_allowed=True) for one in label)
            for label in self.labels
        )
        return replace(self, labels=tuple(labels))

    def labels_of(self, key: str) -> tuple[Listed, ...]:
        """Where `key` stands in all lists."""
        number = key_hash(key)
        bit = number >> self.for_bits
        if not self.bits[bit >> 3] & 1 << (bit & 7):
            return ()
        bucket = number >> self._for_index
        last = self._index[bucket + 1]
        at = bisect_left(self._hashes, number, self._index[bucket], last)
        if at < last and self._hashes[at] == number:
            return self.labels[self._marks[at]]
        return ()


def opened(path: Path) -> Compiled:
    """The file at `path`, mapped. Raises UsageError for what is none."""
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise UsageError(f"{str(path)!r} is no compiled list; see gristmill blocklists build")
        return _read(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)), str(path))


def in_memory(data: bytes) -> Compiled:
    """What `compiled` has made, without a file."""
    return _read(memoryview(data), "a list")


def _read(data: memoryview, name: str) -> Compiled:
    at = len(MAGIC) + 8
    size = int.from_bytes(data[len(MAGIC) : at], "little")
    try:
        header = json.loads(bytes(data[at : at + size]))
        count, tables, told = header["entries"], header["labels"], header["digest"]
    except (ValueError, KeyError, TypeError):
        raise _damaged(name) from None
    bits, index = beginnings(count)
    places = [at + size]
    for block in (1 << bits - 3, 4 * (2**index + 1), 8 * count):
        places[-1] += len(padding(places[-1]))
        places.append(places[-1] + block)
    first, second, third, marks = places
    found = digest_of(data[first:], json.dumps(tables).encode())
    if len(data) != marks + 2 * count or found != told:
        raise _damaged(name)
    labels = (tuple(Listed(*one) for one in table) for table in tables)
    return Compiled(
        tuple(labels),
        header["counts"],
        told,
        data[first : first + (1 << bits - 3)],
        64 - bits,
        64 - index,
        data[second : second + 4 * (2**index + 1)].cast("I"),
        data[third:marks].cast("Q"),
        data[marks:].cast("H"),
    )


def _damaged(name: str) -> UsageError:
    return UsageError(f"{name!r} is damaged; build it again: gristmill blocklists build")


def digest_of(body: memoryview | bytes, labels: bytes) -> str:
    """What tells two files of entries apart, and a damaged one."""
    found = xxh3_128(body)
    found.update(labels)
    return found.hexdigest()


def beginnings(count: int) -> tuple[int, int]:
    """Bits of a hash that are its beginning, for the bits of so many entries, and for the index."""
    return count.bit_length() + 3, max(1, count.bit_length() - 4)


def key_hash(key: str) -> int:
    """64 bits of a key, which is ASCII as canonical addresses are."""
    return xxh3_64_intdigest(key.encode())


def ending(key: str) -> str:
    """The last two labels of the host of a key."""
    name = key.partition("/")[0].partition("?")[0]
    return name[name.rfind(".", 0, max(0, name.rfind("."))) + 1 :]


def padding(size: int) -> bytes:
    """What brings the next block to a border."""
    return bytes(-size % _ALIGNED)

"""What lies on the disk held against what a job has written: by hash, or where it was touched.

The stamps of all files, as lists of their folders tell them, are kept beside the folders of jobs. A
file that has the stamp under which it was found whole is believed; another one is read. Stamps
stand in no other file: two runs that make the same bytes make them at two times.
"""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import files
from pipeline.document import Checked
from pipeline.errors import DamageError
from pipeline.frame.integrity.written_files import UNTOLD, Holds, Written, written_files
from pipeline.frame.manifests import Manifest

STAMPS = ".stamps-"  # how the files beside the folders of jobs begin
_CHECKSUM = 32  # bytes
_THREADS = 16  # that hash: they wait for a disk or a store, and hashing holds no lock
_SCHEMA = pa.schema([("path", pa.string()), ("change", pa.string())])

Changes = Mapping[str, str]  # of stamps, by a file's path from the job's folder on


@dataclass
class Found:
    """What an inspection has found: paths of files that are gone or changed, how many there are in
    all, how many of them were read, and their stamps.
    """

    damaged: list[str] = field(default_factory=list)
    count: int = 0
    read: int = 0
    stamps: list[pa.Table] = field(default_factory=list)


def inspect(manifest: Manifest, holds: Holds, known: Changes | None = None) -> Found:
    """Holds every file of a finished job against its manifest.

    A file whose stamp is the one that is `known` is not read. Raises DamageError where the
    manifest itself, or a record that it needs, has changed.
    """
    found = Found()
    with ThreadPoolExecutor(_THREADS) as pool:
        for written in written_files(manifest, holds):
            stamps = files.stamps(files.join(manifest.folder, written.folder))
            places = range(len(written.names))
            gone = [at for at in places if not _is_there(written, at, stamps)]
            doubted = sorted({*places} - {*gone} - {*_believed(written, stamps, known or {})})
            checked = [_checked(manifest, written, at) for at in doubted]
            whole = list(pool.map(files.is_whole, checked))
            found.damaged += [_checked(manifest, written, at).path for at in gone]
            found.damaged += [
                one.path for one, kept in zip(checked, whole, strict=True) if not kept
            ]
            found.count += len(places)
            found.read += len(doubted)
            found.stamps.append(_table(written, stamps))
    return found


def _is_there(written: Written, at: int, stamps: Mapping[str, files.Stamp]) -> bool:
    stamp = stamps.get(written.names[at])
    return stamp is not None and written.sizes[at] in (UNTOLD, stamp.size)


def _believed(written: Written, stamps: Mapping[str, files.Stamp], known: Changes) -> Iterator[int]:
    """The places of files that have been left alone since their stamp was known."""
    for at, name in enumerate(written.names):
        change, stamp = known.get(f"{written.folder}/{name}", ""), stamps.get(name)
        if stamp is not None and stamp.proves(stamp.size, change):
            yield at


def _checked(manifest: Manifest, written: Written, at: int) -> Checked:
    path = files.join(manifest.folder, written.folder, written.names[at])
    return Checked(path, written.checksum(at))


def stamps_path(manifest: Manifest) -> str:
    """Where the stamps of a finished job's files are kept."""
    out, _, job = manifest.folder.rpartition("/")
    return files.join(out, f"{STAMPS}{job}-{manifest.name}")


def stamp_files(out: str) -> Iterator[str]:
    """The paths of all stamps that an output folder keeps."""
    for name in files.names(out):
        if name.startswith(STAMPS):
            yield files.join(out, name)


def kept_stamps(path: str) -> Changes:
    """The changes of stamps that are kept; none where there are none.

    Raises DamageError where they are not what was written.
    """
    if not files.exists(path):
        return {}
    data = files.read_bytes(path)
    packed, checksum = data[:-_CHECKSUM], data[-_CHECKSUM:]
    if files.checksum_of(packed).encode() != checksum:
        raise DamageError.of(path, "the next run writes it anew")
    table = pq.read_table(pa.BufferReader(packed), use_threads=False)
    return dict(zip(table["path"].to_pylist(), table["change"].to_pylist(), strict=True))


def keep_stamps(manifest: Manifest, tables: Iterable[pa.Table]) -> None:
    """Keeps the stamps of files that are what was written, with a checksum behind them."""
    packed = files.table_bytes(pa.concat_tables(tables))
    data = packed + files.checksum_of(packed).encode()
    files.write_bytes_atomic(stamps_path(manifest), data)


def stamps_now(manifest: Manifest, holds: Holds) -> Iterator[pa.Table]:
    """The stamps of all files of a job that has just been finished."""
    for written in written_files(manifest, holds):
        yield _table(written, files.stamps(files.join(manifest.folder, written.folder)))


def _table(written: Written, stamps: Mapping[str, files.Stamp]) -> pa.Table:
    names = [name for name in written.names if name in stamps]
    paths = [f"{written.folder}/{name}" for name in names]
    return pa.table([paths, [stamps[name].change for name in names]], schema=_SCHEMA)

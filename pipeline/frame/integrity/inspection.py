"""What lies on the disk held against what a job has written: by hash, or where it was touched.

The stamps of all files, as lists of their folders tell them, are kept beside the folders of jobs. A
file that has the stamp under which it was found whole is believed; another one is read. Stamps
stand in no other file: two runs that make the same bytes make them at two times.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import files
from pipeline.document import Checked
from pipeline.errors import DamageError
from pipeline.frame import parts
from pipeline.frame.integrity.written_files import UNTOLD, Holds, Written, written_files
from pipeline.frame.manifests import Manifest

STAMPS = ".stamps-"  # how the files beside the folders of jobs begin
_CHECKSUM = 32  # bytes
_THREADS = 16  # that hash: they wait for a disk or a store, and hashing holds no lock
# A file's path from the job's folder on, and the change of its stamp.
_SCHEMA = pa.schema([("path", pa.string()), ("change", pa.string())])


@dataclass
class Found:
    """What an inspection has found: paths of files that are gone or changed, how many there are in
    all, how many of them were read, and their stamps.
    """

    damaged: list[str] = field(default_factory=list)
    count: int = 0
    read: int = 0
    stamps: list[pa.Table] = field(default_factory=list)


def inspect(manifest: Manifest, holds: Holds, known: pa.Table | None = None) -> Found:
    """Holds every file of a finished job against its manifest.

    A file whose stamp is the one that is `known` is not read. Raises DamageError where the
    manifest itself, or a record that it needs, has changed.
    """
    found = Found()
    with ThreadPoolExecutor(_THREADS) as pool:
        for written in written_files(manifest, holds):
            stamps = files.stamps(files.join(manifest.folder, written.folder))
            left_alone = _left_alone(written, stamps, _of_folder(known, written.folder))
            doubted = [
                Checked(files.join(manifest.folder, written.folder, name), written.checksum(at))
                for at, name in enumerate(written.names)
                if not left_alone[at]
            ]
            whole = pool.map(files.is_whole, doubted)
            pairs = zip(doubted, whole, strict=True)
            found.damaged += [one.path for one, is_whole in pairs if not is_whole]
            found.count += len(written.names)
            found.read += len(doubted)
            found.stamps.append(_table(written, stamps))
    return found


def _left_alone(
    written: Written, stamps: Mapping[str, files.Stamp], known: Mapping[str, str]
) -> list[bool]:
    """Whether each file has the size that was written, and the stamp under which it was whole."""
    gone = files.Stamp(UNTOLD, "")
    found = (stamps.get(name, gone) for name in written.names)
    return [
        size in (UNTOLD, stamp.size)
        and stamp.proves(stamp.size, known.get(f"{written.folder}/{name}", ""))
        for name, size, stamp in zip(written.names, written.sizes, found, strict=True)
    ]


def _of_folder(known: pa.Table | None, folder: str) -> dict[str, str]:
    """The changes of the files of a folder by their paths: those of all would be many."""
    if known is None:
        return {}
    rows = known.filter(pc.starts_with(known["path"], f"{folder}/"))
    return dict(zip(rows["path"].to_pylist(), rows["change"].to_pylist(), strict=True))


def stamps_path(manifest: Manifest) -> str:
    """Where the stamps of a finished job's files are kept."""
    out, _, job = manifest.folder.rpartition("/")
    return files.join(out, f"{STAMPS}{job}-{manifest.name}")


def stamp_files(out: str) -> Iterator[str]:
    """The paths of all stamps that an output folder keeps."""
    for name in files.names(out):
        if name.startswith(STAMPS):
            yield files.join(out, name)


def kept_stamps(path: str) -> pa.Table | None:
    """The stamps that are kept (_SCHEMA); None where there are none.

    Raises DamageError where they are not what was written.
    """
    if not files.exists(path):
        return None
    data = files.read_bytes(path)
    packed, checksum = data[:-_CHECKSUM], data[-_CHECKSUM:]
    if files.checksum_of(packed).encode() != checksum:
        raise DamageError.of(path, "the next run writes it anew")
    return pq.ParquetFile(pa.BufferReader(packed)).read(use_threads=False)


def keep_stamps(manifest: Manifest, tables: Iterable[pa.Table]) -> None:
    """Keeps the stamps of files that are what was written, with a checksum behind them."""
    packed = files.table_bytes(pa.concat_tables(tables))
    data = packed + files.checksum_of(packed).encode()
    files.write_bytes_atomic(stamps_path(manifest), data)


def stamps_now(
    manifest: Manifest, holds: Holds, before: Collection[str] = ()
) -> Iterator[pa.Table]:
    """The stamps of the files of a job that has just been finished; not those of the parts of units
    that were finished `before`, which nobody has read since.
    """
    for written in written_files(manifest, holds):
        stamps = files.stamps(files.join(manifest.folder, written.folder))
        if before:
            stamps = {name: one for name, one in stamps.items() if _unit(name) not in before}
        yield _table(written, stamps)


def _unit(name: str) -> str:
    """The unit that has left a file of this name, if it is that of a part."""
    stem = parts.unit_of(name)
    return parts.unit_of(stem) if parts.is_part(stem) else ""


def _table(written: Written, stamps: Mapping[str, files.Stamp]) -> pa.Table:
    names = [name for name in written.names if name in stamps]
    paths = [f"{written.folder}/{name}" for name in names]
    return pa.table([paths, [stamps[name].change for name in names]], schema=_SCHEMA)

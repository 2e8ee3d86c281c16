"""The samples of a dataset whose documents are kept whole, beside it: `packings/bestfit-T`.

A block is packed by itself, so a sample lies in one block, and what is known of it in one place.
All follows from the dataset and the length of a sample, so it is made when it is first asked for,
once, and is the same wherever it is made:

pieces.bin    of each block the pieces of its samples (`best_fit.Fitted`), as int32
blocks.npy    a row per block: how many samples and pieces, where they stand, their XXH3-64
packing.json  which dataset this is of, and what the bytes of blocks.npy must be
"""

import mmap
import re
from contextlib import suppress
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt
from xxhash import xxh3_64_intdigest

from pipeline import files
from pipeline.errors import CheckError, DamageError, UsageError
from pipeline.loader.reader import TokenReader
from pipeline.loader.samples.best_fit import Fitted, fitted
from pipeline.loader.samples.packing import checked_length
from pipeline.tokenize.manifest import Manifest, blake3_of

FOLDER, NAME = "packings", "bestfit-"
VERSION = 1
_NAMED = re.compile(rf"{NAME}(\d+)")
HEAD, TABLE, PIECES = "packing.json", "blocks.npy", "pieces.bin"
ROW = np.dtype(
    [
        ("group", "<i4"),  # place in the sorted list of groups
        ("samples", "<i4"),
        ("pieces", "<i4"),
        ("offset", "<i8"),
        ("xxh3", "<u8"),
    ]
)
Longs = npt.NDArray[np.int64]


class Packed:
    """Which pieces of documents each sample of `seq_len` tokens holds.

    Samples are numbered over the whole dataset, block by block: those of a group are neighbours.
    """

    version = VERSION

    def __init__(self, folder: str, manifest: Manifest, seq_len: int) -> None:
        """Opens what `make_packing` wrote. Raises FileNotFoundError where there is nothing, and
        DamageError where its bytes are not those of this dataset's packing.
        """
        self.folder, self.manifest, self.seq_len = folder, manifest, seq_len
        path = files.join(folder, TABLE)
        head, data = files.read_sealed(files.join(folder, HEAD)), files.read_bytes(path)
        if head != _head(manifest, seq_len, data):
            raise DamageError.of(path)
        self._table = np.load(BytesIO(data), allow_pickle=False)
        self.ends: Longs = np.cumsum(self._table["samples"], dtype=np.int64)
        self._data = _mapped(files.join(folder, PIECES), _bytes_of(self._table))
        self._blocks: list[Fitted | None] = [None] * len(self._table)

    def __reduce__(self) -> tuple[type["Packed"], tuple[str, Manifest, int]]:
        """Another process opens it anew."""
        return Packed, (self.folder, self.manifest, self.seq_len)

    @property
    def starts(self) -> Longs:
        """The first sample of each block."""
        return np.asarray(self.ends - self._table["samples"])

    @property
    def sizes(self) -> Longs:
        """Samples of each group."""
        samples, groups = self._table["samples"], len(self.manifest.groups)
        return np.bincount(self._table["group"], samples, groups).astype(np.int64)

    def block(self, block: int) -> Fitted:
        """The samples of a block. Raises CheckError where they have changed."""
        found = self._blocks[block]
        if found is None:
            found = self._blocks[block] = self._read(block)
        return found

    def verify(self) -> None:
        """Reads every block. Raises CheckError where one has changed."""
        for block in range(len(self._table)):
            self._read(block)

    def _read(self, block: int) -> Fitted:
        row = self._table[block]
        samples, pieces, start = (int(row[name]) for name in ("samples", "pieces", "offset"))
        size = 4 * (samples + 1 + 2 * pieces)
        data = self._data[start : start + size]
        if xxh3_64_intdigest(data) != int(row["xxh3"]):
            raise CheckError(
                f"{files.join(self.folder, PIECES)} has changed; remove {self.folder}, and it is "
                "made anew"
            )
        parts = np.split(np.frombuffer(data, "<i4"), [samples + 1, samples + 1 + pieces])
        return Fitted(*parts)


def verify_packings(dataset: str, manifest: Manifest) -> int:
    """Reads all packings beside a dataset; gives how many there are. Raises CheckError for one that
    has changed, or is of another dataset. One that is not finished has no head, and is passed over.
    """
    places = [
        (files.join(dataset, FOLDER, found[0]), int(found[1]))
        for found in map(_NAMED.fullmatch, files.folders(files.join(dataset, FOLDER)))
        if found and files.exists(files.join(dataset, FOLDER, found[0], HEAD))
    ]
    for place, seq_len in places:
        try:
            Packed(place, manifest, seq_len).verify()
        except (FileNotFoundError, DamageError) as error:
            raise CheckError(
                f"{place} has changed or is of another dataset; remove it, and it is made anew "
                "where it is asked for"
            ) from error
    return len(places)


def open_packing(dataset: str, manifest: Manifest, seq_len: int, folder: str = "") -> Packed:
    """The packing of a dataset for samples of `seq_len` tokens, made where it is not yet.

    It lies in `folder`, by default beside the dataset. Raises UsageError where it can be neither
    read nor written there.
    """
    checked_length(seq_len)
    # A folder of one's own may serve several datasets.
    beside = files.join(folder, manifest.identity) if folder else files.join(dataset, FOLDER)
    place = files.join(beside, f"{NAME}{seq_len}")
    try:
        with suppress(FileNotFoundError, DamageError):
            return Packed(place, manifest, seq_len)
        if not files.is_local(place):
            raise UsageError(
                f"{place} holds no packing of this dataset, and is no place to make one; give a "
                "local folder, or run 'gristmill shards pack' before the dataset is copied"
            )
        make_packing(place, dataset, manifest, seq_len)
        return Packed(place, manifest, seq_len)
    except OSError as error:
        raise UsageError(f"{place} cannot be used ({error}); give another folder") from error


def make_packing(place: str, dataset: str, manifest: Manifest, seq_len: int) -> None:
    """Packs every block of a dataset and writes what `Packed` reads, its head last."""
    reader, rows, at = TokenReader(dataset, manifest=manifest), [], 0
    with files.atomic(files.join(place, PIECES)) as file:
        for block, group in enumerate(reader.groups.tolist()):
            found = fitted(reader.borders(block), seq_len)
            parts = (found.firsts, found.starts, found.lengths)
            data = b"".join(part.astype("<i4").tobytes() for part in parts)
            rows.append((group, found.samples, len(found.starts), at, xxh3_64_intdigest(data)))
            at += file.write(data)
    buffer = BytesIO()
    np.save(buffer, np.array(rows, ROW))
    files.write_bytes_atomic(files.join(place, TABLE), buffer.getvalue())
    head = _head(manifest, seq_len, buffer.getvalue())
    files.write_sealed(files.join(place, HEAD), head)


def _head(manifest: Manifest, seq_len: int, table: bytes) -> dict[str, Any]:
    return {
        "format": "gristmill packing",
        "version": VERSION,
        "dataset": manifest.identity,
        "seq_len": seq_len,
        "blocks": blake3_of(table),
    }


def _bytes_of(table: npt.NDArray[np.void]) -> int:
    counts = table["samples"].astype(np.int64) + 1 + 2 * table["pieces"].astype(np.int64)
    return 4 * int(counts.sum())


def _mapped(path: str, size: int) -> memoryview:
    """The bytes of a file, mapped where it is here. Raises DamageError for another size."""
    if files.size(path) != size:
        raise DamageError.of(path)
    if not files.is_local(path):
        return memoryview(files.read_bytes(path))
    with open(path.removeprefix("file://"), "rb") as file:
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))

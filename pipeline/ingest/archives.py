"""Archives, whole or in byte ranges; a unit's records as pages, documents and drops."""

import io
import lzma
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Self

from pipeline.document import Document, Dropped, Page, Unit, digest
from pipeline.errors import UsageError, prove_memory
from pipeline.ingest.archive.codecs import Gzip, Plain, codec_of
from pipeline.ingest.archive.damage import BACK, MAX_START, is_start, next_header, next_member
from pipeline.ingest.archive.warc import Damage, Record, read_records
from pipeline.ingest.archive.window import BadMember, Codec, Window
from pipeline.ingest.archive.zstd_lz4 import Lz4, Zstd
from pipeline.ingest.pages import COUNTED_IN, lost_record, outcome, target
from pipeline.ingest.policies import site_policy
from pipeline.ingest.reasons import damage_row
from pipeline.ingest.remote.block_reads import Copy
from pipeline.ingest.remote.file_ends import Ends
from pipeline.ingest.remote.opening import size_of
from pipeline.ingest.unit_names import archive_name
from pipeline.policy import SitePolicy
from pipeline.recipe import ExtractConfig, Source

# What it is counted as, and what becomes of it.
Item = tuple[str, Page | Document | Dropped | SitePolicy | None]

ZIP = b"PK\x03\x04"
_ENCRYPTED = 1  # bit of an entry's flags
# So many ranges has an archive, if they are not too short to be worth it: a few archives are work
# for several workers, to the end.
_RANGES, _LEAST_RANGE = 4, 2 << 20
_BAD_ZIP = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, ValueError)


def look_at_archive(path: str, file: Ends, step: int) -> tuple[int, int]:
    """Bytes of an archive, and of its ranges where it has any: `step` at most. UsageError for what
    is none.
    """
    if not file.size:
        raise UsageError(f"{path} is empty; remove it from the paths or fetch it again")
    window = Window(file)
    if window.view(0, 4) == ZIP:
        inner = _inner_archives(file)
        if inner is not None and not inner:
            raise UsageError(f"{path} holds no archive/*.warc file; give a WACZ or WARC file")
        return file.size, 0
    codec = recognised(window)
    if codec is None:
        raise UsageError(f"{path} is no archive; give WARC, ARC or WACZ files")
    ranges = max(1, min(_RANGES, file.size // _LEAST_RANGE))
    step = min(step, -(-file.size // ranges))
    divisible = codec.magic and not file.is_copy and file.size > step
    return file.size, step if divisible else 0


def recognised(window: Window) -> Codec | None:
    """The codec of an archive; None where nothing at its beginning looks like one.

    An archive may begin with damage, so a member or record soon after the start will do; of
    several kinds the one that is found first.
    """
    codec = codec_of(window)
    try:
        head = next(codec.pieces(window, 0)).data.lstrip(b"\r\n")
    except BadMember:
        head = b""
    # Without a member's checksum the version line alone may be a damage by chance.
    begins = is_start(head) and (codec.magic or _names_its_kind(head[:MAX_START]))
    if begins:
        return codec
    others = {other.magic: other for other in (Gzip(), Zstd(), Lz4(), codec) if other.magic}
    found = {next_member(window, other, 0, BACK): other for other in others.values()}
    found = {at: other for at, other in found.items() if at < BACK and window.holds(at)}
    plain = -1 if codec.magic else next_header(head[:BACK], int(is_start(head)))
    # A header inside a line may be the content of a member that stores it as it is.
    if plain >= 0 and (not found or head[:plain].endswith(b"\n")):
        found[plain] = codec
    return found[min(found)] if found else None


def _names_its_kind(head: bytes) -> bool:
    return head[:5].upper() != b"WARC/" or b"warc-type" in head.lower()


def _inner_archives(file: Any) -> list[zipfile.ZipInfo] | None:
    """The archives in a WACZ, by name; None where the zip is damaged."""
    try:
        entries = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    inner = [e for e in entries if e.filename.startswith("archive/") and not e.is_dir()]
    return sorted(inner, key=lambda entry: entry.filename)


def read_archive(file: Any, unit: Unit, source: Source, config: ExtractConfig) -> Iterator[Item]:
    """Every record of a unit, and what becomes of it."""
    name = archive_name(unit.paths[0])
    window = Window(file)
    if window.view(0, 4) == ZIP:
        yield from _read_wacz(file, name, source, config)
    else:
        yield from read_window(window, name, source, config, unit.start, unit.stop)


def read_window(
    window: Window,
    name: str,
    source: Source,
    config: ExtractConfig,
    start: int = 0,
    stop: int | None = None,
    shift: int = 0,
) -> Iterator[Item]:
    """Every record of [start, stop) and what becomes of it; `shift` is where the window begins."""
    limit = config.max_html_bytes
    codec = recognised(window) or Plain()
    stretches: Counter[int] = Counter()  # damaged ones by where their member begins
    for record in read_records(window, codec, start, stop, 2 * limit + BACK):
        record = replace(record, offset=record.offset + shift) if shift else record
        if isinstance(record, Damage) or record.lost:
            yield _loss(record, name, source.name, stretches)
        elif record.kind in COUNTED_IN:
            made = outcome(record, name, source.name, limit)
            yield record.kind, made
            policy = site_policy(target(record), made.id, record)
            if policy is not None:
                yield f"apart:{policy.kind}_policy{'_cut' * policy.cut}", policy
        else:
            yield f"apart:{record.kind}", None


def _loss(record: Record | Damage, archive: str, source: str, stretches: Counter[int]) -> Item:
    """The drop row of a damaged stretch; those of one member are told apart by their number."""
    if isinstance(record, Damage):
        kind, row = "damaged", damage_row(record.offset, record.lost, archive, source)
    else:
        kind = record.kind if record.kind in COUNTED_IN else "damaged"
        row = lost_record(record, archive, source)
    stretches[record.offset] += 1
    number = stretches[record.offset]
    if number > 1:
        row = replace(row, id=digest(archive, str(record.offset), str(number)))
    return kind, row


def _read_wacz(file: Any, name: str, source: Source, config: ExtractConfig) -> Iterator[Item]:
    """The archives in a WACZ file; offsets are those inside the inner archive."""
    inner = _inner_archives(file)
    if not inner:
        yield "damaged", damage_row(0, size_of(file), name, source.name)
        return
    for entry in inner:
        inner_name, kind = f"{name}!{entry.filename}", ""
        with _entry(file, entry) as part:
            for kind, item in read_window(Window(part), inner_name, source, config):
                yield kind, item
            size = size_of(part)
        if size < entry.file_size and kind != "damaged":
            lost = entry.file_size - size
            yield "damaged", damage_row(size, lost, inner_name, source.name)


class _Part:
    """A stretch of a file as a file of its own."""

    def __init__(self, file: Any, start: int, size: int) -> None:
        self._file, self._start, self._size, self._at = file, start, size, 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """The file stays open: it is not this part's."""

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = start + offset
        return self._at

    def read(self, size: int = -1) -> bytes:
        left = max(0, self._size - self._at)
        self._file.seek(self._start + self._at)
        data = bytes(self._file.read(left if size < 0 else min(size, left)))
        self._at += len(data)
        return data


def _entry(file: Any, entry: zipfile.ZipInfo) -> Any:
    """An entry of a zip as a file; of a bad one as much as can be had."""
    if entry.compress_type == zipfile.ZIP_STORED:
        file.seek(entry.header_offset)
        header = bytes(file.read(30))
        names = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        start = entry.header_offset + 30 + names
        return _Part(file, start, max(0, min(entry.file_size, size_of(file) - start)))
    copy = Copy(1 << 24)
    try:
        for data in _unpacked(file, entry):
            copy.write(data)
    except BaseException:
        copy.close()
        raise
    return copy


def _unpacked(file: Any, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """What can be had of an entry; what is missing shows as damage of the inner archive.

    bz2 calls damage an OSError; faults of the file are MachineErrors by the time they are here.
    """
    if entry.flag_bits & _ENCRYPTED:
        return
    try:
        with zipfile.ZipFile(file) as pack, pack.open(entry) as packed:
            while data := packed.read(1 << 16):
                yield data
    except (*_BAD_ZIP, OSError, EOFError, NotImplementedError):
        prove_memory()

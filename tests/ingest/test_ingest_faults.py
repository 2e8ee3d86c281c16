"""Faults of the machine are no damage of the input: they end the unit, and nothing is dropped."""

import ast
import errno
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rooms import STAGES
from support_archives import gzipped, lz4ed, pages, zstded
from support_inputs import CONFIG, KINDS, source_at, write_input

import pipeline
from pipeline.errors import MachineError
from pipeline.extract import others
from pipeline.ingest import codings, sources
from pipeline.ingest.archive import zstd_lz4
from pipeline.ingest.archive.window import Window
from pipeline.ingest.archive.zstd_lz4 import Zstd
from pipeline.ingest.remote import planned_files
from pipeline.ingest.remote.block_reads import Copy
from pipeline.ingest.sources import plan_units, read_unit
from pipeline.ingest.texts import parquet_rows
from pipeline.recipe import ExtractConfig, Source

ROOT = Path(pipeline.__file__).parent
FAULTS = (errno.EIO, errno.ENOSPC, errno.EACCES, errno.EMFILE, errno.ENOMEM, errno.ESTALE)


class Failing(io.FileIO):
    """A file whose read number `good` and all later ones fail."""

    def __init__(self, path: str, good: int, fault: int) -> None:
        super().__init__(path)
        self._good, self._fault = good, fault

    def read(self, size: int | None = -1) -> bytes:
        self._good -= 1
        if self._good < 0:
            raise OSError(self._fault, os.strerror(self._fault))
        return super().read(-1 if size is None else size)


def failing(monkeypatch: pytest.MonkeyPatch, good: int, fault: int) -> None:
    """From here on every file that is opened fails after `good` reads."""

    def opened(path: str, *_: Any, **__: Any) -> Failing:
        return Failing(path, good, fault)

    for module in (sources, planned_files):
        monkeypatch.setattr(module, "open_file", opened)


def written(folder: Path, kind: str) -> Source:
    """A source of an input of every kind, and of archives that are packed in other ways."""
    packings = {"zst": zstded, "lz4": lz4ed, "gz": gzipped, "plain": b"".join}
    if kind not in packings:
        write_input(folder, kind)
        return source_at(folder, kind)[0]
    path = folder / f"a.warc.{kind}"
    path.write_bytes(packings[kind](pages(30, 400)))
    return Source(name=kind, paths=(str(path),))


@pytest.mark.usefixtures("small_ranges")
@pytest.mark.parametrize("kind", [*KINDS, "zst", "lz4", "gz", "plain"])
def test_a_read_that_fails_ends_the_unit_wherever_it_is(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, good, failed = written(tmp_path, kind), 0, 0
    unit = plan_units(source, CONFIG, "")[0]
    expected = list(read_unit(unit, source, CONFIG))
    while True:
        with monkeypatch.context() as patched:
            failing(patched, good, FAULTS[good % len(FAULTS)])
            try:
                assert list(read_unit(unit, source, CONFIG)) == expected
                break
            except MachineError:
                failed += 1
        good += 1
    assert failed


@pytest.mark.parametrize("kind", KINDS)
def test_a_read_that_fails_ends_the_planning(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = written(tmp_path, kind)
    with monkeypatch.context() as patched:
        patched.setattr(
            "pipeline.ingest.remote.file_ends.open_file",
            lambda path, *_: Failing(path, 1, errno.EIO),
        )
        with pytest.raises(MachineError, match="check the disk"):
            plan_units(source, CONFIG, "")


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_temporary_disk_is_no_damage_of_a_wacz(
    fault: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = written(tmp_path, "wacz")
    (unit,) = plan_units(source, CONFIG, "")
    held = 0

    def write(_: Copy, data: bytes) -> int:
        nonlocal held
        held += len(data)
        if held > 200_000:
            raise OSError(fault, os.strerror(fault))
        return len(data)

    monkeypatch.setattr(Copy, "write", write)
    with pytest.raises(OSError, match=os.strerror(fault)):
        list(read_unit(unit, source, CONFIG))


def bad_frame() -> None:
    data = bytearray(zstded(pages(1)))
    data[-20] ^= 255
    list(Zstd().pieces(Window(io.BytesIO(data)), 0))


def bad_body() -> None:
    codings._by(codings._unbrotlied, b"no brotli", 1_000, "br")


def bad_page() -> None:
    others.extract_with(ExtractConfig(extractor="trafilatura"), "<p>page")


def bad_table() -> None:
    parquet_rows.opened(io.BytesIO(b"PAR1" * 9))


@pytest.mark.parametrize("decode", [bad_frame, bad_body, bad_page, bad_table])
def test_no_memory_is_no_damage(
    decode: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left() -> None:
        raise MemoryError

    def broken(*_: object) -> str:
        raise ValueError

    monkeypatch.setitem(others._EXTRACTORS, "trafilatura", broken)
    for module in (others, codings, zstd_lz4, parquet_rows):
        monkeypatch.setattr(module, "prove_memory", none_left)
    with pytest.raises(MemoryError):
        decode()


# Handlers of stages that catch what the machine may raise, and why it does not raise it there.
PROVEN = {
    "ingest/wikipedia/dump.py:unpacked": "bz2 raises it of bytes in memory",
    "ingest/archive/zstd_lz4.py:_chunks": "of bytes that the window has read; memory is proven",
    "ingest/archives.py:_unpacked": "faults of the file are MachineErrors; memory is proven",
    "ingest/texts/parquet_rows.py:_damage": "as in archives: a MachineError; memory is proven",
    "ingest/remote/object_stores.py:_store_faults": "asked again, then a CheckError",
    "ingest/remote/redirects.py:_is_public": "of a name that has no address: it is refused",
    "screen/blocklist.py:load_lists": "a UsageError before anything runs",
    "screen/lists/list_sources.py:_lines": "a UsageError before anything runs",
    "screen/lists/list_sources.py:_of_archive": "a UsageError before anything runs",
}
BROAD = {"OSError", "IOError", "EnvironmentError", "Exception", "BaseException", "MemoryError"}


def handlers(path: Path) -> Iterator[str]:
    """Functions of a module that catch what the machine may raise and do not raise again."""
    for function in ast.walk(ast.parse(path.read_text())):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            if (
                isinstance(node, ast.ExceptHandler)
                and _names(node.type) & BROAD
                and not _bare_raise(node)
            ):
                yield f"{path.relative_to(ROOT)}:{function.name}"


def _names(caught: ast.expr | None) -> set[str]:
    if caught is None:
        return {"BaseException"}
    return {node.id for node in ast.walk(caught) if isinstance(node, ast.Name)}


def _bare_raise(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(node, ast.Raise) and node.exc is None for node in ast.walk(handler))


def test_every_handler_of_a_stage_that_could_drop_for_the_machine_is_proven() -> None:
    found = {
        name for stage in STAGES for path in (ROOT / stage).rglob("*.py") for name in handlers(path)
    }
    assert found == set(PROVEN)

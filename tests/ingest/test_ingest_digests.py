"""The digest of what a unit has read is that of its bytes, however it was read and from where."""

import io
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from support_inputs import CONFIG, KINDS, STEP, UNITS, edit, source_at, write_input
from support_server import Fault, serving

from pipeline.document import Unit
from pipeline.ingest.archive import damage
from pipeline.ingest.planning.look import in_threads
from pipeline.ingest.remote import block_reads, hashed_reads
from pipeline.ingest.remote.hashed_reads import HashedReads
from pipeline.ingest.sources import digest_now, plan_units, read_unit
from pipeline.recipe import ExtractConfig, Source

LEAF = 50_000


pytestmark = pytest.mark.usefixtures("small_ranges")


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashed_reads, "LEAF", LEAF)
    monkeypatch.setattr(block_reads, "BLOCK", LEAF)
    monkeypatch.setattr(block_reads, "WAIT", lambda _: 0.001)


def digests(source: Source) -> Iterator[tuple[Unit, str]]:
    """Every unit of a source with the digest of its last batch."""
    for unit in plan_units(source, CONFIG, ""):
        *others, last = read_unit(unit, source, CONFIG)
        assert last.last
        assert [batch.read for batch in others] == [""] * len(others)
        yield unit, last.read


@pytest.mark.parametrize("kind", KINDS)
def test_digest_of_what_was_read_is_that_of_the_bytes(kind: str, tmp_path: Path) -> None:
    path = write_input(tmp_path, kind)
    (source,) = source_at(tmp_path, kind)
    found = list(digests(source))
    assert len(found) == UNITS.get(kind, 1)
    assert len({read for _, read in found}) == len(found)
    for unit, read in found:
        assert digest_now(unit, source) == read
        if kind != "index":
            data = path.read_bytes()[unit.start : unit.stop]
            assert HashedReads(io.BytesIO(data)).digest() == read


@pytest.mark.parametrize("fault", ["none", "no_range", "resets", "short_bodies"])
@pytest.mark.parametrize("kind", KINDS)
def test_digest_is_the_same_on_a_server(kind: str, fault: Fault, tmp_path: Path) -> None:
    write_input(tmp_path, kind)
    (here,) = source_at(tmp_path, kind)
    with serving(tmp_path, fault) as server:
        (there,) = source_at(server.url, kind)
        found = [read for _, read in digests(there)]
    if fault != "no_range" or kind not in ("archive", "dump"):
        assert found == [read for _, read in digests(here)]
    elif kind == "archive":
        whole = (tmp_path / "archive/a.warc.gz").read_bytes()
        assert found == [HashedReads(io.BytesIO(whole)).digest()]


def fetched(folder: Path, kind: str, number: int, config: ExtractConfig) -> int:
    """Bytes that a server sends when unit `number` of an input is read."""
    with serving(folder, tells=("etag",)) as server:
        (source,) = source_at(server.url, kind)
        unit = plan_units(source, config, "")[number]
        server.sent.clear()
        list(read_unit(unit, source, config))
    (sent,) = server.sent.values()
    return sent


@pytest.mark.parametrize("kind", ["archive", "wacz", "lines", "texts", "dump"])
def test_bytes_on_a_server_are_fetched_once(kind: str, tmp_path: Path) -> None:
    path = write_input(tmp_path, kind)
    whole = ExtractConfig(range_megabytes=99)
    assert fetched(tmp_path, kind, 0, whole) in range(path.stat().st_size, path.stat().st_size + 3)


def test_range_costs_its_bytes_the_head_of_its_file_and_the_beginning_of_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(damage, "CHAIN", LEAF // 4)
    write_input(tmp_path, "archive")
    assert STEP < fetched(tmp_path, "archive", 2, CONFIG) <= LEAF + STEP + 2 * LEAF + 2


@pytest.mark.parametrize(("start", "stop"), [(0, None), (0, 70_000), (33_333, None), (1, 199_999)])
@pytest.mark.parametrize("seed", range(3))
def test_order_of_reads_does_not_matter(start: int, stop: int | None, seed: int) -> None:
    chance = random.Random(seed)
    data = chance.randbytes(200_000 + seed)
    expected = HashedReads(io.BytesIO(data[start:stop])).digest()
    file = HashedReads(io.BytesIO(data), start, stop)
    for _ in range(40):
        at, size = chance.randrange(len(data)), chance.choice([1, 100, 60_000, 250_000])
        file.seek(at)
        assert file.read(size) == data[at : at + size]
        assert file.tell() == min(at + size, len(data))
    assert file.digest() == expected
    assert HashedReads(io.BytesIO(data), start, stop).digest() == expected


def test_digest_tells_every_byte_of_the_range_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(bytes(200_000))
    unit, source = Unit("u", (str(path),), 0, 60_000, 130_000), Source(name="s", paths=("a",))
    first = digest_now(unit, source)
    for at in (0, 59_999, 60_000, 109_999, 110_000, 129_999, 130_000, 199_999):
        edit(path, at)
        assert (digest_now(unit, source) != first) == (60_000 <= at < 130_000)
        edit(path, at)
    assert digest_now(unit, source) == first


def test_empty_file_has_a_digest(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"")
    source = Source(name="s", format="jsonl", paths=(f"{tmp_path}/a.jsonl",))
    ((unit, read),) = digests(source)
    assert len(read) == 32
    assert digest_now(unit, source) == read


def test_unit_whose_reader_gives_up_is_hashed_to_its_end(tmp_path: Path) -> None:
    path = write_input(tmp_path, "lines")
    data = path.read_bytes()
    path.write_bytes(b"\x1f\x8b\x08" + data)
    (source,) = source_at(tmp_path, "lines")
    ((unit, read),) = digests(source)
    edit(path, len(data) - 9)
    assert digest_now(unit, source) != read


def test_threads_give_what_they_are_asked_for_in_order() -> None:
    assert in_threads(lambda n: n * 2, range(5_000)) == [n * 2 for n in range(5_000)]
    assert in_threads(str, []) == []

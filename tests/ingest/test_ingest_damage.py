"""Bad bytes anywhere cost the records they touch, are reported exactly, and nothing else."""

import gzip
import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_archives import (
    good,
    gzipped,
    html,
    http,
    lost,
    lz4ed,
    pages,
    read_bytes,
    records_of,
    warc,
    zstded,
)

RECORDS = pages(40)
SYNTHETIC = gzipped(RECORDS)


@dataclass(frozen=True)
class Damaged:
    """An archive with damages, and the bytes of the sound one that they touched."""

    data: bytes
    kinds: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]  # start == stop: nothing but inserted bytes

    def touches(self, offset: int, end: int) -> bool:
        return any(
            offset < start < end if start == stop else offset < stop and end > start
            for start, stop in self.spans
        )


def damaged(data: bytes, seed: int, count: int = 1) -> Damaged:
    """`data` with bits flipped, cut off, a piece cut out, or garbage put in, at random places.

    Several damages are made from the back, so that each finds its bytes where they were.
    """
    chance = np.random.Generator(np.random.PCG64(seed))
    places = sorted((int(chance.integers(1, len(data))) for _ in range(count)), reverse=True)
    made, kinds, spans = bytearray(data), [], []
    for i, at in enumerate(places):
        limit = places[i - 1] if i else len(data)
        size = int(chance.integers(1, (20, 5_000, 50_000)[(seed + i) % 3]))
        kind = ("flip", "cut_off", "cut_out", "garbage")[(seed // 3 + i) % 4]
        match kind:
            case "flip":
                stop = min(len(data), at + size % 64 + 1)
                for place in chance.integers(at, stop, 3):
                    made[min(place, len(made) - 1)] ^= 1 << int(chance.integers(8))
            case "cut_off":
                stop = len(data)
                del made[at:]
            case "cut_out":
                stop = min(at + size, limit)
                del made[at:stop]
            case _:
                stop = at
                made[at:at] = chance.bytes(size)
        kinds.append(kind)
        spans.append((at, stop))
    return Damaged(bytes(made), tuple(kinds), tuple(spans))


def slowdown(sound: bytes, bad: bytes) -> float:
    """CPU time of reading `bad` over that of `sound`; the least of a few rounds, others run too."""
    least = 9.0
    for _ in range(4):
        times = []
        for data in (sound, bad):
            began = time.process_time()
            records_of(data)
            times.append(time.process_time() - began)
        least = min(least, times[1] / times[0])
        if least < 1.5:
            break
    return least


def check(sound: bytes, bad: Damaged) -> None:
    """Holds a read of `bad` to the promises."""
    expected, found = good(records_of(sound)), records_of(bad.data)
    kept = {record.headers["warc-record-id"]: record for record in good(found)}
    assert len(expected) >= 40
    for record in expected:
        if not bad.touches(record.offset, record.offset + record.length):
            assert kept[record.headers["warc-record-id"]].block == record.block
    assert sum(r.length for r in kept.values()) + sum(n for _, n in lost(found)) == len(bad.data)
    told = lost(found) or len(kept) == len(expected)
    assert told or sound.startswith(bad.data)  # cut off between two records: nothing shows it
    if "flip" not in bad.kinds:  # flips may lie in two members, the one between them sound
        assert len(lost(found)) <= len(bad.kinds)


@pytest.mark.parametrize("count", [1, 2, 4])
@pytest.mark.parametrize("seed", range(60))
def test_damage_costs_only_what_it_touches(seed: int, count: int) -> None:
    check(SYNTHETIC, damaged(SYNTHETIC, seed, count))


@pytest.fixture(scope="module")
def crawl(data: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(data.glob("crawl/*.warc.gz"))]


@pytest.mark.shared
@pytest.mark.parametrize("seed", range(12))
def test_damage_to_a_real_crawl_costs_only_what_it_touches(seed: int, crawl: list[bytes]) -> None:
    sound = crawl[seed % len(crawl)]
    check(sound, damaged(sound, seed, 1 + seed % 3))


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_damage_300_times_over_a_real_crawl_costs_only_what_it_touches(crawl: list[bytes]) -> None:
    took = []
    for seed in range(300):
        sound = crawl[seed % len(crawl)]
        bad = damaged(sound, seed)
        check(sound, bad)
        took.append(slowdown(sound, bad.data))
    assert max(took) < 2


def packings() -> Iterator[tuple[str, bytes]]:
    plain = b"".join(RECORDS[:10])
    yield "gzip", gzipped(RECORDS[:10])
    yield "whole", gzip.compress(plain, mtime=0)
    yield "zstd", zstded(RECORDS[:10])
    yield "lz4", lz4ed(RECORDS[:10])
    yield "plain", plain


PACKINGS = dict(packings())


# What a damage leaves: bytes at random, and those that look like a beginning or an end.
LEFT = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([b"\n", b"\r\n\r\n", b"\x1f\x8b\x08", b"WARC/1.0\r\nA:", b"PK\x03\x04"]),
)


@settings(deadline=None, max_examples=400)
@given(
    st.sampled_from(sorted(PACKINGS)),
    st.lists(
        st.tuples(
            st.one_of(st.integers(0, 1 << 20), st.integers(0, 40), st.integers(-40, -1)),
            LEFT,
            st.integers(0, 40),
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_damage_to_any_packing_never_raises_and_is_told(
    packing: str, damages: list[tuple[int, bytes, int]]
) -> None:
    sound = PACKINGS[packing]
    data = bytearray(sound)
    for at, left, size in damages:
        at %= len(data) + 1
        data[at : at + size] = left
    found = records_of(bytes(data))
    whole = {r.block for r in good(records_of(sound))}
    if packing in ("gzip", "zstd"):  # members of one record with a checksum
        assert {r.block for r in good(found)} <= whole
        assert sum(r.length for r in good(found)) + sum(n for _, n in lost(found)) == len(data)
        assert len(good(found)) == len(whole) or lost(found) or len(data) < len(sound)
    assert all(n > 0 for _, n in lost(found))


def test_garbage_between_members_is_one_row_and_exact() -> None:
    first, second = gzipped(RECORDS[:3]), gzipped(RECORDS[3:6])
    found = records_of(first + b"\x1f\x8b\x08garbage" * 50 + second)
    assert len(good(found)) == 6
    assert lost(found) == [(len(first), 500)]


def test_garbage_between_plain_records_is_one_row_and_exact() -> None:
    found = records_of(RECORDS[0] + b"garbage\n" * 9 + b"".join(RECORDS[1:3]))
    assert len(good(found)) == 3
    assert lost(found) == [(len(RECORDS[0]), 72)]


@pytest.mark.parametrize("wrong", ["600", "690", str(10**12), "-5", "many", "", "6 60", "0x29a"])
@pytest.mark.parametrize("packed", [True, False])
def test_wrong_content_length_costs_that_record_alone(wrong: str, packed: bool) -> None:
    block = http(html(1, 100)[:580])
    assert 600 < len(block) < 690
    bad = warc(block, "http://a.org/bad", Content_Length=wrong)
    records = [RECORDS[0], bad, *RECORDS[1:3]]
    found = records_of(gzipped(records) if packed else b"".join(records))
    assert [r.headers["warc-target-uri"] for r in good(found)] == [
        "http://example.org/0",
        "http://example.org/1",
        "http://example.org/2",
    ]
    ((offset, size),) = lost(found)
    unit = gzipped([RECORDS[0]]) if packed else RECORDS[0]
    assert offset == len(unit)
    assert size >= (len(gzipped([bad])) if packed else len(bad) - 4)


def test_record_that_does_not_say_what_it_is_is_told() -> None:
    bad = RECORDS[0].replace(b"WARC-Type", b"WXRC-Type")
    found = records_of(bad + RECORDS[1])
    assert len(good(found)) == 1
    assert lost(found) == [(0, len(bad))]


def test_plain_header_behind_garbage_without_a_line_end_is_found() -> None:
    found = records_of(RECORDS[0] + b"garbage" + b"".join(RECORDS[1:3]))
    assert len(good(found)) == 3
    assert lost(found) == [(len(RECORDS[0]), 7)]


def test_arc_header_behind_garbage_without_a_line_end_is_found() -> None:
    body = http(html(1))
    line = b"http://a.org/ 1.2.3.4 20080101120000 text/html %d\n" % len(body)
    found = records_of((line + body + b"\n") * 2 + b"garbage " + line + body + b"\n")
    assert len(good(found)) == 3
    assert [size for _, size in lost(found)] == [8]


def test_reading_goes_on_after_a_bad_block_of_an_archive_cut_in_blocks() -> None:
    plain = b"".join(RECORDS)
    blocks = [gzip.compress(plain[i : i + 700], mtime=0) for i in range(0, len(plain), 700)]
    bad = [*blocks[:9], bytes(len(blocks[9])), *blocks[10:]]
    found = records_of(b"".join(bad))
    assert lost(found)
    assert len(good(found)) >= len(RECORDS) - 3


def test_every_damage_row_of_a_shared_member_has_an_id_of_its_own(tmp_path: Path) -> None:
    bad = [record.replace(b"Content-Length: ", b"Content-Length: 999") for record in RECORDS[::2]]
    shared = gzip.compress(b"".join(bad + RECORDS[1::2]), mtime=0)
    read = read_bytes(tmp_path, shared)
    assert read.reasons == {"damaged_archive": 20}
    assert len({row.id for row in read.dropped}) == 20
    assert {row.url for row in read.dropped} == {f"http://example.org/{i}" for i in range(0, 40, 2)}


def test_cut_off_file_names_the_record_it_broke(tmp_path: Path) -> None:
    data = SYNTHETIC[:-100]
    read = read_bytes(tmp_path, data)
    (row,) = read.dropped
    assert (row.reason, row.url) == ("damaged_archive", "http://example.org/39")
    assert row.record_id == "<urn:test:http://example.org/39>"
    assert row.warc_offset + int(row.detail) == len(data)
    assert read.came_in == 40


def test_archive_that_begins_with_damage_is_still_one(tmp_path: Path) -> None:
    read = read_bytes(tmp_path, b"\x00\x00\x00\x00" + SYNTHETIC[4:])
    assert len(read.pages) == 39
    assert read.reasons == {"damaged_archive": 1}


def test_checksum_error_in_a_shared_member_is_told() -> None:
    data = bytearray(gzip.compress(b"".join(RECORDS), mtime=0))
    data[-8] ^= 1
    found = records_of(bytes(data))
    assert len(good(found)) >= len(RECORDS) - 1
    assert len(lost(found)) == 1


def test_member_that_unpacks_to_gigabytes_is_not_held(tmp_path: Path) -> None:
    bomb = io.BytesIO()
    with gzip.GzipFile(fileobj=bomb, mode="wb", mtime=0) as packed:
        packed.write(warc(b"", "http://a.org/bomb", Content_Length=str(300_000_000))[:-4])
        for _ in range(300):
            packed.write(b"\x00" * 1_000_000)
        packed.write(b"\r\n\r\n")
    read = read_bytes(tmp_path, bomb.getvalue() + SYNTHETIC)
    assert len(read.pages) == 40
    assert len(read.dropped) == 1

"""Caches of blocks: what goes first, and what never happens to the bound."""

import os
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.loader.block_caches import MARK, FolderCache, MemoryCache, places

SIZES = st.lists(st.integers(1, 1_000), min_size=1, max_size=60)


def intact(block: int, data: bytes | memoryview, anew: bool) -> bool:
    return True


def test_block_used_longest_ago_goes_first() -> None:
    cache = MemoryCache(30, np.full(9, 10), intact)
    for block in (0, 1, 2):
        cache.put(block, bytes(10))
    assert cache.get(0) is not None
    cache.put(3, bytes(10))
    assert [block for block in range(9) if cache.get(block) is not None] == [0, 2, 3]


@given(sizes=SIZES, used=st.lists(st.integers(0, 59), max_size=80), room=st.integers(0, 3_000))
def test_memory_holds_what_it_says_fits_and_no_more(
    sizes: list[int], used: list[int], room: int
) -> None:
    bound = max(sizes) + room
    cache = MemoryCache(bound, np.array(sizes), intact)
    blocks = [block % len(sizes) for block in used]
    while blocks:
        count = cache.fitting(blocks)
        assert count > 0
        for block in blocks[:count]:
            if cache.get(block) is None:
                cache.put(block, bytes(sizes[block]))
            assert sum(map(len, cache._held.values())) <= bound
        assert all(cache.get(block) is not None for block in blocks[:count])
        blocks = blocks[count:]


@given(SIZES, st.integers(0, 70_000))
def test_places_are_as_many_as_the_bound_holds(sizes: list[int], room: int) -> None:
    bound = max(sizes) + room
    count = places(np.array(sizes), bound)
    assert 1 <= count <= len(sizes)
    assert sum(max(sizes[place::count]) for place in range(count)) <= bound
    assert count == len(sizes) or sum(sizes) > bound


def test_blocks_of_one_place_do_not_fit_together(tmp_path: Path) -> None:
    cache = FolderCache(str(tmp_path), 3 * (10 + MARK), np.full(9, 10), intact)
    count = cache._places
    assert 1 < count <= 3
    assert cache.fitting([0, 1, 0, 1, count, 0]) == 4
    cache.put(0, bytes(10))
    assert bytes(cache.get(0) or b"") == bytes(10)
    cache.put(count, bytes(10))
    assert cache.get(0) is None


def test_what_killed_processes_and_larger_bounds_left_is_removed(tmp_path: Path) -> None:
    for name in (".tmp-0-1", ".tmp-1-1", "0", "8"):
        (tmp_path / name).write_bytes(bytes(10))
    os.utime(tmp_path / ".tmp-0-1", (0, 0))
    FolderCache(str(tmp_path), 3 * (10 + MARK), np.full(9, 10), intact)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".tmp-1-1", "0"]

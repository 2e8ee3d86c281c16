"""Documents are packed whole where they fit, every token once."""

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from pipeline.loader.samples.best_fit import best_fit, fitted

LENGTHS = st.lists(st.integers(1, 200), min_size=1, max_size=80)


def borders_of(lengths: list[int]) -> npt.NDArray[np.int32]:
    return np.append(0, np.cumsum(lengths)).astype(np.int32)


@given(LENGTHS, st.integers(1, 90))
def test_every_token_is_in_one_piece_and_no_sample_too_long(lengths: list[int], width: int) -> None:
    found = fitted(borders_of(lengths), width)
    held = np.concatenate(
        [np.arange(s, s + n) for s, n in zip(found.starts, found.lengths, strict=True)]
    )
    np.testing.assert_array_equal(np.sort(held), np.arange(sum(lengths)))
    sums = np.add.reduceat(found.lengths, found.firsts[:-1])
    assert (np.diff(found.firsts) > 0).all()
    assert sums.max() <= width


@given(LENGTHS, st.integers(1, 90))
def test_documents_that_fit_are_whole_and_longer_ones_cut_as_seldom_as_can_be(
    lengths: list[int], width: int
) -> None:
    found = fitted(borders_of(lengths), width)
    pieces = set(zip(found.starts.tolist(), found.lengths.tolist(), strict=True))
    starts = borders_of(lengths)[:-1].tolist()
    for start, length in zip(starts, lengths, strict=True):
        for at in range(0, length, width):
            assert (start + at, min(width, length - at)) in pieces


@given(LENGTHS, st.integers(1, 200))
def test_each_piece_goes_where_the_least_room_is_left(lengths: list[int], width: int) -> None:
    sizes = np.array([min(length, width) for length in lengths], np.int32)
    rooms: list[int] = []
    for length in sorted(sizes.tolist(), reverse=True):
        fitting = [at for at, room in enumerate(rooms) if room >= length]
        if fitting:
            rooms[min(fitting, key=rooms.__getitem__)] -= length
        else:
            rooms.append(width - length)
    found = best_fit(sizes, width)
    left = width - np.bincount(found, sizes).astype(int)
    assert sorted(left.tolist()) == sorted(rooms)


def test_samples_and_their_pieces_stand_in_a_stated_order() -> None:
    found = fitted(borders_of([3, 9, 4, 4, 2]), 8)
    assert found.firsts.tolist() == [0, 1, 3, 6]
    assert found.starts.tolist() == [3, 12, 16, 0, 11, 20]
    assert found.lengths.tolist() == [8, 4, 4, 3, 1, 2]

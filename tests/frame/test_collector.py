"""Cycles are looked for rarely within a run, and as before behind it."""

import gc
import weakref

from pipeline.frame.engines.collector import rare_collections


def test_collections_are_rare_within_the_block_alone() -> None:
    before = gc.get_threshold(), gc.get_freeze_count()
    with rare_collections():
        assert gc.get_threshold()[0] > before[0][0]
        assert gc.get_freeze_count() > before[1]
    assert (gc.get_threshold(), gc.get_freeze_count()) == before


def test_cycles_are_still_found() -> None:
    class Wheel:
        turns: "Wheel"

    with rare_collections():
        wheel = Wheel()
        wheel.turns = wheel
        gone = weakref.ref(wheel)
        del wheel
        assert gone() is not None
        kept = [[at] for at in range(100_000)]
        assert gone() is None
        assert len(kept) == 100_000

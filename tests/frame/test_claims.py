"""Claims: every number once, whoever asks, and a worker that is slow holds up no other."""

import os
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from pipeline.document import Unit
from pipeline.frame.engines.claims import Claims, claims
from pipeline.frame.engines.engine import engine
from pipeline.frame.transforms import MapUnits
from pipeline.frame.unit_lists import unit_list

ASKERS, EACH, UNITS = 3, 200, 12


def asked(claimed: Claims) -> list[int]:
    return [claimed.next() for _ in range(EACH)]


def test_every_number_is_given_once_to_whichever_process_asks() -> None:
    with (
        claims(ASKERS) as claimed,
        ProcessPoolExecutor(ASKERS, get_context("spawn")) as pool,
    ):
        found = [number for some in pool.map(asked, [claimed] * ASKERS) for number in some]
        assert claimed.next() == ASKERS * EACH
    assert sorted(found) == list(range(ASKERS * EACH))
    assert not Path(claimed.folder).exists()


def worked(folder: str, unit: Unit) -> list[None]:
    """Notes who has worked on a unit; the heaviest waits for all others, in vain for those of its
    own worker.
    """
    end = time.monotonic() + 20
    while unit.bytes > 1 and len(list(Path(folder).glob("unit-*"))) < UNITS - 1:
        assert time.monotonic() < end
        time.sleep(0.01)
    Path(folder, unit.name).write_text(str(os.getpid()))
    return []


def test_the_units_behind_a_slow_one_go_to_the_other_worker(tmp_path: Path) -> None:
    units = unit_list(Unit(f"unit-{at:02}", (), bytes=1 + 9 * (at == 3)) for at in range(UNITS))
    with engine("local", 2, little=0) as motor:
        done = MapUnits("Work", partial(worked, str(tmp_path)))
        motor.run(units, str(tmp_path / "list"), done)
    assert not (tmp_path / "list").exists()  # it lies with the claims
    who = {path.name: path.read_text() for path in tmp_path.glob("unit-*")}
    slow = who.pop("unit-03")
    assert len(who) == UNITS - 1
    assert slow not in who.values()

"""Learning rates by sample, and losses that leap; no torch is needed."""

import math
from pathlib import Path

import numpy as np
import pytest
import small_dataset
from schedule import FLOOR, Schedule, Spikes, phase_at, schedule_of
from small_dataset import plan_of

from gristmill import MixPlan, Phase

MAIN = Phase("main", 60_000, {"main-web-0": 0.7, "main-code-1": 0.3})
ANNEAL = Phase("anneal", 20_000, {"anneal-math-0": 0.6, "main-code-1": 0.4})


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> MixPlan:
    folder = tmp_path_factory.mktemp("two-phases")
    small_dataset.write(folder)
    return plan_of(Path(folder), MAIN, ANNEAL)


def test_the_rate_rises_stays_and_falls_to_its_floor() -> None:
    schedule = Schedule(2.0, warm=100, fall=600, end=1_000)
    rates = [schedule.rate(sample) for sample in range(1_001)]
    assert rates[0] == pytest.approx(0.02)
    assert rates[99:600] == pytest.approx([2.0] * 501)
    assert np.all(np.diff(rates[600:]) < 0)
    assert rates[1_000] == pytest.approx(2.0 * FLOOR)
    assert schedule.rate(800) == pytest.approx(2.0 * (1 - 0.5 * (1 - FLOOR)))


def test_the_rate_falls_on_the_annealing_phase(both: MixPlan) -> None:
    border = both.spans[1].start
    schedule = schedule_of(both, both.samples, 1.0, warm=10)
    assert (schedule.fall, schedule.end) == (border, both.samples)
    assert schedule.rate(border) == 1.0 > schedule.rate(border + 1)
    assert [phase_at(both, at) for at in (0, border - 1, border)] == ["main", "main", "anneal"]


def test_a_run_that_ends_before_the_annealing_phase_falls_over_its_last_fifth(
    both: MixPlan,
) -> None:
    assert schedule_of(both, 500, 1.0, warm=10).fall == 400


def test_a_leap_is_told_and_not_remembered() -> None:
    spikes, draws = Spikes(times=10), np.random.default_rng(6)
    falling = [5.0 - at / 100 + draws.normal(0, 0.02) for at in range(200)]
    assert not any(spikes.is_spike(loss) for loss in falling)
    assert [spikes.is_spike(loss) for loss in (9.0, 9.0, 3.0)] == [True, True, False]


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_what_is_no_number_is_a_leap_from_the_beginning(loss: float) -> None:
    assert Spikes(times=10).is_spike(loss)


def test_the_first_losses_are_none() -> None:
    assert not any(Spikes(times=5).is_spike(loss) for loss in (1.0, 50.0, 2.0, 90.0))

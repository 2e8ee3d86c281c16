"""Mixtures for a swarm of runs, and the tables they are told in."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.errors import UsageError
from pipeline.mix.experiment.run_tables import (
    matched,
    read_metrics,
    read_ratios,
    write_metrics,
    write_ratios,
)
from pipeline.mix.experiment.swarm import SwarmConfig, caps_of, run_names, swarm
from pipeline.mix.shares.weights import fill

NATURAL = {"books": 4e9, "code": 1e9, "forum": 2e9, "web": 93e9}
SIZES = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3), st.floats(1.0, 1e6), min_size=3, max_size=12
)


@settings(max_examples=60, deadline=None)
@given(SIZES, st.integers(0, 2**32), st.floats(1.0, 6.0), st.floats(0.1, 0.9))
def test_swarm_any_budget_shares_sum_to_1_and_keep_caps_and_minimum(
    natural: dict[str, float], seed: int, max_copies: float, part: float
) -> None:
    tokens = part * max_copies * sum(natural.values())
    config = SwarmConfig(runs=4, seed=seed, tokens=tokens, max_copies=max_copies, apart=0.0)
    try:
        mixtures = swarm(natural, config)
    except UsageError:
        assume(False)
    for mixture in mixtures:
        assert sum(mixture.values()) == pytest.approx(1, abs=1e-9)
        for name, share in mixture.items():
            assert share * tokens <= max_copies * natural[name] * (1 + 1e-6)
    assert all(share == 0 or share >= 0.002 for one in mixtures[1:] for share in one.values())


def test_swarm_same_seed_gives_the_same_whatever_the_order_of_components() -> None:
    config = SwarmConfig(runs=12, seed=7)
    backwards = dict(reversed(NATURAL.items()))
    assert swarm(NATURAL, config) == swarm(backwards, config)


def test_swarm_another_seed_gives_others() -> None:
    one, other = (swarm(NATURAL, SwarmConfig(runs=5, seed=seed)) for seed in (1, 2))
    assert one[0] == other[0]
    assert one[1:] != other[1:]


def test_swarm_begins_with_the_natural_mixture() -> None:
    config = SwarmConfig(runs=5, seed=1, natural_runs=2)
    assert run_names(config) == ["natural-1", "natural-2", "run-001", "run-002", "run-003"]
    mixtures = swarm(NATURAL, config)
    assert mixtures[0] == mixtures[1] == {"books": 0.04, "code": 0.01, "forum": 0.02, "web": 0.93}


def test_swarm_mixtures_keep_apart() -> None:
    mixtures = swarm(NATURAL, SwarmConfig(runs=40, seed=3, tokens=1e9, apart=0.1))
    rows = np.array([list(one.values()) for one in mixtures])
    distances = np.abs(rows[:, None] - rows[None]).sum(axis=2) + 9 * np.eye(len(rows))
    assert distances.min() >= 0.1


def test_swarm_draws_around_the_flattened_natural_mixture() -> None:
    config = SwarmConfig(runs=600, seed=3, natural_runs=0, max_copies=1e9, apart=0.0)
    rows = np.array([list(one.values()) for one in swarm(NATURAL, config)])
    roots = np.sqrt(list(NATURAL.values()))
    assert rows.mean(axis=0) == pytest.approx(roots / roots.sum(), abs=0.04)


def test_swarm_leaves_out_a_component_without_tokens() -> None:
    mixtures = swarm(NATURAL | {"empty": 0.0}, SwarmConfig(runs=3, seed=1))
    assert all(set(one) == set(NATURAL) for one in mixtures)


def test_swarm_a_component_too_scarce_for_the_minimum_is_in_natural_runs_alone() -> None:
    natural = {"a": 1e6, "b": 1e6, "rare": 10.0}
    first, *others = swarm(natural, SwarmConfig(runs=9, seed=1, max_copies=2.0))
    assert first["rare"] > 0
    assert [one["rare"] for one in others] == [0.0] * 8


@pytest.mark.parametrize(
    ("natural", "config", "sentence"),
    [
        ({"a": 1.0}, SwarmConfig(3, 1), "components with tokens are a; a mixture needs two"),
        ({"a": -1.0, "b": 1.0}, SwarmConfig(3, 1), r"component a has -1\.0 tokens; give"),
        ({"a": 1.0, "b": 1.0}, SwarmConfig(300, 1), "299 mixtures are wanted and .* ask for fewer"),
        ({"a": 9.0, "b": 1.0}, SwarmConfig(3, 1, tokens=50), "50 tokens are wanted .* have 40"),
        (NATURAL, SwarmConfig(0, 1), "runs = 0 are none"),
        (NATURAL, SwarmConfig(3, 1, lowest=5, highest=1), "from 5 to 1 is no range"),
        (NATURAL, SwarmConfig(3, 1, temperature=0), "temperature = 0 is not above 0"),
        (NATURAL, SwarmConfig(3, 1, minimum=0.5), r"minimum = 0\.5 .* out of range"),
        (NATURAL, SwarmConfig(3, 1, max_copies=0), "at 0 copies are no budget"),
    ],
)
def test_swarm_what_cannot_be_met_is_refused(
    natural: dict[str, float], config: SwarmConfig, sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        swarm(natural, config)


def test_filled_gives_what_a_cap_cuts_off_to_the_others_in_proportion() -> None:
    amounts = fill(np.array([0.6, 0.3, 0.1]), np.array([0.2, 1.0, 1.0]), 1.0)
    assert amounts == pytest.approx([0.2, 0.6, 0.2])


def test_caps_of_no_budget_are_of_all_natural_tokens() -> None:
    assert caps_of(np.array([30.0, 10.0]), 0.0, 2.0) == pytest.approx([1.0, 0.5])


def test_written_ratios_are_read_as_they_were(tmp_path: Path) -> None:
    path = str(tmp_path / "ratios.csv")
    config = SwarmConfig(runs=8, seed=1)
    mixtures = swarm(NATURAL, config)
    write_ratios(path, dict(zip(run_names(config), mixtures, strict=True)))
    table = read_ratios(path)
    assert table.runs == tuple(run_names(config))
    assert table.columns == tuple(NATURAL)
    assert table.values == pytest.approx(np.array([list(one.values()) for one in mixtures]))


def test_metrics_are_matched_by_run_and_not_by_row(tmp_path: Path) -> None:
    ratios, metrics = str(tmp_path / "ratios.csv"), str(tmp_path / "metrics.csv")
    write_ratios(ratios, {"x": {"a": 1.0}, 'y, "z"': {"b": 1.0}})
    write_metrics(metrics, {'y, "z"': {"loss": 2.0, "k": 5.0}, "x": {"loss": 1.0, "k": 5.0}})
    found = matched(read_ratios(ratios), read_metrics(metrics))
    assert found.values.tolist() == [[1.0, 5.0], [2.0, 5.0]]


def test_ratios_that_were_rounded_are_made_to_sum_to_1(tmp_path: Path) -> None:
    table = read_ratios(_file(tmp_path, "\ufeffrun,a,b\n\n1,0.3333,0.6662\n"))
    assert table.values.sum() == pytest.approx(1, abs=1e-15)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "begins with the column ''; give it a header"),
        ("name,a\nx,1\n", "begins with the column 'name'"),
        ("run\nx\n", "line 1 has a column without a name"),
        ("run,a,\nx,1,2\n", "line 1 has a column without a name"),
        ("run,a,a\nx,1,2\n", "line 1 has two columns 'a'"),
        ("run,a,b\n", "has no rows below its header"),
        ("run,a,b\nx,1\n", "line 2 has 2 cells and the header 3"),
        ("run,a,b\nx,0.5,0.5\nx,0.5,0.5\n", r"line 3 names run x again \(first on line 2\)"),
        ("run,a,b\n,0.5,0.5\n", "line 2 names no run"),
        ("run,a,b\nx,0.5,half\n", "line 2 has 'half' for b; give a number"),
        ("run,a,b\nx,0.5,nan\n", "line 2 has 'nan' for b"),
        ("run,a,b\nx,0.5,\n", "line 2 has '' for b"),
        ("run,a,b\nx,0.5,0.4\n", r"line 2 has shares that sum to 0\.9; give parts of 1"),
        ("run,a,b\nx,1.5,-0.5\n", r"line 2 has a share of -0\.5"),
        ('run,a,b\n"x,0.5,0.5\n', "line 2 is no CSV"),
    ],
)
def test_ratios_what_is_wrong_is_named_with_its_line(
    tmp_path: Path, text: str, sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        read_ratios(_file(tmp_path, text))


def test_a_table_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.csv is no file that is there"):
        read_metrics(str(tmp_path / "none.csv"))
    (tmp_path / "latin.csv").write_bytes(b"run,\xe9\n")
    with pytest.raises(UsageError, match="give a CSV file in UTF-8"):
        read_metrics(str(tmp_path / "latin.csv"))


@pytest.mark.parametrize(
    ("kept", "sentence"),
    [("y", r"run x \(.*ratios\.csv line 2\) is not in"), ("xyz", r"run z \(.*line 4\) is not in")],
)
def test_a_run_that_one_table_lacks_is_named(tmp_path: Path, kept: str, sentence: str) -> None:
    ratios, metrics = str(tmp_path / "ratios.csv"), str(tmp_path / "metrics.csv")
    write_ratios(ratios, {run: {"a": 0.5, "b": 0.5} for run in "xy"})
    write_metrics(metrics, {run: {"loss": 1.0} for run in kept})
    with pytest.raises(UsageError, match=sentence):
        matched(read_ratios(ratios), read_metrics(metrics))


def _file(folder: Path, text: str) -> str:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)

"""What a limit would keep is read from the columns."""

from pathlib import Path

import pyarrow as pa
import pytest
from quality.quality_corpus import draw, statistics_columns

from pipeline.errors import UsageError
from pipeline.quality.families import FAMILIES
from pipeline.quality.rules import quality_reasons
from pipeline.quality.statistics import measure
from pipeline.quality.statistics_record import STATISTICS_SCHEMA
from pipeline.quality.sweep import sweep
from pipeline.recipe import QualityConfig
from pipeline.text import Split

CASES = Path(__file__).parents[1] / "cases" / "quality"
CONFIG = QualityConfig(
    reading="published",
    rules=("gopher_quality", "fineweb"),
    limits={"max_repeated_character_share": 0.01},
)
RULES = [rule.reason for family in CONFIG.rules for rule in FAMILIES[family]]
TEXTS = [draw(i, 30 + 2 * i) for i in range(40)]
TEXTS += [(CASES / reason / "dropped.txt").read_text("utf-8") for reason in RULES]
ROWS = [measure(Split(text), "en") for text in TEXTS]


def _table() -> pa.Table:
    return pa.table(statistics_columns(ROWS), schema=STATISTICS_SCHEMA)


def test_sweep_at_the_limits_agrees_with_the_rules() -> None:
    found = {s.reason: s for s in sweep(_table(), CONFIG, "en")}
    assert list(found) == RULES
    reasons = [quality_reasons(row, CONFIG, "en") for row in ROWS]
    for reason, row in found.items():
        assert row.dropped == pytest.approx(sum(reason in r for r in reasons) / len(ROWS))
        assert row.alone == pytest.approx(sum(r == (reason,) for r in reasons) / len(ROWS))
    assert {reason for reason, row in found.items() if not row.dropped} == {"too_many_words"}


def test_sweep_steps_are_what_the_rules_keep_at_those_limits() -> None:
    found = sweep(_table(), CONFIG, "en")
    assert all(4 <= len(one.steps) <= 5 for one in found)  # half as much again is no share
    for one in found:
        for step in one.steps:
            moved = CONFIG.model_copy(update={"limits": CONFIG.limits | {one.limit: step.limit}})
            reasons = [quality_reasons(row, moved, "en") for row in ROWS]
            by_rule = sum(one.reason not in r for r in reasons) / len(ROWS)
            assert step.by_rule == pytest.approx(by_rule)
            assert step.by_all == pytest.approx(sum(not r for r in reasons) / len(ROWS))


def test_sweep_of_a_limit_of_zero_counts_up() -> None:
    (lorem, *_) = sweep(_table(), QualityConfig(reading="published", rules=("c4",)), "en")
    assert [step.limit for step in lorem.steps] == [0, 1, 2, 3, 5]


def test_sweep_without_rows_or_columns_is_refused() -> None:
    with pytest.raises(UsageError, match="no documents"):
        sweep(_table().slice(0, 0), CONFIG)
    with pytest.raises(UsageError, match="column 'words' is missing"):
        sweep(_table().drop_columns(["words"]), CONFIG)
    with pytest.raises(UsageError, match="no quality rules"):
        sweep(_table(), QualityConfig(reading="published", rules=()))


def test_sweep_stays_inside_the_range_of_a_limit() -> None:
    config = QualityConfig(rules=("gopher_quality", "fineweb"))
    for swept in sweep(_table(), config, "en"):
        limits = [step.limit for step in swept.steps]
        assert swept.value in limits
        assert limits == sorted(set(limits), key=abs)
        if swept.limit.endswith("_share"):
            assert all(0 <= limit <= 1 for limit in limits)

"""Which limits a document was dropped for crossing: what `explain` shows behind the reason."""

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.quality import STAGE
from pipeline.quality.rules import applied_rules
from pipeline.recipe import QualityConfig


def limits_crossed(
    dropped: Mapping[str, Any], measured: Mapping[str, Any], config: QualityConfig
) -> Iterator[dict[str, Any]]:
    """Rule, statistic, value and limit for every rule that spoke against a document.

    `dropped` is its row of `dropped/`, `measured` that of `statistics/`; other stages have none.
    """
    if dropped["stage"] != STAGE:
        return
    reasons = {dropped["reason"], *dropped["detail"].split()}
    for rule, limit in applied_rules(config, measured["language"], measured["structured"]):
        if rule.reason in reasons:
            least = rule.comparison == "at_least"
            yield {
                "rule": rule.reason,
                "statistic": rule.statistic,
                "value": measured[rule.statistic],
                "at least" if least else "at most": limit,
            }

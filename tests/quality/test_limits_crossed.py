"""`explain` says of every rule that spoke against a document what was measured, and the limit."""

from dataclasses import asdict

import pytest

from pipeline.commands.explain_document import Step, line
from pipeline.commands.explain_limits import limits_crossed
from pipeline.document import Document
from pipeline.quality.judge import judged
from pipeline.recipe import QualityConfig

CONFIG = QualityConfig()
FORM = Document("0" * 32, "https://mill.example/login", "test", "Name\n\nRye", language="en")


def test_every_reason_has_its_statistic_and_limit() -> None:
    found = judged(FORM, CONFIG)
    first, *others = found.reasons
    row = {"stage": "quality", "reason": first, "detail": " ".join(others)}
    measured = {"language": "en", **asdict(found.statistics)}
    crossed = {one["rule"]: one for one in limits_crossed(row, measured, CONFIG)}
    assert set(crossed) == set(found.reasons) > {"form_page"}
    assert crossed["form_page"] == {
        "rule": "form_page", "statistic": "form_lines", "value": 3, "at most": 2,
    }  # fmt: skip
    assert line(Step("curate", "limits", crossed["form_page"])) == (
        "curate: form_page: form_lines is 3, and should be at most 2"
    )


@pytest.mark.parametrize("stage", ["dedup", "screen"])
def test_drops_of_other_stages_cross_no_limit(stage: str) -> None:
    row = {"stage": stage, "reason": "form_page", "detail": ""}
    assert list(limits_crossed(row, {"language": "en"}, CONFIG)) == []

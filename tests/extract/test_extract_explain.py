"""Why blocks stay or go: the verdict told is the verdict that was given."""

import pytest

from pipeline.extract.explain import Verdict, explain
from pipeline.extract.extractor import Extracted, extract_text
from pipeline.extract.judge.model import BlockModel
from pipeline.recipe import ExtractConfig

LIMITS = ExtractConfig()
PARAGRAPH = "Flour, water, salt and time are all it takes, and most of it is time. " * 3
LISTING = "<pre>knead(dough)\nwait(hours=12)</pre><p>Run it twice.</p>"
TABLE = "<table><tr><th>Flour<th>Water<tr><td>500<td>350<tr><td>1000<td>700</table>"
PARAGRAPHS = "".join(f"<p>{at}. {PARAGRAPH}</p>" for at in range(6))
COMMENTS = "<div id=comments class=comments><p>I baked it, and my children ate it all.</p></div>"
PAGE = (
    "<html><head><title>Bread</title></head><body>"
    + "<nav><ul>" + "<li><a href=/a>Section</a></li>" * 8 + "</ul></nav>"
    + f"<article><h1>Bread</h1>{PARAGRAPHS}{LISTING}{TABLE}<div>5. {PARAGRAPH}</div></article>"
    + COMMENTS
    + "<footer><a href=/p>Privacy policy</a> © 2020</footer></body></html>"
)  # fmt: skip


@pytest.fixture(scope="module")
def verdicts(model: BlockModel) -> list[Verdict]:
    found = explain(PAGE, model, LIMITS)
    assert not isinstance(found, str)
    assert len(found) > 20
    return found


def of(verdicts: list[Verdict], text: str) -> Verdict:
    """The last block that holds a text."""
    return [verdict for verdict in verdicts if text in verdict.text][-1]


def test_explanation_marks_what_stays(verdicts: list[Verdict], model: BlockModel) -> None:
    found = extract_text(PAGE, model, LIMITS)
    assert isinstance(found, Extracted)
    assert sum("Flour, water" in verdict.text for verdict in verdicts if verdict.kept) == 6
    assert all(verdict.text in found.text for verdict in verdicts if verdict.kept)


def test_what_stays_exceeds_its_threshold_and_says_nothing_twice(verdicts: list[Verdict]) -> None:
    for verdict in verdicts:
        again = {"repeated", "copied", "aside", "bare"} & set(verdict.rules)
        assert verdict.kept is (verdict.chance > verdict.threshold and not again)


def test_rules_account_for_chances_that_are_not_the_models(verdicts: list[Verdict]) -> None:
    for verdict in verdicts:
        changed = {"formula", "company", "comments", "items", "table"} & set(verdict.rules)
        assert bool(changed) or verdict.model_chance == verdict.chance


def test_rules_are_named_where_they_act(verdicts: list[Verdict]) -> None:
    assert "company" in of(verdicts, "Run it twice").rules
    assert of(verdicts, "Run it twice").chance > of(verdicts, "Run it twice").model_chance
    assert "table" in of(verdicts, "350").rules
    assert of(verdicts, "350").chance == of(verdicts, "700").chance
    assert "comments" in of(verdicts, "my children").rules
    assert of(verdicts, "5. Flour").rules == ("company", "repeated")


def test_a_copy_of_the_text_before_goes_and_says_so(model: BlockModel) -> None:
    parts = [f"In step {at} the dough is turned and rests, number {at * 7}." for at in range(12)]
    html = PAGE.replace("</h1>", "</h1>" + "".join(f"<p>{part}</p>" for part in parts))
    found = explain(
        html.replace("</article>", f"<p>{' '.join(parts)}</p></article>"), model, LIMITS
    )
    assert not isinstance(found, str)
    copy = of(found, " ".join(parts))
    assert "copied" in copy.rules
    assert copy.chance > copy.threshold
    assert not copy.kept


def test_explanation_gives_reasons_that_point_where_the_chance_lies(
    verdicts: list[Verdict],
) -> None:
    prose = next(verdict for verdict in verdicts if "Flour" in verdict.text)
    menu = next(verdict for verdict in verdicts if verdict.text == "Section")
    assert sum(reason.effect for reason in prose.reasons) > 0
    assert sum(reason.effect for reason in menu.reasons) < 0
    sizes = [abs(reason.effect) for reason in menu.reasons]
    assert sizes == sorted(sizes, reverse=True)

"""Line rules of the structure reading cut what introduces nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quality.lines import LineRules
from pipeline.quality.reading.typed_edits import edit_typed

C4 = LineRules(c4=True)
TEXT = "The mill grinds the flour of the whole valley."
NOTICE = "Please enable JavaScript to go on."


@pytest.mark.parametrize(
    "text",
    [
        f"{TEXT}\n\nPrice\n\n{TEXT}",
        f"{TEXT}\n\n## Price\n\n$165\n\nRye",
        f"{TEXT}\n\nThese are what one grinds:\n\n### Oats",
        "- rye\n\nShare\n\nPrint",
    ],
)
def test_labels_among_text_and_below_their_head_stay(text: str) -> None:
    assert edit_typed(text, C4)[0].cuts == ()


@pytest.mark.parametrize(
    "line",
    ["# Mills", "- rye", "| rye |", "--grind", "Rye:", f"> {TEXT}", "grind()", "See `c[1]` here."],
)
def test_lines_that_introduce_text_stay(line: str) -> None:
    edits, typed = edit_typed(f"{line}\n\n{TEXT}", C4)
    assert (edits.text, edits.cuts) == (f"{line}\n\n{TEXT}", ())
    assert len(typed.lines) == 3


@pytest.mark.parametrize(
    ("text", "left", "rule"),
    [
        (f"{TEXT}\n\nShare\n\nPrint", TEXT, "short"),
        (f"{TEXT}\n\nPlease enable JavaScript to go on.", TEXT, "javascript"),
        (f"{TEXT}\n\nWe use cookies on this site.", TEXT, "policy"),
        (f"{TEXT}\n\nYou may grind these:", TEXT, "colon_without_text"),
        (f"{TEXT}\n\nTo go on, you may do this:\n\n{NOTICE}\n\n# Oats", f"{TEXT}\n\n# Oats",
         "colon_without_text"),
        (f"{TEXT}\n\n## Notice\n\n{NOTICE}", TEXT, "heading_without_text"),
        (f"{TEXT}\n\n## Notice\n\n{NOTICE}\n\n## Rye\n\n{TEXT}", f"{TEXT}\n\n## Rye\n\n{TEXT}",
         "heading_without_text"),
    ],
)  # fmt: skip
def test_lines_that_introduce_nothing_go(text: str, left: str, rule: str) -> None:
    edits, _ = edit_typed(text, C4)
    assert edits.text == left
    assert rule in dict(edits.cuts)
    assert {name for name, _ in edits.cut} == set(dict(edits.cuts))


@pytest.mark.parametrize(
    "line",
    [
        "JavaScript was made in ten days, and its name was chosen for the fame of another.",
        "The terms of user groups differ.",
        f"{TEXT} " * 3 + "Whoever reads this uses cookies as a word, and may go on to the end.",
        "A new javascript engine was announced.",
    ],
)
def test_text_about_scripts_and_policies_stays(line: str) -> None:
    assert edit_typed(line, C4)[0].cuts == ()


def test_last_sentence_of_a_long_paragraph_goes_with_what_it_introduced() -> None:
    paragraph = f"{TEXT} " * 4
    edits, _ = edit_typed(f"{paragraph}These are its parts:\n\n{NOTICE}", C4)
    assert edits.text == paragraph.strip()


def test_heading_without_a_section_stays_as_it_came() -> None:
    assert edit_typed(f"{TEXT}\n\n## Rye\n\n## Oats", C4)[0].cuts == ()


def test_code_is_left_alone() -> None:
    code = "```\nf()\n\n\nWe use cookies\nc[1]\n```"
    assert edit_typed(f"{TEXT}\n\n{code}", C4)[0].text == f"{TEXT}\n\n{code}"


def test_without_line_rules_nothing_is_cut() -> None:
    text = "Share\n\n[1] Print"
    assert edit_typed(text, LineRules())[0].text is text


@given(st.text(alphabet="a[1]#-|>`$: \n.JjavscriptPpolicy", max_size=200))
def test_edits_only_take_away(text: str) -> None:
    edits, typed = edit_typed(text, C4)
    assert len(edits.text) <= len(text)
    assert len(edits.cut) == edits.cut_lines
    assert 0 <= edits.cut_word_share <= 1
    assert edit_typed(text, C4)[0] == edits
    assert len(typed.lines) == len(typed.kinds)

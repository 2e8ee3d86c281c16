"""C4's edits leave code alone: numbers in brackets are places of a list there, not notes."""

import pytest

from pipeline.quality.lines import LineRules, edit_lines
from pipeline.quality.prose import prose

C4 = LineRules(c4=True)
FENCED = "Call it so, with care.\n\n```\nx = a[1]\ny = b[] + c[20] - d[3]\n```"


@pytest.mark.parametrize("is_structured", [True, False])
def test_numbers_in_fenced_code_stay(is_structured: bool) -> None:
    assert "c[20] - d[3]" in edit_lines(FENCED, C4, is_structured).text


@pytest.mark.parametrize("code", ["`a[1]`", "``a[1] ` b[2]``", "`x[]` and `y[0]`"])
def test_numbers_in_code_of_a_sentence_stay(code: str) -> None:
    line = f"We call {code} in this place."
    assert edit_lines(f"{line}[1]", C4).text == line


def test_code_in_a_quote_is_left_alone() -> None:
    text = "\n".join(f"> {line}" for line in FENCED.split("\n"))
    assert edit_lines(text, C4, is_structured=True).text == text.replace("> \n", "")
    assert "a[1]" not in prose(text)


def test_fence_within_a_longer_fence_does_not_end_it() -> None:
    text = "Write it down so, please.\n````\n```\na[1]\n```\nb[2]\n````"
    assert edit_lines(text, C4, is_structured=True).text == text
    assert prose(text).strip() == "Write it down so, please."

"""Lines that are normalised once give what texts and paragraphs give that are normalised whole."""

import re

from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup.lines.normal_lines import normal_lines
from pipeline.text import normalise

BREAK = re.compile(r"\n[^\S\n]*\n\s*")  # blank lines, as cuts are made at them
TEXTS = st.text(st.sampled_from("aB \t\n\n\u00a0\u200bß\u0130ﬁ\u0301가各"), max_size=40)


def paragraphs(text: str) -> list[str]:
    parts = BREAK.split(text)
    return parts if len(parts) > 1 else text.split("\n")


@given(TEXTS | st.text(max_size=40))
def test_the_lines_of_a_text_make_its_normal_form(text: str) -> None:
    assert normal_lines(text).whole() == normalise(text)


@given(TEXTS)
def test_paragraphs_are_those_that_blank_lines_part(text: str) -> None:
    whole = {normalise(part) for part in paragraphs(text)} - {""}
    assert set(normal_lines(text).paragraphs()) - {""} == whole

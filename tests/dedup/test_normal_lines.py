"""Lines that are normalised once give what texts and paragraphs give that are normalised whole."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup.lines.line_forms import paragraph_spans
from pipeline.dedup.lines.normal_lines import NormalLines
from pipeline.text import normalise

TEXTS = st.text(st.sampled_from("aB \t\n\n\u00a0\u200bß\u0130ﬁ\u0301가各"), max_size=40)


@given(TEXTS | st.text(max_size=40))
def test_the_lines_of_a_text_make_its_normal_form(text: str) -> None:
    assert NormalLines(text).whole() == normalise(text)


@given(TEXTS)
def test_paragraphs_are_those_that_cuts_are_made_of(text: str) -> None:
    whole = {normalise(text[start:end]) for start, end in paragraph_spans(text)} - {""}
    assert set(NormalLines(text).paragraphs(1)) == whole

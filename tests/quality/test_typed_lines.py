"""What each line of a text is, and how much the text says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quality.reading.form_words import form_lines
from pipeline.quality.reading.typed_lines import typed_lines

SENTENCE = "The mill grinds the flour of the whole valley."


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("# The mill", "heading"),
        ("- rye", "item"),
        ("  12. rye", "item"),
        ("| rye | 3 |", "row"),
        ("| --- | --- |", "blank"),
        ("> It grinds.", "quote"),
        (SENTENCE, "prose"),
        ("It grinds flour.", "label"),
        ("The mill: open today", "label"),
        ("You may grind these:", "prose"),
        ("Why does it grind?", "label"),
        ("Why does the mill grind so very slowly?", "prose"),
        ("of flour and of bran and of meal and of grist and more", "prose"),
        ("grind(flour, water)", "label"),
        ("水磨坊在河边。", "prose"),
        ("", "blank"),
    ],
)
def test_line_is_of_its_kind(line: str, kind: str) -> None:
    assert typed_lines(line).kinds == [kind]


def test_code_and_formulas_are_known_by_what_stands_around() -> None:
    text = "```python\ngrind()\n```\n$$\nx\n$$\n$$y$$\n> ```\n> bake()\n> ```\nend"
    kinds = typed_lines(text).kinds
    assert [kind[0] for kind in kinds] == list("bcbffffbcbl")


def test_content_is_what_sentences_rows_and_code_say() -> None:
    text = f"# Mills of the north\n\n{SENTENCE}\n\n- rye\n- {SENTENCE}\n\n| a | b |\n\nHome"
    assert typed_lines(text).content_words == 9 + 9 + 3


@given(st.text())
def test_lines_are_typed_one_for_one(text: str) -> None:
    typed = typed_lines(text)
    assert len(typed.lines) == len(typed.kinds) == text.count("\n") + 1
    assert 0 <= typed.content_words <= sum(typed.words)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("# Mills\n\nPassword\n\nUser name", 2),
        ("# Log in\n\nPassword", 3),
        (f"# Mills\n\n{SENTENCE}\n\nWe never ask for a password in any mail that we send.", 0),
        ("# Mills\n\n- Sign up\n- Rye", 1),
    ],
)
def test_fields_of_a_form_are_counted(text: str, fields: int) -> None:
    assert form_lines(typed_lines(text)) == fields

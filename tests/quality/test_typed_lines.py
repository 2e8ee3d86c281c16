"""What each line of a text is, and how much the text says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        ("水磨坊在河边，已经有很多年了。", "prose"),
        ("水磨坊在河边。", "label"),
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
    "opening",
    [
        "$$",
        "$$$ moderately priced",
        "~~~~~~~~",
        "``` ``mill`` ``` grinds",
        "```` ",
        "\\[ x",
        "> ```",
    ],
)
def test_what_never_closes_is_no_code(opening: str) -> None:
    typed = typed_lines(f"{opening}\n{SENTENCE}\n{SENTENCE}")
    assert typed.kinds[1:] == ["prose", "prose"]


@pytest.mark.parametrize(
    "text",
    [
        "$$\nx\n$$",
        "$$x =\n y$$",
        "\\[\nx\n\\]",
        "```\nx\n```",
        "~~~~ c\nx\n~~~~",
        "````\n```\n````",
    ],
)
def test_what_closes_is_verbatim_and_no_more(text: str) -> None:
    typed = typed_lines(f"{text}\n{SENTENCE}")
    assert set(typed.kinds[:-1]) <= {"code", "formula", "blank"}
    assert typed.kinds[-1] == "prose"


def test_formula_within_a_sentence_is_none() -> None:
    line = "$$E=mc^2$$ which holds for every body that is at rest."
    assert typed_lines(line).kinds == ["prose"]


def test_two_characters_of_han_are_a_word() -> None:
    menu = "\n\n".join(["首页新闻体育财经科技", "联系我们关于我们帮助"] * 6)
    assert typed_lines(menu).content_words == 0
    assert typed_lines("水磨坊在河边，已经有很多年了。").words == [7]


@pytest.mark.parametrize("piece", ["```a\n", "~~~\n", "$$\n", "\\[\n", "> ```\n", "x:\n", "# a\n"])
def test_hostile_text_is_typed_in_linear_steps(piece: str) -> None:
    assert len(typed_lines(piece * 20_000).kinds) == 20_001

"""Sentences of content that pages of a site share: where they stay, and who keeps them."""

import pytest
from support_lines import CONTENT, cut, page, texts

from pipeline.dedup.lines.line_kinds import is_sentence, kind_of
from pipeline.recipe import DedupConfig, LinesConfig

SENTENCE = "The miller of this valley grinds what farmers bring to him in autumn."
FOOTER = "All that grows here is ground by stones that a river turns day and night."
NOTICE = "Copyright of the valley, all rights reserved by those who live and work in it."


def valley(count: int, line: str, at_end: bool = True) -> list[str]:
    """What is left of pages, each longer than the one before."""
    own = [f"A page on {chr(97 + at) * 4} alone.\n" * (at + 1) for at in range(count)]
    bodies = [f"{text}{line}" if at_end else f"{line}\n{text}" for text in own]
    return texts([page(f"Page {at}\n{body}", f"{at}") for at, body in enumerate(bodies)])


def test_a_sentence_between_content_stays_whatever_stands_beside_it() -> None:
    lines = [SENTENCE, FOOTER, SENTENCE.replace("miller", "baker")]
    text = "\n".join(["Title", CONTENT, *lines, CONTENT])
    assert cut(text, *lines, edge=False) == text


def test_an_introduction_of_every_page_stays() -> None:
    assert cut(f"Title\n{SENTENCE}\n{FOOTER}\n{CONTENT}", SENTENCE, FOOTER).count("\n") == 3


def test_a_sentence_that_ends_many_pages_stays_in_the_longest_one_alone() -> None:
    assert [FOOTER in text for text in valley(7, FOOTER)] == [False] * 6 + [True]


def test_lines_without_letters_behind_it_change_nothing() -> None:
    assert sum(FOOTER in text for text in valley(7, f"{FOOTER}\n+44 20 1234 5678")) == 1


def test_who_has_a_sentence_without_its_mark_is_not_the_one_that_keeps_it() -> None:
    pages = [page(f"Page {at}\n{CONTENT} {at}\n{FOOTER}", f"{at}") for at in range(6)]
    bare = FOOTER.rstrip(".")
    pages.append(page(f"Page 6\n{CONTENT * 2} 6\n{bare}", "6"))
    found = texts(pages)
    assert bare not in found[6]
    assert sum(FOOTER in text for text in found) == 1


def test_what_a_few_pages_end_with_stays() -> None:
    assert all(FOOTER in text for text in valley(4, FOOTER))


def test_a_notice_goes_from_all_pages() -> None:
    assert not any(NOTICE in text for text in valley(7, NOTICE))


def test_the_keeper_is_the_same_in_whatever_order_pages_come() -> None:
    pages = [page(f"Page {at}\n{CONTENT} {at}\n{FOOTER}", f"{at}") for at in range(7)]
    kept = {row for row in texts(pages) if FOOTER in row}
    assert len(kept) == 1
    assert kept == {row for row in texts(pages[::-1]) if FOOTER in row}


@pytest.mark.parametrize(("survivor", "keeper"), [("newest", 6), ("oldest", 0)])
def test_the_keeper_is_the_first_in_the_stated_order(survivor: str, keeper: int) -> None:
    pages = [
        page(f"Page {at}\n{CONTENT} {at}\n{FOOTER}", f"{at}", date=f"202{at}-01-01T00:00:00Z")
        for at in range(7)
    ]
    config = DedupConfig.model_validate({"paragraphs": False, "survivor": [survivor]})
    assert [FOOTER in text for text in texts(pages, config)] == [at == keeper for at in range(7)]


def test_a_heading_stays_above_text_that_stays() -> None:
    text = f"Title\n{CONTENT}\n## Options\n{SENTENCE}\n{CONTENT}\nMeadow\nBrook\nBarn"
    left = cut(text, "## Options", "Meadow", "Brook", "Barn")
    assert left == f"Title\n{CONTENT}\n## Options\n{SENTENCE}\n{CONTENT}"
    nested = f"Meadow\nBrook\nBarn\n## Options\n### Long\n{SENTENCE}\n{CONTENT}"
    words = ("Meadow", "Brook", "Barn", "## Options", "### Long", SENTENCE)
    assert cut(nested, *words).startswith("## Options\n### Long")
    header = f"Meadow\nBrook\nBarn\n## Options\n{SENTENCE}\n{CONTENT}"
    assert cut(header, "Meadow", "Brook", "Barn", "## Options", SENTENCE).startswith("## Options")


@pytest.mark.parametrize(
    "line", ["-q", "--quiet", "  --input=FILE", "`--verbose`", "-C <dir>", "-n NUM", "-q, --quiet"]
)
def test_names_of_options_are_no_menu(line: str) -> None:
    assert kind_of(line) == "code"


@pytest.mark.parametrize(
    "line",
    [
        "- quiet",
        "-",
        "--",
        "-quiet and calm",
        "-A man walked in.",
        "-Y tú, ¿qué dices?",
        "-J. Smith",
    ],
)
def test_items_and_words_are_no_options(line: str) -> None:
    assert kind_of(line) != "code"


def test_the_first_row_of_a_table_stays_with_the_others() -> None:
    text = f"# Title\n| Album of songs | |\n| --- | --- |\n| Released | June |\n{CONTENT}"
    assert cut(text, "| Album of songs | |") == text


def test_a_price_below_a_menu_stays_and_a_number_goes() -> None:
    menu = ["Meadow", "Brook", "Barn"]
    text = "\n".join(["Title", CONTENT, *menu])
    assert cut(f"{text}\n$ 39.95", *menu) == f"Title\n{CONTENT}\n$ 39.95"
    assert cut(f"{text}\n39 95 17", *menu) == f"Title\n{CONTENT}"


def test_a_redacted_address_alone_at_the_end_stays() -> None:
    text = f"Title\n{CONTENT}\nWrite to\n[email]"
    assert cut(text, "[email]") == text


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        (SENTENCE, True),
        (f"“{SENTENCE}”", True),
        ("溪水流过旧磨坊，麦子堆满白石墙，老翁清早推门出，风里已有面粉香。", True),
        (SENTENCE.rstrip("."), False),
        (SENTENCE + "..", False),
        ("Grind it.", False),
    ],
)
def test_a_sentence_is_long_and_ends_as_one(line: str, is_one: bool) -> None:
    assert is_sentence(line) is is_one


def test_a_headline_that_asks_is_no_sentence_of_content() -> None:
    line = "Will The Old Miller Leave His Valley For The City?"
    assert (
        cut(f"{line}\nMeadow\nBrook\nBarn\n{CONTENT}", line, "Meadow", "Brook", "Barn") == CONTENT
    )


def test_limits_of_the_recipe_hold_for_sentences_too() -> None:
    config = DedupConfig(paragraphs=False, site_lines=LinesConfig(max_characters=20))
    pages = [page(f"Page {at}\n{CONTENT} {at}\n{FOOTER}", f"{at}") for at in range(7)]
    assert all(FOOTER in text for text in texts(pages, config))

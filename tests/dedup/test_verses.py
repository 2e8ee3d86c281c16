"""Poems that stand on several pages of a small site stay whole; templates beside them go."""

import pytest
from support_lines import CONTENT, cut, page, texts

from pipeline.dedup.lines.verses import verses
from pipeline.dedup.packed_keys import Recurrence

MARKED = (
    "The miller wakes before the lark,\nThe wheel is turning in the dark;\n"
    "He pours the rye, he pours the corn,\nAnd flour is white when day is born."
)
UNMARKED = (
    "Oh carry me over the river\nOver the river and down\nWhere the water is singing forever\n"
    "Forever away from the town\nOh carry me over the meadow\nThe meadow is golden and wide"
)
GERMAN = (
    "Am Bach, da steht die Mühle,\ndie mahlt bei Tag und Nacht,\n"
    "sie mahlt in Morgenkühle,\nbis Korn zu Mehl gemacht."
)
RUSSIAN = "Шумит вода под колесом,\nИ мельник ходит босиком,\nА за рекой,\nКукушка звонкая кричит."
CHINESE = "溪水流过旧磨坊，\n麦子堆满白石墙。\n老翁清早推门出，\n风里已有面粉香。"
SPOKEN = (
    "“Who knocks so late upon my door?”\nThe miller asked, and swept the floor;\n"
    "“A sack of rye is all I bear,”\nThe farmer said, and took a chair,\nAnd warmed his hands."
)
COUPLETS = (
    "溪水流过旧磨坊，麦子堆满白石墙。\n老翁清早推门出，风里已有面粉香。\n"
    "孩童沿河数白鸭，妇人树下晒衣裳。\n日落钟声轻轻响，一轮明月上山冈。"
)
POEMS = [MARKED, UNMARKED, GERMAN, RUSSIAN, CHINESE, COUPLETS, SPOKEN]
HEADER, FOOTER = "Poems of shop | Songs | Contact", "© 2026 The shop of poems"


def left(pages: list[str]) -> list[str]:
    """What deduplication of lines leaves of the pages of one site."""
    return texts([page(text, f"{at}") for at, text in enumerate(pages)])


def other(at: int) -> str:
    return f"A page on the {'abcdefgh'[at] * 4} alone.\n{CONTENT} {'hgfedcba'[at] * 4}."


@pytest.mark.parametrize("poem", POEMS)
@pytest.mark.parametrize("times", [2, 3, 4])
@pytest.mark.parametrize("others", [0, 1, 4])
def test_a_poem_on_few_pages_stays_on_all(poem: str, times: int, others: int) -> None:
    bodies = [poem, *(f"{other(at)}\n{poem}" for at in range(1, times)), *map(other, range(4, 8))]
    pages = [f"{HEADER}\n{body}\n{FOOTER}" for body in bodies[: times + others]]
    kept = left(pages)
    assert len(kept) == len(pages)
    assert all(poem in text for text in kept[:times])
    assert len(pages) < 4 or not any(FOOTER in text or HEADER in text for text in kept)


def test_what_stands_on_many_pages_is_no_poem() -> None:
    motto = MARKED.replace(";", ",").split("\n")
    text = "\n".join([CONTENT, *motto])
    assert cut(text, *motto, pages=4) == text
    assert cut(text, *motto, pages=5) == CONTENT


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.rstrip(",;."),  # short, and without marks
        lambda line: f"In 1848 {line}",
        lambda line: f"{line} | {line} | {line}",
        lambda line: f"- {line}",
        lambda line: f"{line.split()[0]},",
        lambda line: f"{line} and so on until it is longer than a verse,",
    ],
)
def test_rows_of_other_lines_are_no_poem(change) -> None:  # type: ignore[no-untyped-def]
    lines = [change(line) for line in MARKED.replace(";", ",").split("\n")]
    text = "\n".join([CONTENT * 9, *lines])
    assert cut(text, *lines, pages=4) != text


def test_lines_between_headings_are_no_poem() -> None:
    first, second = MARKED.replace(";", ",").split("\n")[:2], MARKED.split("\n")[2:]
    lines = ["## Corn", *first, "## Rye", *second]
    text = "\n".join([CONTENT, *lines])
    assert first[0] not in cut(text, *lines, pages=4)


@pytest.mark.parametrize(
    ("lines", "are"),
    [
        (["the mill by the brook,"] * 4, True),
        (["the mill by the brook,"] * 3, False),
        (["the mill by the brook,", *["the mill by the brook"] * 3], True),
        (["the mill by the brook,", *["the mill by the brook"] * 4], False),
        ([f"{'corn ' * 14},"] * 4, False),
        ([f"{'corn ' * 13}rye,"] * 4, True),
    ],
)
def test_verses_are_told_by_number_length_and_marks(lines: list[str], are: bool) -> None:
    known = Recurrence(share=0.5, pages=3, edge=True)
    assert verses(lines, ["text"] * len(lines), [known] * len(lines), [False] * len(lines)) == [
        are
    ] * len(lines)


@pytest.mark.parametrize(
    "above",
    [
        "```\nint a = 1;\nint b = 2;\nreturn a;\n```",
        "int a = 1;\nint b = 2;\nrunX(a, b);",
        "“The mill is fine and cheap.”\n“The flour is white and good.”",
    ],
)
def test_a_footer_below_code_or_quotations_is_no_poem(above: str) -> None:
    footer = "The free mill\nGrain of all kinds\nMills near the brook\nWrite to the miller"
    kept = left([f"{other(at)}\n{above}\n{footer}" for at in range(4)])
    assert ["Write to" in text for text in kept] == [False] * 4


def test_a_number_in_a_poem_does_no_harm() -> None:
    poem = MARKED.replace("the dark", "the dark of 1848").split("\n")
    text = "\n".join([CONTENT, *poem])
    assert cut(text, *poem, pages=4) == text


def test_a_song_without_marks_needs_more_lines() -> None:
    song = UNMARKED.split("\n")
    for lines, stays in ((song, True), (song[:5], False)):
        text = "\n".join([CONTENT, *lines])
        assert (cut(text, *lines, pages=4) == text) is stays
    names = ["Old mill", "New mill", "White farm", "Red barn", "Long brook", "Deep vale"]
    assert cut("\n".join([CONTENT, *names]), *names, pages=4) == CONTENT

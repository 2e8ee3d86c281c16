"""Published rules fire under the structure reading where the prose of a page deserves it."""

import pytest

from pipeline.document import Document
from pipeline.quality.judge import judged
from pipeline.recipe import QualityConfig

RULES = QualityConfig(rules=("gopher_quality", "gopher_repetition", "c4", "fineweb"))
GOOD = [
    "In the spring of that year the miller had sold all but three of his sacks to the bakers.",
    "Nobody remembers who built the first wheel, though a beam in the loft bears a date.",
    "When the river freezes, grain is taken by sledge across to the other bank and stored.",
    "Bread from rye keeps longer than any other, and it was what sailors were given at sea.",
    "A law of 1742 fixed the price that could be asked for grinding in every parish.",
    "Her brothers left for the coast, where shipyards needed carpenters more than farms did.",
    "Stones wear out within a decade, so quarries nearby have always been kept busy.",
    "Today visitors may watch two volunteers dress the stones by hand on Sundays.",
]
PHRASE = [f"On day {at} the old mill of the valley ground {at * 7} sacks." for at in range(20)]
AGAIN = [GOOD[0]] * 6 + GOOD
NUMBERS = [f"{at} 12 34 56 78 90 11 22 33 44 55 66 of the and to." for at in range(6)]
LETTERS = ["of a b c d e f g h i j k to l m n o p q r s t."] * 2 + GOOD[:1]
LONG = ["Internationalisations misunderstandings counterrevolutionaries to be."] * 8
SHOUTED = [f"{'#' * 9}{line}" for line in GOOD]
OFF = [f"{line[:-1]}..." for line in GOOD]
FOREIGN = ["Ich gehe heute mit meinem Bruder durch den Wald und suche dort einen alten Baum."] * 3


def document(lines: list[str]) -> Document:
    return Document("0" * 32, "", "test", "\n\n".join(lines), language="en")


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (PHRASE, "frequent_3gram"),
        (PHRASE, "frequent_4gram"),
        *((AGAIN, f"repeated_{n}grams") for n in (5, 6, 7, 8, 9, 10)),
        (AGAIN, "repeated_line_characters"),
        (AGAIN, "repeated_paragraphs"),
        (AGAIN, "repeated_characters"),
        (NUMBERS, "too_few_alphabetic_words"),
        (LETTERS, "mean_word_too_short"),
        (LONG, "mean_word_too_long"),
        (SHOUTED, "too_many_hashes"),
        (OFF, "too_many_ellipsis_lines"),
        (FOREIGN, "too_few_stop_words"),
        (["The mill."], "too_few_words"),
        ([f"- {line}" for line in GOOD], "too_many_bullet_lines"),
        ([*GOOD, "Lorem ipsum dolor sit amet, and so on it goes."], "lorem_ipsum"),
    ],
)
def test_rule_fires_on_prose_that_deserves_it(lines: list[str], reason: str) -> None:
    assert reason in judged(document(lines), RULES).reasons


def test_good_prose_passes_with_its_structure() -> None:
    table = "| grain | sacks |\n| --- | --- |\n| rye | 3 |\n| rye | 3 |"
    lines = ["# The mill", *GOOD, "## Prices", table, "Rye:", "- oats", "```\nif (a) { b(); }\n```"]
    assert judged(document(lines), RULES).reasons == ()


@pytest.mark.parametrize(
    ("limit", "value", "reason"),
    [
        ("min_words", 500, "too_few_words"),
        ("max_short_line_share", 0.0, "too_many_short_lines"),
        ("min_punctuated_line_share", 1.0, "too_few_punctuated_lines"),
        ("min_sentences", 99, "too_few_sentences"),
        ("max_curly_bracket_lines", 0, "curly_bracket"),
    ],
)
def test_limit_of_ones_own_goes_before_that_of_the_reading(
    limit: str, value: float, reason: str
) -> None:
    lines = [
        *GOOD,
        "It was short, and it ended in no full stop but said { at its very end",
        "So be it: a.",
    ]
    config = RULES.model_copy(update={"limits": {limit: value}})
    assert reason in judged(document(lines), config).reasons
    assert reason not in judged(document(lines), RULES).reasons

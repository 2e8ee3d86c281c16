"""How texts are scored against gold texts."""

import pytest

from classifiers.evaluation import page_f1, without_title_line

BODY = "Rye bread is dark.\n\nIt keeps for a week."


@pytest.mark.parametrize(
    ("text", "gold", "left"),
    [
        (f"# Mill\n\n{BODY}", BODY, BODY),
        (f"# Rye bread\n\n{BODY}", BODY, f"# Rye bread\n\n{BODY}"),
        (f"# On Rye!\n\n{BODY}", f"on   rye\n{BODY}", f"# On Rye!\n\n{BODY}"),
        (f"## Rye\n\n{BODY}", BODY, f"## Rye\n\n{BODY}"),
        (BODY, f"Rye\n{BODY}", BODY),
        (f"# Mill\n\n{BODY}", BODY * 20 + "Mill", BODY),
        ("# Mill", BODY, ""),
    ],
)
def test_title_line_is_left_out_where_the_gold_begins_without_it(
    text: str, gold: str, left: str
) -> None:
    assert without_title_line(text, gold) == left


def test_title_costs_nothing_where_the_gold_lacks_it() -> None:
    assert page_f1(f"# Mill stones\n\n{BODY}", BODY) == 1


def test_title_counts_where_the_gold_has_it() -> None:
    gold = f"Mill stones\n{BODY}"
    assert page_f1(BODY, gold) < page_f1(f"# Mill stones\n\n{BODY}", gold) == 1

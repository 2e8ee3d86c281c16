"""Hostile pages end in a reason, soon."""

import time

import pytest

from pipeline.extract.walk import read_blocks
from pipeline.recipe import ExtractConfig

LIMITS = ExtractConfig()


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("", "no_text"),
        ("<script>var a = 1</script>", "no_text"),
        ("<frameset><frame src=a></frameset>", "no_body"),
        ("<p>a" * 1_400_000, "too_large"),
        ("<div>" * 600 + "x", "too_deep"),
        ("<div>" * 200_000 + "x", "too_deep"),
        ("<span>" * 200_000 + "x", "too_deep"),
        ("<p>a</p>" * 60_000, "too_many_nodes"),
        ("<div " + " ".join(f"a{n}=1" for n in range(90_000)) + ">x", "too_many_nodes"),
    ],
    ids=["empty", "script", "frames", "large", "deep", "bomb", "inline bomb", "many", "attributes"],
)
def test_hostile_page_has_its_reason(html: str, reason: str) -> None:
    started = time.process_time()
    assert read_blocks(html, LIMITS) == reason
    assert time.process_time() - started < 5


def test_nul_and_surrogates_do_not_reach_the_text() -> None:
    page = read_blocks("<p>a\x00b\ud800c</p>", LIMITS)
    assert not isinstance(page, str)
    "".join(page.texts).encode("utf-8")


def test_unclosed_paragraphs_are_not_deep() -> None:
    page = read_blocks("<p>a" * 5_000, LIMITS)
    assert not isinstance(page, str)

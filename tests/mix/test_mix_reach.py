"""What is said of a budget as soon as texts are counted."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from training_texts import texts

from pipeline.errors import UsageError
from pipeline.frame.manifests import Manifest
from pipeline.jobs.mix import foretell
from pipeline.mix.reach import COUNTED, KEPT, Reach, foretold, reach
from pipeline.recipe import Recipe
from pipeline.recipe_types import MixConfig
from pipeline.tokenize.encode import build_encoder
from pipeline.tokenize.train import train_tokenizer

FOUND = Reach(1_000, 2_000, 3_000)


def mix(tokens: int, budget: str = "up_to") -> MixConfig:
    return MixConfig.model_validate({"tokens": tokens, "budget": budget})


@given(
    st.integers(0, 10**15),
    st.sets(st.sampled_from(sorted(KEPT))),
    st.floats(0, 1),
    st.sampled_from([0, 600, 4_096, 200_000]),
    st.floats(1, 100),
)
def test_what_can_be_reached_lies_between_the_least_and_the_most(
    characters: int, to_come: set[str], gate: float, vocabulary: int, copies: float
) -> None:
    found = reach(characters, tuple(to_come), gate, copies, vocabulary=vocabulary)
    assert 0 <= found.least <= found.likely <= found.most
    assert found.most <= 3 * characters * copies * (1 + 1e-9)


def test_jobs_to_come_and_the_gate_leave_less_and_copies_give_more() -> None:
    plain = reach(1_000_000, (), 1.0, 1.0, vocabulary=32_000)
    for other in (
        reach(1_000_000, ("near",), 1.0, 1.0, vocabulary=32_000),
        reach(1_000_000, (), 0.5, 1.0, vocabulary=32_000),
    ):
        assert other.likely < plain.likely
        assert other.most == plain.most  # all may pass
    more = reach(1_000_000, (), 1.0, 4.0, vocabulary=32_000)
    for name in ("least", "likely", "most"):
        assert getattr(more, name) == pytest.approx(4 * getattr(plain, name), abs=4)


def test_a_small_vocabulary_may_give_more_tokens() -> None:
    fine, coarse = (reach(1_000_000, (), 1.0, 1.0, vocabulary=size) for size in (600, 32_000))
    assert fine.most > coarse.most


@pytest.mark.parametrize("budget", ["up_to", "exact"])
@pytest.mark.parametrize("tokens", [1, 1_000, 1_999, 2_000])
def test_nothing_is_said_of_a_budget_that_is_surely_or_probably_reached(
    tokens: int, budget: str
) -> None:
    assert foretold(mix(tokens, budget), FOUND, "extract") == ""


@pytest.mark.parametrize("budget", ["up_to", "exact"])
def test_a_budget_that_is_probably_not_reached_is_told_with_its_interval(budget: str) -> None:
    assert foretold(mix(2_500, budget), FOUND, "exact") == (
        "mix.tokens is 2,500; as exact has counted, about 2,000 (1,000 to 3,000) can be reached at "
        "mix.max_copies = 4."
    )


def test_a_budget_beyond_the_most_is_told_and_what_is_there_is_taken() -> None:
    said = foretold(mix(3_001), FOUND, "near")
    assert said.endswith("can be reached at mix.max_copies = 4; what can be reached is taken.")


def test_an_exact_budget_beyond_the_most_is_refused() -> None:
    with pytest.raises(UsageError, match=r"\(1,000 to 3,000\) can be reached .*; lower it, read"):
        foretold(mix(3_001, "exact"), FOUND, "near")


def recipe(tokens: int, **sections: Any) -> Recipe:
    source = {"name": "lines", "format": "jsonl", "paths": ["lines.jsonl"]}
    value = {"sources": [source], "mix": {"tokens": tokens}, **sections}
    return Recipe.model_validate(value)


def done(*jobs: str, **apart: int) -> dict[str, Manifest]:
    """Manifests of finished jobs, the last of which has counted `apart`."""
    found = {}
    for job in jobs:
        counted = apart if job == jobs[-1] else {}
        found[job] = Manifest(
            1, job, "f" * 16, "f", "all", {}, {}, 1, "", "", "", 9, 9, {}, counted
        )
    return found


CHARACTERS = 4_000_000  # about a million tokens


def test_a_run_that_has_no_budget_hears_nothing() -> None:
    assert foretell(recipe(0), done("extract", **{COUNTED: 1})) == ""


def test_a_job_that_has_not_counted_characters_says_nothing() -> None:
    assert foretell(recipe(10**12), done("extract")) == ""


def test_a_budget_that_is_there_whatever_comes_is_not_spoken_of() -> None:
    assert foretell(recipe(100_000), done("extract", **{COUNTED: CHARACTERS})) == ""


def test_a_budget_beyond_all_copies_is_told_by_the_job_that_has_counted() -> None:
    said = foretell(recipe(10**9), done("extract", "exact", **{COUNTED: CHARACTERS}))
    assert "as exact has counted" in said


def test_what_is_likely_falls_less_the_more_jobs_are_done() -> None:
    jobs, told = ("extract", "exact", "curate", "near"), []
    for at in range(1, 5):
        said = foretell(recipe(10**9), done(*jobs[:at], **{COUNTED: CHARACTERS}))
        told.append(int(said.partition("about ")[2].partition(" ")[0].replace(",", "")))
    assert told == sorted(told)
    assert told[-1] == CHARACTERS


def test_a_gate_without_a_model_is_not_counted() -> None:
    known = done("extract", **{COUNTED: CHARACTERS})
    gated = recipe(10**9, classify={"keep": 0.5, "referenced": {"dump": "wikipedia"}})
    off = recipe(10**9, classify={"keep": 0.5, "gate": "off", "referenced": {"dump": "wikipedia"}})
    assert foretell(recipe(10**9, classify={"keep": 0.5}), known) == foretell(off, known)
    assert foretell(gated, known) != foretell(off, known)


def test_an_exact_budget_of_chinese_text_is_not_refused_where_it_can_be_reached() -> None:
    """Counted by a tokenizer that was trained on other text, as given ones are."""
    written = train_tokenizer(texts(50), 4_096, 3, 1).to_str()
    encoder = build_encoder(written, "given")
    text = "水车转动,磨坊在河边,面粉和面包。" * 100
    tokens = len(encoder.encode(text))
    assert tokens <= reach(len(text), (), 1.0, 1.0, is_english=False).most

"""Domains that a recipe's mixture names are looked up before anything runs."""

import pytest

from classifiers.tagging.domains import DOMAINS
from pipeline.errors import UsageError
from pipeline.jobs.mix import obeys
from pipeline.recipe import Recipe, Source
from pipeline.recipe_types import AnnealingConfig, MixConfig


def recipe(mix: MixConfig, *declared: str) -> Recipe:
    names = declared or ("",)
    sources = (Source(name=f"s{at}", paths=("x",), domain=name) for at, name in enumerate(names))
    return Recipe(sources=tuple(sources), mix=mix)


@pytest.mark.parametrize(
    ("mix", "told"),
    [
        (MixConfig(weights={"nwes": 0.5}), r"mix\.weights names 'nwes', .*; did you mean 'news'\?"),
        (MixConfig(weights={"zzz": 0.5}), r"mix\.weights names 'zzz', .*; known are books, code, "),
        (
            MixConfig(annealing=AnnealingConfig(domains=("bokks",))),
            r"mix\.annealing\.domains names 'bokks', .*; did you mean 'books'\?",
        ),
    ],
)
def test_a_domain_that_cannot_be_is_refused_with_the_nearest(mix: MixConfig, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        obeys(recipe(mix))


def test_a_domain_that_a_source_declares_can_be_named() -> None:
    obeys(recipe(MixConfig(weights={"laws": 0.5, "news": 0.1}), "laws"))


def test_weights_that_take_out_every_domain_are_refused() -> None:
    with pytest.raises(UsageError, match="gives every domain nothing"):
        obeys(recipe(MixConfig(weights=dict.fromkeys(DOMAINS, 0.0))))


def test_a_domain_that_is_reserved_and_has_no_share_is_refused() -> None:
    annealing = AnnealingConfig(domains=("news",))
    with pytest.raises(UsageError, match=r"'news', for which mix\.weights leaves nothing"):
        obeys(recipe(MixConfig(weights={"news": 0.0}, annealing=annealing)))


def test_a_declared_domain_may_be_called_as_one_that_no_rule_can_give() -> None:
    obeys(recipe(MixConfig(), "Books"))


def test_domains_of_one_file_name_are_refused() -> None:
    with pytest.raises(UsageError, match="'A-B' and 'a_b' give one file name"):
        obeys(recipe(MixConfig(), "A-B", "a_b"))

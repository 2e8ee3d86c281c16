"""What the shards of a dataset are planned by: the counts of the token parts, and the mixture."""

from types import SimpleNamespace
from typing import Any, cast

from pipeline.frame.parts import Part
from pipeline.frame.run import JobRun
from pipeline.jobs.shard_dataset import group_tokens, shard_plan
from pipeline.recipe import TokenizeConfig
from pipeline.tokenize.train import TokenizerCard

CARD = TokenizerCard(vocabulary=300, eos=0, first_control=0, digest="d" * 32)
GROUPS = {"main-web-0": {"phase": "main"}, "anneal-web-0": {"phase": "anneal"}}
DONE = [
    ("one.000", {"document": 9, "apart:tokens:main-web-0": 700, "apart:tokens:anneal-web-0": 10}),
    ("two.000", {"document": 9, "apart:tokens:main-web-0": 300, "apart:cut_lines": 5}),
]


def done() -> list[Part]:
    return [Part(name, True, 9, seen, {}, {}, {}, {}) for name, seen in DONE]


def job() -> JobRun:
    """A job at work, as far as a plan asks for it: shards of 500 tokens of two bytes."""
    recipe: Any = SimpleNamespace(tokenize=TokenizeConfig(shard_megabytes=0.001))
    at_work = SimpleNamespace(recipe=recipe, folder="job", work_file=lambda name: f"work/{name}")
    return cast(JobRun, at_work)


def test_tokens_of_a_group_are_added_over_parts_and_nothing_else_is() -> None:
    assert list(group_tokens(done()).items()) == [("anneal-web-0", 10), ("main-web-0", 1_000)]


def test_no_parts_have_no_groups() -> None:
    assert group_tokens([]) == {}


def test_a_plan_names_files_groups_phases_and_counts_in_one_order() -> None:
    plan = shard_plan(job(), "dataset", done(), group_tokens(done()), {"groups": GROUPS}, CARD)
    assert plan.token_files == ("job/tokens/one.000.arrow", "job/tokens/two.000.arrow")
    assert plan.groups == ("anneal-web-0", "main-web-0")
    assert plan.phases == ("anneal", "main")
    assert plan.counts == (1, 2)
    assert (plan.folder, plan.entries) == ("dataset", "work/entries")

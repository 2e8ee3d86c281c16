"""What the shards of a dataset are planned by: the counts of the token parts, and the mixture."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from support_manifests import done_of

from pipeline.frame.job_run import JobRun
from pipeline.frame.part_tables import Totals, parts_table, totals
from pipeline.frame.parts import Part
from pipeline.jobs.shard_dataset import group_tokens, shard_plan, token_units
from pipeline.recipe import TokenizeConfig
from pipeline.tokenize.tokenizer_files import TokenizerCard

CARD = TokenizerCard(vocabulary=300, eos=0, first_control=0, digest="d" * 32)
GROUPS = {"main-web-0": {"phase": "main"}, "anneal-web-0": {"phase": "anneal"}}
SEEN = [
    {"document": 9, "apart:tokens:main-web-0": 700, "apart:tokens:anneal-web-0": 10},
    {"document": 9, "apart:tokens:main-web-0": 300, "apart:cut_lines": 5},
]


def counted(*seen: dict[str, int]) -> Totals:
    """The sums over parts that have counted this."""
    parts = [Part(f"{at}.000", True, 9, one, {}, {}, {}, {}) for at, one in enumerate(seen)]
    return totals([parts_table(parts)])


def job() -> JobRun:
    """A job at work, as far as a plan asks for it: shards of 500 tokens of two bytes."""
    recipe: Any = SimpleNamespace(tokenize=TokenizeConfig(shard_megabytes=0.001))
    at_work = SimpleNamespace(recipe=recipe, folder="job", work_file=lambda name: f"work/{name}")
    return cast(JobRun, at_work)


def test_tokens_of_a_group_are_added_over_parts_and_nothing_else_is() -> None:
    assert list(group_tokens(counted(*SEEN)).items()) == [
        ("anneal-web-0", 10),
        ("main-web-0", 1_000),
    ]


def test_no_parts_have_no_groups() -> None:
    assert group_tokens(counted()) == {}


def test_token_files_are_units_in_the_order_of_their_parts(tmp_path: Path) -> None:
    sizes = {"two.000": 7, "one.000": 5}
    parts = [Part(name, True, 9, {}, {}, {"tokens": size}, {}, {}) for name, size in sizes.items()]
    units = token_units("job", done_of(str(tmp_path), sorted(parts, key=lambda part: part.name)))
    assert [(unit.paths, unit.bytes, unit.number) for unit in units] == [
        (("job/tokens/one.000.arrow",), 5, 0),
        (("job/tokens/two.000.arrow",), 7, 1),
    ]


def test_a_plan_names_files_groups_phases_and_counts_in_one_order() -> None:
    plan = shard_plan(job(), "dataset", group_tokens(counted(*SEEN)), {"groups": GROUPS}, CARD)
    assert plan.token_files == "work/token_files.npy"
    assert plan.groups == ("anneal-web-0", "main-web-0")
    assert plan.phases == ("anneal", "main")
    assert plan.counts == (1, 2)
    assert (plan.folder, plan.entries) == ("dataset", "work/entries")

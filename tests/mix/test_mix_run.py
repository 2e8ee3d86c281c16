"""The embedded sample as a mixture: shares over all phases, phases apart, one tokenizer for all."""

import json
from pathlib import Path
from typing import Any

import pytest
from support import dataset, job_folder

import gristmill
from pipeline.loader.dataset import Dataset
from pipeline.sample import write_sample
from pipeline.tokenize.encode import load_tokenizer
from pipeline.tokenize.token_files import read_token_file

pytestmark = pytest.mark.slow

BOOKS = "mix.weights.books=0.2"
MIN_LONG, SEQUENCE = 500, 16


def run(folder: Path, *overrides: str) -> Dataset:
    gristmill.run(folder / "recipe.toml", folder / "run", overrides=[BOOKS, *overrides], quiet=True)
    return gristmill.open_dataset(folder / "run")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, of pages enough that a model scores them and an annealing set is kept."""
    folder = tmp_path_factory.mktemp("mixture")
    write_sample(str(folder), 600, 80)
    return folder


@pytest.fixture
def weighed(folder: Path) -> Dataset:
    """The dataset of a run with weights; what is there is not made again."""
    return run(folder)


@pytest.fixture
def lengthened(folder: Path) -> Dataset:
    """The dataset of a run that keeps long documents for a phase of their own."""
    return run(folder, f"mix.long.min_tokens={MIN_LONG}")


def plan_json(found: Dataset) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(Path(found.folder, "plan.json").read_text())
    return value


def samples_by_domain(found: Dataset) -> dict[str, int]:
    """What loaders read of each domain in all phases."""
    plan, groups = found.plan(SEQUENCE), plan_json(found)["groups"]
    counts: dict[str, int] = {}
    for group, count in zip(plan.groups, plan.counts.tolist(), strict=True):
        domain = groups[group]["domain"]
        counts[domain] = counts.get(domain, 0) + count
    return counts


def slack(found: Dataset) -> int:
    """A sample for every group and phase, as samples are whole."""
    return sum(len(phase["weights"]) for phase in plan_json(found)["phases"])


def test_books_have_their_share_of_what_loaders_read_in_all_phases(weighed: Dataset) -> None:
    assert {phase["name"] for phase in plan_json(weighed)["phases"]} == {"main", "anneal"}
    counts = samples_by_domain(weighed)
    total = sum(counts.values())
    assert counts["books"] == pytest.approx(0.2 * total, abs=slack(weighed))


def test_other_domains_keep_their_natural_proportions(weighed: Dataset) -> None:
    counts, plan = samples_by_domain(weighed), plan_json(weighed)
    there = dict.fromkeys(counts, 0)
    for row in plan["groups"].values():
        there[row["domain"]] += row["tokens"]
    rest, whole = (sum(of.values()) - of["books"] for of in (counts, there))
    for name in {*counts} - {"books"}:
        assert counts[name] == pytest.approx(rest * there[name] / whole, abs=slack(weighed))


def shard_ids(found: Dataset) -> dict[str, set[str]]:
    """Documents by phase, from the shards."""
    ids: dict[str, set[str]] = {}
    for shard in found.manifest.shards:
        phase = shard.group.partition("-")[0]
        rows = read_token_file(str(Path(found.folder, shard.path))).column("doc_id").to_pylist()
        assert not ids.setdefault(phase, set()) & {bytes(row).hex() for row in rows}
        ids[phase] |= {bytes(row).hex() for row in rows}
    return ids


def mixture_ids(out: Path) -> dict[str, set[str]]:
    """Documents by phase, from the mixture."""
    rows = dataset(out, "mix", "mixture").to_pylist()
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["phase"], set()).add(row["id"])
    assert sum(map(len, found.values())) == len(rows)
    return found


def test_phases_hold_different_documents_and_shards_hold_those_of_the_mixture(
    folder: Path, lengthened: Dataset
) -> None:
    mixed = mixture_ids(folder / "run")
    assert set(mixed) == {"main", "long", "anneal"}
    assert len(set.union(*mixed.values())) == sum(map(len, mixed.values()))
    assert shard_ids(lengthened) == mixed


def test_documents_of_the_long_phase_are_long_by_the_tokenizer(lengthened: Dataset) -> None:
    sizes = [
        len(row)
        for shard in lengthened.manifest.shards
        if shard.group.startswith("long-")
        for row in read_token_file(str(Path(lengthened.folder, shard.path)))
        .column("tokens")
        .to_pylist()
    ]
    assert sizes
    # A document's own rate may be less than that of its domain.
    assert min(sizes) > 0.6 * MIN_LONG
    assert sum(sizes) / len(sizes) > MIN_LONG


def test_books_have_their_share_with_a_long_phase_too(lengthened: Dataset) -> None:
    counts = samples_by_domain(lengthened)
    total = sum(counts.values())
    assert counts["books"] == pytest.approx(0.2 * total, abs=slack(lengthened))


def test_the_tokenizer_lies_with_the_mixture_and_made_the_shards(
    folder: Path, weighed: Dataset
) -> None:
    (path,) = (job_folder(folder / "run", "mix") / "tokenizer").glob("*/tokenizer.json")
    assert path.read_bytes() == Path(weighed.folder, "tokenizer.json").read_bytes()
    digest = load_tokenizer(path.parent).card.digest
    assert (
        digest
        == json.loads(Path(weighed.folder, "manifest.json").read_text())["tokenizer"]["digest"]
    )


def test_a_given_tokenizer_counts_the_same_tokens_as_when_it_was_trained(
    folder: Path, weighed: Dataset
) -> None:
    (path,) = (job_folder(folder / "run", "mix") / "tokenizer").glob("*/tokenizer.json")
    again = run(folder, f'tokenize.tokenizer="{path.parent}"')
    assert plan_json(again) == plan_json(weighed)
    assert again.manifest.groups == weighed.manifest.groups


def test_the_plan_of_the_mixture_is_near_that_of_counted_tokens(
    folder: Path, weighed: Dataset
) -> None:
    counted = plan_json(weighed)
    (path,) = (job_folder(folder / "run", "mix") / "plan").glob("*.json")
    foretold = json.loads(path.read_text())
    assert (foretold["counted"], counted["counted"]) == (False, True)
    for name, row in counted["components"].items():
        assert foretold["components"][name]["seen"] == pytest.approx(row["seen"], rel=0.1)

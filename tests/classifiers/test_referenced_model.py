"""The referenced model on a synthetic crawl: what it learns, and when its gate stays closed."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from classifiers import examples
from classifiers.examples import Chosen, Example, ReferencedSettings, choose, closed_reason
from classifiers.fasttext_model import (
    CARD,
    MODEL,
    TEXT_FORM,
    FasttextModel,
    TrainSettings,
    read_card,
    train,
)
from classifiers.labels.fold_groups import FOLDS
from classifiers.metrics import auc
from classifiers.referenced import ReferencedModel, load_referenced, train_referenced
from classifiers.wikipedia.tiers import ReferencedUrls
from pipeline.document import digest, unit_hash
from pipeline.keys.key_hashes import key_hash
from pipeline.urls import url_key

SMALL = TrainSettings(buckets=5_000, epochs=15)
SETTINGS = ReferencedSettings(training=SMALL, null_runs=1)
SHARED = [f"common{i}" for i in range(300)]
SOURCED = [f"study{i}" for i in range(120)]
CHATTY = [f"offer{i}" for i in range(120)]


def crawl(sites: int = 300, pages: int = 4) -> tuple[list[Example], ReferencedUrls]:
    """Pages of `sites` sites; every third site is referenced and writes a little differently.

    All share a vocabulary, every site has words of its own, which tempt a model to learn sites.
    """
    rng = np.random.Generator(np.random.PCG64(11))
    examples, cited = [], []
    for number in range(sites):
        site, sourced = f"site{number}.org", number % 3 == 0
        own = [f"own{number}x{i}" for i in range(10)]
        pools = np.array([SHARED, own * 30, ((SOURCED if sourced else CHATTY) * 3)[:300]])
        for page in range(pages + number % 30):
            url = f"https://www.{site}/page/{page}"
            length = int(rng.integers(50, 200))
            kinds = rng.choice(3, length, p=[0.86, 0.09, 0.05])
            words = pools[kinds, rng.integers(0, 300, length)].tolist()
            examples.append(Example(digest(url), url, site, " ".join(words)))
            if sourced:
                cited.append(key_hash(url_key(url)))
    none = np.zeros(0, dtype=np.uint64)
    return examples, ReferencedUrls(np.unique(np.array(cited, dtype=np.uint64)), none, none)


def taught(examples: list[Example], urls: ReferencedUrls) -> list[Chosen]:
    """The examples that teach."""
    return choose(examples, urls, 1729, SETTINGS)


@pytest.fixture(scope="module")
def sample() -> tuple[list[Example], ReferencedUrls]:
    return crawl()


@pytest.fixture(scope="module")
def folder(
    sample: tuple[list[Example], ReferencedUrls], tmp_path_factory: pytest.TempPathFactory
) -> str:
    target = str(tmp_path_factory.mktemp("referenced"))
    train_referenced(*sample, target, 1729, SETTINGS)
    return target


def test_chosen_sites_are_in_one_fold_and_capped(
    sample: tuple[list[Example], ReferencedUrls],
) -> None:
    chosen = taught(*sample)
    folds: dict[str, set[int]] = {}
    for row in chosen:
        folds.setdefault(row.example.site, set()).add(row.fold)
    assert {len(found) for found in folds.values()} == {1}
    counts = np.unique([row.example.site for row in chosen], return_counts=True)[1]
    assert counts.max() <= SETTINGS.per_site


def test_chosen_classes_are_equal_and_length_does_not_tell_them_apart(
    sample: tuple[list[Example], ReferencedUrls],
) -> None:
    longer = [
        Example(e.id, e.url, e.site, e.text * (3 if int(e.site[4:-4]) % 3 == 0 else 1))
        for e in sample[0]
    ]
    chosen = taught(longer, sample[1])
    positive = np.array([row.positive for row in chosen])
    lengths = np.array([len(row.example.text) for row in chosen], dtype=np.float64)
    assert positive.mean() == 0.5
    assert 0.4 < auc(lengths, positive) < 0.6


def test_chosen_negatives_are_neither_linked_nor_of_cited_hosts(
    sample: tuple[list[Example], ReferencedUrls],
) -> None:
    examples, urls = sample
    keys = [key_hash(url_key(e.url)) for e in examples if e.site == "site1.org"]
    linked = np.unique(np.array(keys, dtype=np.uint64))
    hosts = np.array([key_hash("site2.org")], dtype=np.uint64)
    known = ReferencedUrls(urls.cited, linked, hosts)
    before, after = (
        {row.example.site for row in choose(examples, each, 1729, SETTINGS)}
        for each in (urls, known)
    )
    assert before - after == {"site1.org", "site2.org"}


def test_model_tells_unseen_sites_apart_and_the_card_says_how_well(folder: str) -> None:
    card = read_card(folder)
    assert card["closed"] == ""
    assert card["metrics"]["auc_unseen_sites"] >= 0.9
    assert 0.4 < card["metrics"]["auc_of_length"] < 0.6
    assert card["metrics"]["precision_at_keep"] >= 0.8


def test_model_of_random_labels_by_site_learns_nothing_of_unseen_sites(folder: str) -> None:
    assert abs(read_card(folder)["metrics"]["auc_random_labels"] - 0.5) < 0.15


def test_model_scores_lie_between_0_and_1_and_follow_the_style(folder: str) -> None:
    model = load_referenced(folder)
    assert model is not None
    scores = model.score([" ".join(SOURCED), " ".join(CHATTY), ""])
    assert scores[0] > 0.8 > 0.2 > scores[1]
    assert scores[2] == 0


def test_training_twice_in_any_order_gives_the_same_folder(
    sample: tuple[list[Example], ReferencedUrls], folder: str, tmp_path: Path
) -> None:
    train_referenced(reversed(sample[0]), sample[1], str(tmp_path), 1729, SETTINGS)
    for name in ("card.json", "model.bin", "seen.npy"):
        assert (tmp_path / name).read_bytes() == Path(folder, name).read_bytes()


def test_too_few_positives_close_the_gate_with_a_reason(tmp_path: Path) -> None:
    card = train_referenced(*crawl(sites=24, pages=9), str(tmp_path), 1729, SETTINGS)
    assert "on 8 sites can be used, a model needs 50 on 10" in card["closed"]
    assert load_referenced(str(tmp_path)) is None


def test_every_page_is_scored_by_a_model_that_has_not_seen_its_site(
    sample: tuple[list[Example], ReferencedUrls], folder: str
) -> None:
    chosen = taught(*sample)
    model = ReferencedModel(folder)
    assert {row.fold for row in chosen} == set(range(FOLDS))
    unseen = model.seen.scores([row.example.id for row in chosen])
    assert not np.isnan(unseen).any()
    own = model.score([row.example.text for row in chosen])
    positive = np.array([row.positive for row in chosen])
    assert auc(unseen, positive) < auc(own, positive)
    assert np.isnan(model.seen.scores([digest("another page")])).all()


def test_languages_and_formats_do_not_tell_the_classes_apart(
    sample: tuple[list[Example], ReferencedUrls],
) -> None:
    examples = [
        replace(one, language=["en", "de"][at % 2], format=["article", ""][at % 3 == 0])
        for at, one in enumerate(sample[0])
    ]
    chosen = taught(examples, sample[1])
    kinds = Counter((row.example.language, row.example.format, row.positive) for row in chosen)
    assert len(kinds) == 8
    assert all(kinds[kind] == kinds[*kind[:2], not kind[2]] for kind in kinds)


def test_near_duplicates_on_other_sites_are_in_one_fold(
    sample: tuple[list[Example], ReferencedUrls],
) -> None:
    first = sample[0][0]
    text = first.text + " and more"
    twin = Example(digest("twin"), "https://elsewhere.org/", "elsewhere.org", text)
    chosen = choose([*sample[0], twin], sample[1], 1729, SETTINGS)
    folds = {row.fold for row in chosen if row.example.site in (first.site, "elsewhere.org")}
    assert len(folds) == 1


def test_the_prior_of_the_corpus_is_told_and_counted_with(
    sample: tuple[list[Example], ReferencedUrls], tmp_path: Path
) -> None:
    settings = replace(SETTINGS, null_runs=0)
    card = train_referenced(*sample, str(tmp_path), 1729, settings, prior=0.01)
    assert card["prior"] == {"corpus": 0.01, "sample": 0.5}
    found = card["metrics"]
    assert found["precision_at_keep_in_corpus"] < found["precision_at_keep"] / 4


def test_what_the_surface_tells_is_warned_of(
    sample: tuple[list[Example], ReferencedUrls], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def split(one: Example) -> Example:
        is_cited = int(one.site[4:-4]) % 3 == 0
        return replace(one, text=one.text.replace(" ", "\n", 40 if is_cited else 1))

    monkeypatch.setattr(examples, "propensity", lambda found, positive: np.zeros(len(found)))
    settings = replace(SETTINGS, null_runs=0)
    card = train_referenced(map(split, sample[0]), sample[1], str(tmp_path), 1729, settings)
    assert [one for one in card["warnings"] if one.startswith("new lines alone tells")]
    assert not [one for one in card["warnings"] if one.startswith("length")]


def test_a_surface_that_tells_all_leaves_nothing_to_learn(
    sample: tuple[list[Example], ReferencedUrls],
) -> None:
    longer = [
        replace(one, text=one.text * (9 if int(one.site[4:-4]) % 3 == 0 else 1))
        for one in sample[0]
    ]
    assert len(taught(longer, sample[1])) < len(taught(*sample)) / 10


def test_weak_model_closes_the_gate_with_a_reason(
    sample: tuple[list[Example], ReferencedUrls], tmp_path: Path
) -> None:
    settings = ReferencedSettings(training=SMALL, null_runs=0, min_auc=1.01)
    card = train_referenced(*sample, str(tmp_path), 1729, settings)
    assert "on unseen sites is below 1.01" in card["closed"]
    assert load_referenced(str(tmp_path)) is None


def test_no_examples_close_the_gate(tmp_path: Path) -> None:
    none = np.zeros(0, dtype=np.uint64)
    card = train_referenced([], ReferencedUrls(none, none, none), str(tmp_path), 1729)
    assert card["closed"].startswith("0 referenced pages on 0 sites")
    assert closed_reason([], SETTINGS) == card["closed"]


@pytest.mark.slow
def test_random_labels_leak_by_rows_and_not_by_sites(tmp_path: Path) -> None:
    """A split by rows makes a model of nothing look perfect; the split by sites does not."""
    examples, urls = crawl(sites=200, pages=20)
    settings = ReferencedSettings(training=SMALL, null_runs=5)
    card = train_referenced(examples, urls, str(tmp_path / "sites"), 1729, settings)
    assert abs(card["metrics"]["auc_random_labels"] - 0.5) < 0.1
    labels = np.array([unit_hash(1, example.site) < 0.5 for example in examples])
    test = np.array([unit_hash(1, "row", example.id) < 0.2 for example in examples])
    pairs = [
        ("yes" if label else "no", example.text)
        for example, label, held_out in zip(examples, labels, test, strict=True)
        if not held_out
    ]
    folder = tmp_path / "rows"
    of_file = train(pairs, str(folder / MODEL), SMALL)
    card = {"hash": of_file, "text_form": TEXT_FORM, "positive": "yes"}
    (folder / CARD).write_text(json.dumps(card))
    scores = FasttextModel(str(folder)).score([example.text for example in examples])
    assert auc(scores[test], labels[test]) > 0.9

"""Models of label files: what teaches them, what they are measured by, what is kept."""

import gzip
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from classifiers.fasttext_model import TrainSettings, read_card
from classifiers.labels.fold_groups import FOLDS, check_apart, folds, groups
from classifiers.labels.label_file import Fields, Labelled, read_labels, read_texts
from classifiers.labels.linear_model import LinearSetting, features
from classifiers.labels.model_kinds import Grid
from classifiers.labels.text_model import TextModel
from classifiers.labels.training import train_labels
from pipeline.document import unit_hash
from pipeline.errors import CheckError, UsageError

SMALL = Grid(
    linear=(LinearSetting(),), fasttext=(TrainSettings(word_ngrams=1, min_count=1),), updates=4_000
)
TOPICS = {
    "tea": "kettle leaf brew cup steam pot green black sugar milk",
    "trains": "rail track signal station engine wagon whistle guard platform ticket",
    "moths": "wing lamp night larva silk cocoon antenna dust moth flutter",
}


def made(labels: list[str], each: int = 60, sites: int = 12) -> list[Labelled]:
    """Texts of labels, each with words of its own among common ones of others' topics, on sites of
    all labels.
    """
    rng = np.random.Generator(np.random.PCG64(3))
    common = [f"word{at}" for at in range(200)]
    rows = []
    for label in sorted(labels):
        own = TOPICS[label].split()
        for at in range(each):
            words = [*rng.choice(common, 30).tolist(), *rng.choice(own, 4).tolist()]
            rng.shuffle(words)
            rows.append(Labelled(" ".join(words), label, f"site{at % sites}.org"))
    return rows


@pytest.fixture(scope="module", params=["tea moths", "tea trains moths"])
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = str(tmp_path_factory.mktemp("labels"))
    train_labels(made(request.param.split()), folder, 7, grid=SMALL)
    return folder


def test_a_model_tells_labels_of_unseen_sites_and_beats_the_baselines(trained: str) -> None:
    card = read_card(trained)
    best = card["metrics"][card["family"]]
    assert best["accuracy"] > 0.9
    assert best["accuracy"] > card["baselines"]["majority"]["accuracy"] + 0.3
    assert "accuracy/macro-F1 on unseen sites: linear " in card["about"]


def test_a_loaded_model_answers_with_labels_and_chances(trained: str) -> None:
    model = TextModel(trained)
    texts = [TOPICS[label] for label in model.labels]
    labels, chances = model.best([*texts, "   "])
    assert labels == [*model.labels, ""]
    assert (chances[:-1] > 0.5).all()
    assert chances[-1] == 0


def test_training_twice_in_any_order_gives_the_same_files(trained: str, tmp_path: Path) -> None:
    rows = made(read_card(trained)["labels"])
    train_labels(rows[::-1], str(tmp_path), 7, grid=SMALL)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == Path(trained, path.name).read_bytes()


@pytest.mark.parametrize("kind", ["linear", "fasttext"])
def test_two_labels_have_a_score_that_is_calibrated(kind: str, tmp_path: Path) -> None:
    grid = replace(SMALL, linear=()) if kind == "fasttext" else replace(SMALL, fasttext=())
    rows = [row._replace(label=str(row.label == "tea")) for row in made(["tea", "moths"])]
    card = train_labels(rows, str(tmp_path), 7, grid=grid)
    assert card["family"] == kind
    assert card["positive"] == "True"
    assert card["metrics"][kind]["auc"] > 0.95
    assert card["metrics"][kind]["calibration_error"] < 0.1
    scores = TextModel(str(tmp_path)).score([TOPICS["tea"], TOPICS["moths"], ""])
    assert scores[0] > 0.8 > 0.2 > scores[1]
    assert scores[2] == 0


def test_random_labels_say_that_nothing_is_beaten(tmp_path: Path) -> None:
    rows = [
        row._replace(label=["a", "b"][unit_hash(1, row.text) < 0.3], site="")
        for row in made(["tea"], 200)
    ]
    card = train_labels(rows, str(tmp_path), 7, grid=SMALL)
    assert card["about"].startswith("NO MODEL BEATS MAJORITY AND NEAREST CENTROID")


def test_a_model_of_many_labels_has_no_score(trained: str) -> None:
    model = TextModel(trained)
    if len(model.labels) > 2:
        with pytest.raises(UsageError, match="a score is of two labels"):
            model.score(["a"])


def test_a_changed_model_is_refused(trained: str, tmp_path: Path) -> None:
    for path in Path(trained).iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    file = next(path for path in tmp_path.iterdir() if path.name.startswith("model"))
    file.write_bytes(file.read_bytes() + b"x")
    with pytest.raises(UsageError, match="is not the file its card describes"):
        TextModel(str(tmp_path))


def test_sites_and_near_duplicates_stand_in_one_fold() -> None:
    rows = made(["tea", "moths"])
    twin = rows[0]._replace(site="elsewhere.org", text=rows[0].text + " end")
    rows = [*rows, twin]
    fold = folds(rows, 1)
    by_site: dict[str, set[int]] = {}
    for row, number in zip(rows, fold, strict=True):
        by_site.setdefault(row.site, set()).add(int(number))
    assert {len(found) for found in by_site.values()} == {1}
    assert fold[0] == fold[-1]
    assert set(fold) == set(range(FOLDS))
    assert max(Counter(fold.tolist()).values()) < 2 * len(rows) / FOLDS


def test_short_texts_are_alike_where_they_are_the_same() -> None:
    rows = [Labelled(text, "a") for text in ("So good", "so  GOOD", "so bad")]
    assert groups(rows).tolist() == [0, 0, 2]


def test_a_split_site_is_told() -> None:
    with pytest.raises(CheckError, match=r"a\.org stands on two sides"):
        check_apart([Labelled("x", "a", "a.org"), Labelled("y", "a", "a.org")], [0, 1])


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([Labelled(f"{at}", "a") for at in range(30)], "the same label"),
        ([Labelled(f"{at}", "ab"[at == 0]) for at in range(30)], "'b' has 1 texts"),
        ([Labelled(f"{at}", "ab"[at % 2], "one.org") for at in range(40)], "too few sites"),
        (
            [Labelled(f"{at}", "ab"[at < 20], f"s{at < 20}.org") for at in range(40)],
            "too few sites",
        ),
    ],
)
def test_labels_that_teach_nothing_are_refused(
    rows: list[Labelled], message: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=message):
        train_labels(rows, str(tmp_path), 1, grid=SMALL)


def test_labels_are_read_packed_or_not_with_their_sites(tmp_path: Path) -> None:
    rows = [{"body": "a", "is": 1, "url": "https://www.a.co.uk/x"}, {"body": "b", "is": "no"}]
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    for name, content in (("l.jsonl", data), ("l.jsonl.gz", gzip.compress(data))):
        (tmp_path / name).write_bytes(content)
        found = read_labels(str(tmp_path / name), Fields("body", "is"))
        assert found == [Labelled("a", "1", "a.co.uk"), Labelled("b", "no")]
    assert read_texts(str(tmp_path / "l.jsonl"), "body") == ["a", "b"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "is no JSON"),
        ("[]", "is no object"),
        ('{"text": 3, "label": "a"}', "no text in 'text'"),
        ('{"text": "a"}', "no label in 'label'"),
        ("", "holds no labels"),
    ],
)
def test_files_that_are_no_labels_are_refused(line: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "l.jsonl").write_text(line)
    with pytest.raises(UsageError, match=message):
        read_labels(str(tmp_path / "l.jsonl"))


def test_features_are_words_with_their_counts() -> None:
    places, values = features("tea tea moth", 1 << 18)
    assert len(places) == 2
    assert sorted(values.tolist()) == pytest.approx([1.0, 1 + np.log(2)])
    assert (np.diff(places) > 0).all()
    assert len(features(" \n", 1 << 18)[0]) == 0

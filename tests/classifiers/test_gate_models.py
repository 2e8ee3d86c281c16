"""Several models asked together, and what a gate keeps of each kind of page."""

from pathlib import Path

import numpy as np
import pytest

from classifiers.fasttext_model import CARD, TrainSettings
from classifiers.gate_models import GateModels, load_model
from classifiers.labels.label_file import Labelled
from classifiers.labels.linear_model import LinearSetting
from classifiers.labels.model_kinds import Grid
from classifiers.labels.training import train_labels
from classifiers.seen_pages import read_seen, write_seen
from pipeline import files
from pipeline.document import digest
from pipeline.errors import UsageError
from pipeline.mix.keep_rates import alarms, keep_rates, length_kind

GRID = Grid(
    linear=(LinearSetting(),), fasttext=(TrainSettings(word_ngrams=1, min_count=1),), updates=3_000
)
GOOD, BAD = "study source archive survey", "offer bargain deal coupon"


def model(folder: Path, good: str, bad: str) -> str:
    rng = np.random.Generator(np.random.PCG64(5))
    rows = []
    for at in range(120):
        words = [f"w{one}" for one in rng.integers(0, 80, 20)]
        own = rng.choice((good if at % 2 else bad).split(), 3).tolist()
        rows.append(Labelled(" ".join([*words, *own]), ["no", "yes"][at % 2], f"s{at % 20}.org"))
    train_labels(rows, str(folder), 1, grid=GRID)
    return str(folder)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    root = tmp_path_factory.mktemp("gate")
    return model(root / "one", GOOD, BAD), model(root / "other", "verse rhyme ode", BAD)


def test_models_are_combined_by_mean_and_by_rank(folders: tuple[str, str]) -> None:
    texts = [f"{GOOD} verse rhyme", GOOD, BAD]
    ids = [digest(text) for text in texts]
    for how in ("mean", "rank"):
        scores, seen = GateModels(folders, how).gate(ids, texts)
        assert scores[0] > scores[1] > scores[2]
        assert (scores >= 0).all()
        assert (scores <= 1).all()
        assert not seen.any()
    alone = [load_model(folder).score(texts) for folder in folders]
    assert GateModels(folders, "mean").gate(ids, texts)[0] == pytest.approx(sum(alone) / 2)


def test_a_model_without_a_score_is_refused(tmp_path: Path) -> None:
    files.write_json(str(tmp_path / CARD), {"kind": "personal-data"})
    with pytest.raises(UsageError, match="no model with a score"):
        load_model(str(tmp_path))
    files.write_json(str(tmp_path / CARD), {"kind": "referenced", "closed": "too few pages"})
    with pytest.raises(UsageError, match="is closed: too few pages"):
        load_model(str(tmp_path))


def test_pages_that_taught_are_known_with_the_scores_of_others(tmp_path: Path) -> None:
    ids = [digest(str(at)) for at in range(5)]
    write_seen(str(tmp_path), ids[:3], np.array([0.1, 0.2, 0.3]))
    card = {"seen": files.checksum(str(tmp_path / "seen.npy"))}
    found = read_seen(str(tmp_path), card).scores(ids)
    assert found[:3].tolist() == [0.1, 0.2, 0.3]
    assert np.isnan(found[3:]).all()
    assert np.isnan(read_seen(str(tmp_path), {}).scores(ids)).all()
    with pytest.raises(UsageError, match="is not the file its card describes"):
        read_seen(str(tmp_path), {"seen": "other"})


def test_kinds_that_hardly_pass_are_told() -> None:
    rows = [({"language": "en"}, 1_000, 0.5)] * 90 + [({"language": "de"}, 1_000, 0.05)] * 10
    rates = keep_rates(rows)
    assert rates["language"]["en"].rate == 0.5
    assert alarms(rates) == ["of language 'de' 0.050 of the characters pass, of all 0.455"]
    assert alarms(keep_rates([*rows[:90], ({"language": "xx"}, 100, 0.0)])) == []


@pytest.mark.parametrize(("size", "kind"), [(999, "short"), (1_000, "middle"), (5_000, "long")])
def test_lengths_are_of_three_kinds(size: int, kind: str) -> None:
    assert length_kind(size) == kind


def test_alarms_name_the_largest_kinds_and_count_the_others() -> None:
    rows = [({"site": f"{at}.org"}, 100 + at, float(at == 30)) for at in range(31)]
    told = alarms(keep_rates(rows))
    assert len(told) == 6
    assert told[0] == "of site '29.org' 0.000 of the characters pass, of all 0.036"
    assert told[-1] == "of site 25 more hardly pass"

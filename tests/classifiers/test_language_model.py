"""Identifiers of languages: CLD2, or a fastText model whose labels are codes."""

from pathlib import Path

import pytest

from classifiers.fasttext_model import TrainSettings, train
from classifiers.language_model import load_identifier, told_apart
from pipeline.errors import UsageError
from pipeline.language.detection import CLD2, UNKNOWN, detect_language
from pipeline.recipe import ScreenConfig

WORDS = {
    "eng_Latn": "the mill stood by the river and nobody asked",
    "deu_Latn": "die Mühle stand am Fluss und niemand fragte",
    "nob_Latn": "møllen sto ved elven og ingen spurte",
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = str(tmp_path_factory.mktemp("model") / "lid.bin")
    examples = [(label, f"{text} {at % 5}") for at in range(40) for label, text in WORDS.items()]
    train(examples, path, TrainSettings(buckets=1_000, min_count=1))
    return path


def test_labels_are_answered_as_codes(model: str) -> None:
    identifier = load_identifier(model)
    assert identifier.codes == {"en", "de", "no"}
    found = detect_language("Die Mühle stand am Fluss, und niemand fragte.", identifier)
    assert found.code == "de"
    assert 0.5 < found.score <= 1


def test_text_without_letters_is_unknown(model: str) -> None:
    assert detect_language("1234 5678", load_identifier(model)) == UNKNOWN


def test_a_language_that_the_model_does_not_tell_is_refused(model: str) -> None:
    assert told_apart(ScreenConfig(identifier=model, languages=("nb", "English"))).codes
    with pytest.raises(UsageError, match="'fr' is no language that can be told"):
        told_apart(ScreenConfig(identifier=model, languages=("fr",)))


def test_the_builtin_identifier_is_cld2() -> None:
    assert told_apart(ScreenConfig()) is CLD2


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "no.bin").write_bytes(b"no model")
    with pytest.raises(UsageError, match="is no fastText model"):
        load_identifier(str(tmp_path / "no.bin"))
    with pytest.raises(UsageError, match="is not there"):
        load_identifier(str(tmp_path / "gone.bin"))


def test_a_model_of_other_labels_is_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "other.bin")
    examples = [(label, "plum pear apple") for _ in range(9) for label in ("good", "bad")]
    train(examples, path, TrainSettings(buckets=1_000, min_count=1))
    with pytest.raises(UsageError, match="tells no languages apart"):
        load_identifier(path)

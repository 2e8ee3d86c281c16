"""What is found in texts that were written to mislead: every value, whole, and nothing else."""

import re
from pathlib import Path

import pytest

from classifiers import PERSONAL_DATA
from classifiers.fasttext_model import FasttextModel
from pipeline.screen.personal_data import personal_data

LINES = Path(__file__).with_name("adversarial.txt").read_text("utf-8").splitlines()
CASES = [line for line in LINES if line and not line.startswith(("# ", "## "))]
MARK = re.compile("⟦(\\w+)\\|(.*?)⟧", re.DOTALL)


@pytest.fixture(scope="module")
def model() -> FasttextModel:
    return FasttextModel(str(PERSONAL_DATA))


def test_there_are_many() -> None:
    assert len(CASES) >= 600
    assert sum("⟦" not in case for case in CASES) > 400


@pytest.mark.parametrize("case", CASES)
def test_what_is_found(case: str, model: FasttextModel) -> None:
    case = case.replace("\\n", "\n").replace("∅", "")
    text = MARK.sub(lambda mark: mark[2], case)
    found = [(one.kind, text[one.start : one.end]) for one in personal_data(text, model.score)]
    assert found == MARK.findall(case)

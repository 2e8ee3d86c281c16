import json
from pathlib import Path

import pytest

from pipeline.commands.show.show_curve import show_curve
from pipeline.errors import UsageError


@pytest.fixture
def recipe(tmp_path: Path) -> str:
    path = tmp_path / "recipe.toml"
    path.write_text('[[sources]]\nname = "crawl"\npaths = ["*.warc.gz"]\n')
    return str(path)


def test_curve_prints_theory_beside_the_measured(
    recipe: str, capsys: pytest.CaptureFixture[str]
) -> None:
    show_curve(recipe, (), pairs=20, as_json=False)
    shown = capsys.readouterr().err
    assert "14 bands of 8 rows" in shown
    assert "92." in shown  # 1 - (1 - 0.8^8)^14


def test_curve_as_json_goes_to_stdout(recipe: str, capsys: pytest.CaptureFixture[str]) -> None:
    show_curve(recipe, (), pairs=5, as_json=True)
    points = json.loads(capsys.readouterr().out)
    assert [round(point["jaccard"], 2) for point in points][::5] == [0.5, 0.75, 1.0]
    assert points[-1]["removed"] == 1.0


def test_curve_without_minhash_is_refused(recipe: str) -> None:
    with pytest.raises(UsageError, match="no pair is caught"):
        show_curve(recipe, ("dedup.minhash=false",), pairs=5, as_json=False)

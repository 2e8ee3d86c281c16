"""The classify job over a few texts, in this process."""

import json
from pathlib import Path

import pytest
from support import dataset

from pipeline.classify.transform import Tagger
from pipeline.commands.run_recipe import run_recipe
from pipeline.document import Unit
from pipeline.frame.run import Settings

QUIETLY = Settings(until="classify", quiet=True, durable=False)
TEXTS = {
    "https://cook.org/recipes/rice": "Simmer the onions and add butter, salt and rice to the pan.",
    "https://court.org/appeal": "The jury and the judge heard the defendant's appeal at court.",
    "https://forum.mill.org/topic/3": "Posted by anna. 3 replies. Last edited by ben.",
    "https://mill.org/": "It was a quiet day at the mill, and nobody came to see it.",
}


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    lines = [json.dumps({"url": url, "text": text}) for url, text in TEXTS.items()]
    (tmp_path / "texts.jsonl").write_text("\n".join(lines))
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(
        'quality = { rules = [] }\n[[sources]]\nname = "s"\nformat = "jsonl"\n'
        'paths = ["*.jsonl"]\nlanguage = "en"\n'
    )
    return recipe


def tags(out: Path) -> set[tuple[str, str]]:
    rows = dataset(out, "classify", "scores").to_pylist()
    return {(row["domain"], row["topic"]) for row in rows}


def test_documents_are_tagged_by_the_notes_that_taught(
    recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    needs_texts = Tagger.needs_texts

    def spied(self: Tagger, unit: Unit) -> bool:
        asked.append(needs_texts(self, unit))
        return asked[-1]

    monkeypatch.setattr(Tagger, "needs_texts", spied)
    run_recipe(str(recipe), str(tmp_path / "run"), (), QUIETLY)
    assert asked
    assert not any(asked)
    assert tags(tmp_path / "run") == {
        ("reference", "Food & Dining"),
        ("other", "Crime & Law"),
        ("forum", ""),
        ("other", ""),
    }


def test_without_domains_nothing_is_tagged(recipe: Path, tmp_path: Path) -> None:
    run_recipe(str(recipe), str(tmp_path / "run"), ("classify.domains=false",), QUIETLY)
    assert tags(tmp_path / "run") == {("other", "")}

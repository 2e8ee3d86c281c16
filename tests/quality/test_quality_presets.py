"""Presets name every published limit of their families."""

import tomllib
from pathlib import Path

import pytest

import pipeline
from pipeline.quality.families import FAMILIES
from pipeline.quality.structure_limits import STRUCTURE_LIMITS
from pipeline.recipe import QualityConfig

PRESETS = sorted((Path(pipeline.__file__).parent / "presets").glob("*.toml"))


def test_presets_are_those_of_five_papers() -> None:
    assert [path.stem for path in PRESETS] == ["c4", "dclm", "fineweb", "gopher", "refinedweb"]


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_preset_states_every_limit_of_its_families_as_published(path: Path) -> None:
    section = QualityConfig.model_validate(tomllib.loads(path.read_text("utf-8"))["quality"])
    rules = [rule for name in section.rules if name != "outliers" for rule in FAMILIES[name]]
    published = {rule.limit: rule.default for rule in rules if rule.limit != "min_sentences"}
    replaced = STRUCTURE_LIMITS if section.reading == "structure" else {}
    assert published.keys() - replaced.keys()
    assert section.limits == {name: published[name] for name in published if name not in replaced}


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_preset_names_a_source_in_every_block_of_limits(path: Path) -> None:
    _, _, limits = path.read_text("utf-8").partition("[quality.limits]\n")
    for block in limits.partition("\n[")[0].split("\n\n"):
        assert "#" in block.splitlines()[0]

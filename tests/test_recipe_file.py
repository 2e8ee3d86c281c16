"""The recipe file: presets below, overrides above, one sentence for everything wrong."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import UsageError
from pipeline.recipe import Recipe, Source
from pipeline.recipe_file import check_recipe, load_recipe
from pipeline.recipe_types import PathMark, Section

SOURCES = '[[sources]]\nname = "crawl"\npaths = ["one.warc"]\n'
SOURCE = {"name": "crawl", "paths": ["one.warc"]}
RELATIVE = "folder/file"
REQUIRED: dict[type[Section], dict[str, Any]] = {  # said without a path
    Source: {"name": "crawl"},
    Recipe: {"sources": [{"name": "crawl", "crawl": "CC-MAIN-2026-30"}]},
}
BESIDE = {"cited": {"crawl": "CC-MAIN-2026-30", "format": "index"}}  # keys that ask for others
PLAIN = {  # strings that are no paths
    "mix.annealing.domains",
    "mix.benchmarks.answer",
    "mix.benchmarks.passage",
    "mix.benchmarks.question",
    "mix.weights",  # names of domains
    "quality.limits",  # names of limits
    "screen.language_thresholds",  # codes of languages
    "screen.languages",
    "sources.base",
    "sources.crawl",
    "sources.domain",
    "sources.fields",
    "sources.files",
    "sources.language",
    "sources.licence",
    "sources.name",
    "sources.sites",
}


def load(folder: Path, text: str, *overrides: str) -> Recipe:
    path = folder / "recipe.toml"
    path.write_text(text, "utf-8")
    return load_recipe(str(path), overrides)


def strings(kind: Any, key: str = "", is_path: bool = False) -> Iterator[tuple[str, bool, Any]]:
    """Of each string that `kind` may hold: its key, whether it is a path, a value that says it."""
    if isinstance(kind, type) and issubclass(kind, Section):
        for name, field in kind.model_fields.items():
            below = f"{key}.{name}" if key else name
            for found, marked, value in strings(field.rebuild_annotation(), below):
                needed = {**REQUIRED.get(kind, {}), **BESIDE.get(name, {})}
                yield found, marked, {**needed, name: value}
    elif kind is str:
        yield key, is_path, RELATIVE
    else:
        inners = get_args(kind)
        is_path = is_path or any(isinstance(inner, PathMark) for inner in inners)
        for inner in inners:
            for found, marked, value in strings(inner, key, is_path):
                yield found, marked, [value] if get_origin(kind) is tuple else value


STRINGS = list(strings(Recipe))
PATHS = [pytest.param(value, id=key) for key, is_path, value in STRINGS if is_path]


def toml(raw: dict[str, Any]) -> str:
    """`raw` as TOML, whose inline values are JSON's but for the sign between key and value."""
    return "".join(f"{k} = {json.dumps(v, separators=(', ', ' = '))}\n" for k, v in raw.items())


def complaint(folder: Path, text: str, *overrides: str) -> str:
    with pytest.raises(UsageError) as told:
        load(folder, text, *overrides)
    return str(told.value).removeprefix(f"{folder}/recipe.toml: ")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[screen]\nlanguagez = []", "unknown key 'screen.languagez'; did you mean 'languages'?"),
        ("[quallity]", "unknown key 'quallity'; did you mean 'quality'?"),
        ("Seed = 1", "unknown key 'Seed'; did you mean 'seed'?"),
        (
            "[dedup.minhash]\nbandz = 2",
            "unknown key 'dedup.minhash.bandz'; did you mean 'bands'?",
        ),
        (
            "[dedup.minhash]\nzzzzzz = 2",
            "unknown key 'dedup.minhash.zzzzzz'; known keys here: bands, rows, threshold",
        ),
        ("[screen]\nLanguages = []", "unknown key 'screen.Languages'; did you mean 'languages'?"),
        (
            "[mix.annealing]\nshar = 0.1",
            "unknown key 'mix.annealing.shar'; did you mean 'share'?",
        ),
    ],
)
def test_unknown_key_names_the_nearest(tmp_path: Path, text: str, sentence: str) -> None:
    assert complaint(tmp_path, f"{text}\n{SOURCES}") == sentence


def test_unknown_key_of_a_source_names_the_nearest(tmp_path: Path) -> None:
    told = complaint(tmp_path, SOURCES + 'licens = "CC0"\n')
    assert told == "unknown key 'sources.0.licens'; did you mean 'licence'?"


def test_empty_key_is_an_unknown_key(tmp_path: Path) -> None:
    assert complaint(tmp_path, f'"" = 1\n{SOURCES}').startswith("unknown key ''; known keys here:")


@given(st.text(min_size=1, max_size=12).filter(lambda key: key not in Recipe.model_fields))
def test_any_unknown_key_is_told_in_one_line(key: str) -> None:
    with pytest.raises(UsageError) as told:
        check_recipe({"sources": [SOURCE], key: 1}, "recipe.toml")
    assert str(told.value).startswith("recipe.toml: unknown key ")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ('[extract]\nprefilter = "yes"\n', "'extract.prefilter'", "'yes'"),
        ("[screen]\nlanguage_threshold = 7.0\n", "'screen.language_threshold'", "7.0"),
        ('[screen]\nrights = "maybe"\n', "'screen.rights'", "'maybe'"),
        ("[dedup]\nminhash = 3\n", "'dedup.minhash'", "3"),
        ('preset = "best"\n', "'preset'", "'best'"),
    ],
)
def test_wrong_value_is_named_with_its_key(tmp_path: Path, text: str, key: str, value: str) -> None:
    told = complaint(tmp_path, text + SOURCES)
    assert told.startswith(f"{key} is wrong (got {value}): ")


@pytest.mark.parametrize(
    ("weights", "told"),
    [
        ("books = -1.0", "the weight of books is -1.0; give a share from 0 to 1"),
        ("books = nan", "input should be a finite number"),
        ("books = inf", "input should be a finite number"),
        (
            'books = 3\n"a b" = 1',
            "the weights are shares of the tokens and sum to 4; write weights = { books = 0.75, "
            '"a b" = 0.25 }, or less, so that other domains have the rest',
        ),
    ],
)
def test_weights_that_are_no_shares_are_refused(tmp_path: Path, weights: str, told: str) -> None:
    found = complaint(tmp_path, f"{SOURCES}[mix.weights]\n{weights}\n")
    assert found.startswith("'mix.weights")
    assert found.endswith(told)


def test_one_value_in_place_of_a_list_is_told_how_to_write_it(tmp_path: Path) -> None:
    told = complaint(tmp_path, '[classify.harm]\nwords = "words.txt"\n' + SOURCES)
    sentence = "'classify.harm.words' is wrong (got 'words.txt'): write a list, [\"words.txt\"]"
    assert told == sentence


def test_missing_sources_are_named(tmp_path: Path) -> None:
    assert complaint(tmp_path, "seed = 1\n") == "'sources' is missing; add it to the recipe"


def test_missing_file_is_named() -> None:
    with pytest.raises(UsageError, match=r"'gone\.toml' cannot be read .* give the path"):
        load_recipe("gone.toml")


def test_binary_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "noise.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="is not UTF-8 text"):
        load_recipe(str(tmp_path / "noise.toml"))


def test_broken_toml_names_the_line(tmp_path: Path) -> None:
    assert "line 1" in complaint(tmp_path, "[[sources\n")


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("seed=5", 5),
        ("seed = 6", 6),
    ],
)
def test_override_stands_over_the_file(tmp_path: Path, override: str, expected: int) -> None:
    assert load(tmp_path, f"seed = 1\n{SOURCES}", override).seed == expected


def test_override_of_a_nested_key_keeps_its_neighbours(tmp_path: Path) -> None:
    text = f"[dedup.minhash]\nbands = 3\nrows = 4\n{SOURCES}"
    found = load(tmp_path, text, "dedup.minhash.bands=5").dedup.minhash
    assert found
    assert (found.bands, found.rows) == (5, 4)


def test_override_with_a_bare_word_is_a_string(tmp_path: Path) -> None:
    assert load(tmp_path, SOURCES, "screen.rights=ignore").screen.rights == "ignore"


def test_override_with_an_array_is_one(tmp_path: Path) -> None:
    assert load(tmp_path, SOURCES, 'screen.languages=["de"]').screen.languages == ("de",)


def test_later_override_wins(tmp_path: Path) -> None:
    assert load(tmp_path, SOURCES, "seed=2", "seed=3").seed == 3


@pytest.mark.parametrize("override", ["quality", "=4", ""])
def test_override_without_key_and_value_is_refused(tmp_path: Path, override: str) -> None:
    told = complaint(tmp_path, SOURCES, override)
    assert f"--set {override!r}" in told
    assert "write --set quality.min_words=40" in told


def test_override_below_what_is_no_table_is_refused(tmp_path: Path) -> None:
    told = complaint(tmp_path, f"seed = 1\n{SOURCES}", "seed.x=1")
    assert told == "--set 'seed.x=1': 'seed' is not a table; check the key"


def test_override_of_an_unknown_key_names_the_nearest(tmp_path: Path) -> None:
    told = complaint(tmp_path, SOURCES, "screen.righs=ignore")
    assert told == "unknown key 'screen.righs'; did you mean 'rights'?"


@pytest.mark.parametrize("preset", ["fineweb", "gopher", "c4", "refinedweb", "dclm"])
def test_preset_is_a_whole_recipe_with_sources(tmp_path: Path, preset: str) -> None:
    assert load(tmp_path, f'preset = "{preset}"\n{SOURCES}').preset == preset


def test_preset_changes_what_the_file_leaves_open(tmp_path: Path) -> None:
    recipe = load(tmp_path, f'preset = "dclm"\n{SOURCES}')
    assert (recipe.extract.extractor, recipe.classify.keep) == ("resiliparse", 0.1)


def test_file_stands_over_its_preset(tmp_path: Path) -> None:
    recipe = load(tmp_path, f'preset = "dclm"\n{SOURCES}[classify]\nkeep = 0.5\n')
    assert (recipe.classify.gate, recipe.classify.keep) == ("cut", 0.5)


def test_relative_paths_start_at_the_recipe(tmp_path: Path) -> None:
    recipe = load(tmp_path, SOURCES, "screen.blocklists=['lists/a.txt']")
    assert recipe.sources[0].paths == (f"{tmp_path}/one.warc",)
    assert recipe.screen.blocklists == (f"{tmp_path}/lists/a.txt",)


@pytest.mark.parametrize("path", ["s3://bucket/one.warc", "/data/one.warc"])
def test_full_paths_stay(tmp_path: Path, path: str) -> None:
    assert load(tmp_path, SOURCES.replace("one.warc", path)).sources[0].paths == (path,)


def test_list_of_paths_keeps_its_mark(tmp_path: Path) -> None:
    recipe = load(tmp_path, SOURCES.replace("one.warc", "@warc.paths.gz"))
    assert recipe.sources[0].paths == (f"@{tmp_path}/warc.paths.gz",)


def test_builtin_blocklist_is_no_path(tmp_path: Path) -> None:
    assert load(tmp_path, SOURCES).screen.blocklists == ("builtin",)


@pytest.mark.parametrize("raw", PATHS)
def test_every_marked_path_starts_at_the_recipe(tmp_path: Path, raw: dict[str, Any]) -> None:
    text = toml(raw)
    full = text.replace(RELATIVE, f"{tmp_path}/{RELATIVE}")
    assert load(tmp_path, text) == load(tmp_path, full)


def test_every_string_is_a_path_or_known_to_be_none() -> None:
    plain = {key for key, is_path, _ in STRINGS if not is_path}
    new, gone = sorted(plain - PLAIN), sorted(PLAIN - plain)
    assert not new, f"{new}: mark as RecipePath in pipeline/recipe.py, or list in PLAIN here"
    assert not gone, f"{gone}: no plain strings of a recipe any more; take them from PLAIN here"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("nb", "no"),
        ("iw", "he"),
        ("EN", "en"),
        ("zh-Hant", "zh"),
        ("pt-BR", "pt"),
        ("english", "en"),
    ],
)
def test_languages_are_mapped_to_what_the_identifier_answers(
    tmp_path: Path, written: str, code: str
) -> None:
    recipe = load(tmp_path, SOURCES + f'[screen]\nlanguages = ["{written}"]\n')
    assert recipe.screen.languages == (code,)


def test_a_language_that_nothing_tells_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"'englsh' is no language that can be told; the nearest is 'english'"
    ):
        load(tmp_path, SOURCES + '[screen]\nlanguages = ["englsh"]\n')


def test_a_language_may_have_a_threshold_of_its_own(tmp_path: Path) -> None:
    recipe = load(tmp_path, SOURCES + "[screen.language_thresholds]\nEnglish = 0.5\n")
    assert recipe.screen.language_thresholds == {"en": 0.5}

"""The recipe file: TOML, presets and overrides become one checked Recipe.

Checked whole before anything runs: unknown keys are refused and the nearest known one is named.
"""

import difflib
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from pipeline.errors import UsageError
from pipeline.recipe import BenchmarkTable, Recipe, Section

_MEMBERS = {"str", *(section.__name__ for section in Section.__subclasses__())}


def load_recipe(path: str, overrides: tuple[str, ...] = ()) -> Recipe:
    """The checked recipe of a TOML file, on top of its preset, below `--set key=value` overrides.

    Relative paths in it become relative to the recipe's folder. Raises UsageError, one sentence.
    """
    raw = _parse(path)
    for one in overrides:
        override(raw, one)
    preset = _preset(raw.get("preset", "fineweb"))
    recipe = check_recipe(_merge(preset, raw), path)
    return _resolve(recipe, Path(path).resolve().parent)


def check_recipe(raw: dict[str, Any], origin: str) -> Recipe:
    """The recipe `raw` describes. Raises UsageError that names the first wrong key and value."""
    try:
        return Recipe.model_validate(raw)
    except ValidationError as error:
        raise UsageError(f"{origin}: {_sentence(error)}") from None


def _parse(path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise UsageError(
            f"recipe {path!r} cannot be read ({error.strerror}); give the path of a TOML file"
        ) from None
    except UnicodeDecodeError:
        raise UsageError(
            f"recipe {path!r} is not UTF-8 text; give the path of a TOML file"
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"recipe {path!r} is not valid TOML: {error}; mend that line") from None


def override(raw: dict[str, Any], text: str) -> None:
    """Sets the key that `text`, a `key=value`, names. Raises UsageError for another form."""
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise UsageError(f"--set {text!r} has no key=value form; write --set quality.min_words=40")
    try:
        parsed = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        parsed = value
    *tables, last = key.strip().split(".")
    for table in tables:
        raw = raw.setdefault(table, {})
        if not isinstance(raw, dict):
            raise UsageError(f"--set {text!r}: {table!r} is not a table; check the key")
    raw[last] = parsed


def _preset(name: Any) -> dict[str, Any]:
    path = Path(__file__).parent / "presets" / f"{name}.toml"
    return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}


def _merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merge(merged[key], value) if both else value
    return merged


def _sentence(error: ValidationError) -> str:
    """The first complaint as one sentence with the key, the value and the remedy."""
    first = error.errors(include_url=False)[0]
    location = _keys(first["loc"], last_is_key=first["type"] in ("extra_forbidden", "missing"))
    where = ".".join(location) if location else "recipe"
    if first["type"] == "extra_forbidden":
        return f"unknown key {where!r}; {_suggestion(location)}"
    if first["type"] == "missing":
        return f"{where!r} is missing; add it to the recipe"
    shown = "" if isinstance(first["input"], dict) else f" (got {first['input']!r})"
    reason = first["msg"].removeprefix("Value error, ")
    return f"{where!r} is wrong{shown}: {reason[0].lower()}{reason[1:]}"


def _keys(location: tuple[int | str, ...], last_is_key: bool) -> list[str]:
    """The parts of a location that stand in the file: not pydantic's names for a union's members.

    The last part is the user's own where a key is unknown or missing, whatever it looks like.
    """
    parts = [str(part) for part in location]
    end = len(parts) - last_is_key
    return [part for part in parts[:end] if part not in _MEMBERS and "[" not in part] + parts[end:]


def _suggestion(location: list[str]) -> str:
    known = _keys_at(Recipe, location[:-1])
    near = difflib.get_close_matches(location[-1], known, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"known keys here: {', '.join(sorted(known))}"


def _keys_at(model: Any, location: list[str]) -> list[str]:
    """Field names of the section that a validation error's location leads to."""
    for part in location:
        fields = getattr(model, "model_fields", {})
        if part in fields:
            model = _section_in(fields[part].annotation)
    return list(getattr(model, "model_fields", {}))


def _section_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        if (found := _section_in(inner)) is not None:
            return found
    return None


def _resolve(recipe: Recipe, folder: Path) -> Recipe:
    """The recipe with its relative paths made absolute."""

    def full(path: str) -> str:
        if not path or "://" in path or path == "builtin":
            return path
        at = "@" if path.startswith("@") else ""
        return at + str(folder / path.removeprefix("@"))

    def benchmark(entry: str | BenchmarkTable) -> str | BenchmarkTable:
        if isinstance(entry, str):
            return full(entry)
        return entry.model_copy(update={"path": full(entry.path)})

    sources = tuple(
        s.model_copy(update={"paths": tuple(map(full, s.paths))}) for s in recipe.sources
    )
    referenced = recipe.classify.referenced.model_copy(
        update={
            "dump": full(recipe.classify.referenced.dump),
            "model": full(recipe.classify.referenced.model),
        }
    )
    places = recipe.quality.signal_sources
    signal_sources = places.model_copy(
        update={name: full(path) for name, path in places.model_dump().items()}
    )
    quality = {
        "outlier_reference": full(recipe.quality.outlier_reference),
        "signal_sources": signal_sources,
    }
    sections = {
        "sources": sources,
        "screen": {"blocklists": tuple(map(full, recipe.screen.blocklists))},
        "dedup": {"against": tuple(map(full, recipe.dedup.against))},
        "quality": quality,
        "classify": {"referenced": referenced},
        "mix": {"benchmarks": tuple(map(benchmark, recipe.mix.benchmarks))},
        "tokenize": {"tokenizer": full(recipe.tokenize.tokenizer)},
    }
    return recipe.model_copy(
        update={
            name: getattr(recipe, name).model_copy(update=value)
            if isinstance(value, dict)
            else value
            for name, value in sections.items()
        }
    )

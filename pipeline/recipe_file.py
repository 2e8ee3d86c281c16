"""The recipe file: TOML, presets and overrides become one checked Recipe.

Checked whole before anything runs: unknown keys are refused and the nearest known one is named.
"""

import json
import tomllib
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from pipeline.errors import UsageError
from pipeline.recipe import Recipe
from pipeline.recipe_types import MixConfig, PathMark, Section, suggestion

_NO_PATHS = ("builtin", "cld2")  # names of what is shipped
_MEMBERS = {"str", "constrained-float", *(section.__name__ for section in Section.__subclasses__())}


def load_recipe(path: str, overrides: tuple[str, ...] = ()) -> Recipe:
    """The checked recipe of a TOML file, on top of its preset, below `--set key=value` overrides.

    Relative paths in it become relative to the recipe's folder. Raises UsageError, one sentence.
    """
    raw = _parse(path)
    for one in overrides:
        override(raw, one)
    preset = _preset(raw.get("preset", "fineweb"))
    checked = check_recipe(_merge(preset, raw), path)
    recipe: Recipe = _resolve(checked, Path(path).resolve().parent)
    return recipe


def load_mix(path: str) -> MixConfig:
    """The mixture of a recipe, or of a file that has the section `[mix]` alone."""
    raw = _parse(path)
    if "mix" not in raw:
        raise UsageError(f"{path!r} has no section [mix]; give a recipe, or what `mix fit` writes")
    unnamed = {"sources": [{"name": "none", "paths": ["none"]}]}
    return check_recipe(unnamed | raw, path).mix


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
    first, *others = error.errors(include_url=False)
    location = _keys(first["loc"], last_is_key=first["type"] in ("extra_forbidden", "missing"))
    where = ".".join(location) if location else "recipe"
    if first["type"] == "extra_forbidden":
        return f"unknown key {where!r}; {_suggestion(location)}"
    if first["type"] == "missing":
        return f"{where!r} is missing; add it to the recipe"
    shown = "" if isinstance(first["input"], dict) else f" (got {first['input']!r})"
    reason = first["msg"].removeprefix("Value error, ")
    if first["type"] == "tuple_type":
        one = first["input"]
        is_table = isinstance(one, dict)
        reason = (
            f"write [[{where}]]" if is_table else f"write a list, [{json.dumps(one, default=str)}]"
        )
    off = ", or false" if any(other["msg"] == "Input should be False" for other in others) else ""
    return f"{where!r} is wrong{shown}: {reason[0].lower()}{reason[1:]}{off}"


def _keys(location: tuple[int | str, ...], last_is_key: bool) -> list[str]:
    """The parts of a location that stand in the file: not pydantic's names for a union's members.

    The last part is the user's own where a key is unknown or missing, whatever it looks like.
    """
    parts = [str(part) for part in location]
    end = len(parts) - last_is_key
    return [part for part in parts[:end] if part not in _MEMBERS and "[" not in part] + parts[end:]


def _suggestion(location: list[str]) -> str:
    return suggestion(location[-1], _keys_at(Recipe, location[:-1]), "known keys here:")


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


def _resolve(value: Any, folder: Path, is_path: bool = False) -> Any:
    """The value of a key, or a whole section, with the relative paths in it made absolute."""
    if isinstance(value, Section):
        return value.model_copy(
            update={
                name: _resolve(getattr(value, name), folder, _is_marked(field.rebuild_annotation()))
                for name, field in type(value).model_fields.items()
            }
        )
    if isinstance(value, tuple):
        return tuple(_resolve(one, folder, is_path) for one in value)
    return _absolute(value, folder) if is_path and isinstance(value, str) else value


def _is_marked(annotation: Any) -> bool:
    return isinstance(annotation, PathMark) or any(map(_is_marked, get_args(annotation)))


def _absolute(path: str, folder: Path) -> str:
    if not path or "://" in path or path in _NO_PATHS:
        return path
    at = "@" if path.startswith("@") else ""
    return at + str(folder / path.removeprefix("@"))

"""What the sections of a recipe are made of."""

import json
import math
import re
from collections.abc import Collection
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from pipeline.document import digest
from pipeline.language.codes import declared_code

# 0 equals False, and is no way to say it.
Off = Annotated[Literal[False], BeforeValidator(lambda value: False if value is False else None)]
LanguageName = Annotated[str, AfterValidator(declared_code)]  # as its code
Share = Annotated[float, Field(ge=0, le=1)]
ROUNDING = 1e-6  # by which weights that were rounded may sum to more than 1
Format = Literal["warc", "wet", "index", "jsonl", "parquet", "wikipedia"]
Part = Literal["text", "id", "url", "date"]  # what is read of a row


def _as_shares(weights: dict[str, float]) -> dict[str, float]:
    """Weights that are parts of one whole; ValueError says how others are mended."""
    for name, weight in weights.items():
        if weight < 0:
            raise ValueError(f"the weight of {name} is {weight}; give a share from 0 to 1")
    whole = sum(weights.values())
    if whole > 1 + ROUNDING:
        mended = ", ".join(f"{_key(name)} = {_less(weights[name] / whole)}" for name in weights)
        raise ValueError(
            f"the weights are shares of the tokens and sum to {whole:.7g}; write weights = "
            f"{{ {mended} }}, or less, so that other domains have the rest"
        )
    return weights


def _less(share: float) -> str:
    """A share in six digits behind the point, rounded down so that shares do not sum to more."""
    return f"{math.floor(1e6 * share) / 1e6:g}"


def _key(name: str) -> str:
    """A name as a key of TOML."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name)


Weights = Annotated[dict[str, float], AfterValidator(_as_shares)]


class PathMark:
    """Marks the strings of a key as paths, which start at the recipe's folder if relative."""


RecipePath = Annotated[str, PathMark()]


def suggestion(name: str, known: Collection[str], told: str) -> str:
    """The remedy for a name that is none of `known`: the nearest of them, or all, behind `told`."""
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"{told} {', '.join(sorted(known))}"


def fingerprint(*parts: Any) -> str:
    """16 hex digits over JSON-like values and sections: the identity of what a job obeys."""
    plain = [one.model_dump(mode="json") if isinstance(one, BaseModel) else one for one in parts]
    return digest(json.dumps(plain, sort_keys=True))[:16]

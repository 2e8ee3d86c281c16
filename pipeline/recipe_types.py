"""What the sections of a recipe are made of, and the section of the mixture."""

import json
import math
import re
from collections.abc import Collection
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from pipeline.document import digest
from pipeline.language.codes import declared_code

# 0 equals False, and is no way to say it.
Off = Annotated[Literal[False], BeforeValidator(lambda value: False if value is False else None)]
LanguageName = Annotated[str, AfterValidator(declared_code)]  # as its code
Share = Annotated[float, Field(ge=0, le=1)]
_LEAST = 1e-9  # that is no slip for 0
ROUNDING = 1e-6  # by which weights that were rounded may sum to more than 1
Format = Literal["warc", "wet", "index", "jsonl", "parquet", "wikipedia"]
Part = Literal["text", "id", "url", "date"]  # what is read of a row


class Section(BaseModel):
    """Base of all sections: immutable, no unknown keys, no silent conversion of types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    def chosen(self, *names: str) -> dict[str, Any]:
        """The named keys, as they stand in JSON."""
        return self.model_dump(mode="json", include=set(names))

    @model_validator(mode="before")
    @classmethod
    def _arrays_are_tuples(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {key: tuple(v) if isinstance(v, list) else v for key, v in data.items()}


def _as_shares(weights: dict[str, float]) -> dict[str, float]:
    """Weights that are parts of one whole; ValueError says how others are mended."""
    for name, weight in weights.items():
        if weight < 0:
            raise ValueError(f"the weight of {name} is {weight}; give a share from 0 to 1")
        if 0 < weight < _LEAST:
            raise ValueError(f"the weight of {name} is {weight}, next to nothing; give 0 or more")
    whole = sum(weights.values())
    if whole > 1 + ROUNDING:
        mended = ", ".join(f"{toml_key(name)} = {_less(weights[name] / whole)}" for name in weights)
        raise ValueError(
            f"the weights are shares of the tokens and sum to {whole:.7g}; write weights = "
            f"{{ {mended} }}, or less, so that other domains have the rest"
        )
    return weights


def _less(share: float) -> str:
    """A share in six digits behind the point, rounded down so that shares do not sum to more."""
    return f"{math.floor(1e6 * share) / 1e6:g}"


def toml_key(name: str) -> str:
    """A name as a key of TOML, whose strings are those of JSON but for DEL."""
    if re.fullmatch(r"[A-Za-z0-9_-]+", name):
        return name
    return json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007f")


Weights = Annotated[dict[str, float], AfterValidator(_as_shares)]


class PathMark:
    """Marks the strings of a key as paths, which start at the recipe's folder if relative."""


RecipePath = Annotated[str, PathMark()]


class AnnealingConfig(Section):
    """The best documents, kept for the end of training."""

    share: Share = 0.1  # of the tokens
    min_score: Share = 0.5  # least referenced score of a reserved document
    max_share: Share = 0.5  # of the tokens of a domain that may be reserved
    replay: Annotated[float, Field(ge=0, lt=1)] = 0.3  # of the phase: main data, seen once more
    domains: tuple[str, ...] = ()  # () all


class LongConfig(Section):
    """Long documents, kept for a phase of longer sequences."""

    share: Share = 0.05  # of the tokens
    min_tokens: Annotated[int, Field(ge=1, le=10**9)] = 8_192  # of a long document
    max_share: Share = 0.5  # of the tokens that a domain has in long documents


class BenchmarkTable(Section):
    """A benchmark file and the names of its fields."""

    path: RecipePath
    question: str = "question"
    answer: str = "answer"
    passage: str = "passage"


class MixConfig(Section):
    tokens: Annotated[int, Field(ge=0)] = 0  # budget; 0 takes all that is there
    budget: Literal["up_to", "exact"] = "up_to"  # of tokens that cannot be reached: less, or none
    by: Literal["domain", "source", "language"] = "domain"  # whose shares are meant
    # How those that are not named share what the weights leave.
    method: Literal["natural", "weights", "temperature", "unimax"] = "weights"
    weights: Weights = Field(default_factory=dict)  # shares of the tokens; the others have the rest
    temperature: Annotated[float, Field(ge=1, le=100)] = 3.33  # of sizes n, which count n^(1/T)
    max_copies: Annotated[float, Field(ge=1, le=100)] = 4.0
    rehydrate: bool = False  # see a document that stands for several near-duplicates more often
    annealing: AnnealingConfig | Off = AnnealingConfig()
    long: LongConfig | Off = False
    benchmarks: tuple[RecipePath | BenchmarkTable, ...] = ()
    ngram: Annotated[int, Field(ge=4)] = 13  # words of a benchmark hit

    @model_validator(mode="after")
    def _methods_and_names_agree(self) -> "MixConfig":
        if self.annealing and self.long and self.annealing.share + self.long.share > 1:
            raise ValueError("annealing.share and long.share sum to more than 1; lower one")
        usual = type(self).model_fields["temperature"].default
        if self.temperature != usual and self.method != "temperature":
            raise ValueError('temperature is of method = "temperature"; set that, or take it out')
        if self.method == "natural" and self.weights:
            raise ValueError('method = "natural" takes no weights; take them or the method out')
        if self.by != "domain" and self.annealing and self.annealing.domains:
            raise ValueError(
                f'annealing.domains are domains, and the mixture is by = "{self.by}"; '
                "take one of them out"
            )
        return self


def suggestion(name: str, known: Collection[str], told: str) -> str:
    """The remedy for a name that is none of `known`: the nearest of them, or all, behind `told`."""
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"{told} {', '.join(sorted(known))}"


def fingerprint(*parts: Any) -> str:
    """16 hex digits over JSON-like values and sections: the identity of what a job obeys."""
    plain = [one.model_dump(mode="json") if isinstance(one, BaseModel) else one for one in parts]
    return digest(json.dumps(plain, sort_keys=True))[:16]

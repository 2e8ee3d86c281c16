"""What the rules know of each language: stop words, and limits that follow from its script.

In: an ISO 639-1 code. Out: a `Language`; one without data has no stop words, the rules that need
them are passed over for it, and its statistics say so (`language_rules` false).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Language:
    """The rules' knowledge of one language."""

    stop: frozenset[str] = frozenset()  # lower case; two must occur (Gopher)
    function: frozenset[str] = frozenset()  # lower case, `stop` included
    off: frozenset[str] = frozenset()  # reasons of the rules that do not apply
    limits: Mapping[str, float] = field(default_factory=dict)  # over the families' defaults


@cache
def _languages() -> dict[str, Language]:
    text = resources.files("pipeline.quality").joinpath("stop_words.toml").read_text("utf-8")
    return {
        code: Language(
            stop=frozenset(entry.get("stop", ())),
            function=frozenset((*entry.get("stop", ()), *entry.get("function", ()))),
            off=frozenset(entry.get("off", ())),
            limits=entry.get("limits", {}),
        )
        for code, entry in tomllib.loads(text).items()
    }


_UNKNOWN = Language()


def language_data(code: str) -> Language:
    """The data of the language with this ISO 639-1 code; empty where there is none."""
    return _languages().get(code, _UNKNOWN)


def languages_with_stop_words() -> tuple[str, ...]:
    """The codes for which every rule applies."""
    return tuple(code for code, language in _languages().items() if language.stop)

"""Judge statistics by the rules: every reason against a document, the decisive one first.

In: `QualityStatistics`. Out: reasons in the order of the recipe's families and of the rules in a
family. A rule whose statistic is None does not fire, nor does one that the language's data or the
structure of the document switches off.
"""

import difflib
from collections.abc import Iterator, Mapping
from functools import lru_cache

from pipeline.errors import UsageError
from pipeline.quality.families import (
    C4_COUNTS,
    FAMILIES,
    STRUCTURED_LIMITS,
    STRUCTURED_OFF,
    Rule,
)
from pipeline.quality.lines import LineRules
from pipeline.quality.statistics_record import QualityStatistics
from pipeline.quality.stop_words import language_data
from pipeline.quality.structure_limits import STRUCTURE_LIMITS
from pipeline.recipe import QualityConfig


def line_rules(config: QualityConfig) -> LineRules:
    """The line rules that go with the recipe's families."""
    limits = {**C4_COUNTS[config.c4_counts], **config.limits}
    return LineRules(
        c4="c4" in config.rules,
        terminal_punctuation=config.terminal_punctuation,
        min_line_words=int(limits["min_line_words"]),
        refinedweb="refinedweb" in config.rules,
    )


def limit_names() -> tuple[str, ...]:
    """Every name that a recipe's `limits` may hold, sorted."""
    names = {rule.limit for rules in FAMILIES.values() for rule in rules}
    return tuple(sorted({*names, "min_line_words"}))


def check_limits(limits: Mapping[str, float]) -> None:
    """Raise UsageError at the first limit that no rule knows, naming the nearest."""
    known = limit_names()
    for name in sorted(limits):
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)[0]
            raise UsageError(f"quality limit {name!r} is unknown; did you mean {near!r}?")


def quality_reasons(
    statistics: QualityStatistics, config: QualityConfig, language: str = ""
) -> tuple[str, ...]:
    """Every reason against a document, the decisive one first; none keeps it.

    Raises UsageError for a limit that no rule knows.
    """
    return tuple(
        dict.fromkeys(
            rule.reason
            for rule, limit in applied_rules(config, language, statistics.structured)
            if rule.fires(getattr(statistics, rule.statistic), limit)
        )
    )


def applied_rules(
    config: QualityConfig, language: str = "", structured: bool = False
) -> tuple[tuple[Rule, float], ...]:
    """The rules that apply to documents of this kind, each with its limit."""
    counts = C4_COUNTS[config.c4_counts] if config.reading == "published" else {}
    own = tuple(sorted({**counts, **config.limits}.items()))
    return _applied(config.rules, own, language, structured, config.reading)


@lru_cache(maxsize=1024)
def _applied(
    families: tuple[str, ...],
    limits: tuple[tuple[str, float], ...],
    language: str,
    structured: bool,
    reading: str,
) -> tuple[tuple[Rule, float], ...]:
    """The rules that apply, each with its limit.

    A limit of the recipe's own goes before those of the structure and of the language; one that
    only repeats what was published does not, but where the structure reading has another.
    """
    own = dict(limits)
    check_limits(own)
    data = language_data(language)
    by_structure = reading == "structure"
    others = STRUCTURE_LIMITS if by_structure else STRUCTURED_LIMITS if structured else {}
    needed = {**data.limits, **others}
    if by_structure:
        needed |= {name: limit for name, limit in own.items() if name in others}
    off = data.off | STRUCTURED_OFF if structured else data.off
    joined = ("structure",) * by_structure + ("structured",) * structured
    judge = []
    for rule in _rules_of((*joined, *families) if families else ()):
        chosen = own.get(rule.limit, rule.default)
        limit = needed.get(rule.limit, chosen) if chosen == rule.default else chosen
        if rule.reason not in off:
            judge.append((rule, limit))
    return tuple(judge)


def _rules_of(families: tuple[str, ...]) -> Iterator[Rule]:
    for family in families:
        yield from FAMILIES.get(family, ())

"""plan.json: how often every group is seen, in words that loaders read.

    {"version": 1, "seed": 1729, "notes": [],
     "phases": [{"name": "main", "tokens": null, "weights": {"main-news-2": 1.0},
                 "max_epochs": {"main-news-2": 4.0}}],
     "groups": {"main-news-2": {"phase": "main", "domain": "news", "bucket": 2,
                                "documents": 10, "characters": 25000}}}

`tokens` null means all that is there once; weights sum to 1 within a phase; only groups that hold
documents are named.
"""

from collections.abc import Mapping
from typing import Any

from pipeline.mix.assign import PHASES, Counts, group_name
from pipeline.mix.decision import BUCKETS, Decision
from pipeline.recipe import MixConfig

VERSION = 1


def counted_groups(apart: Mapping[str, int]) -> Counts:
    """Documents and characters by group, from what the parts have counted apart."""
    prefix = "apart:documents:"
    names = [key.removeprefix(prefix) for key in apart if key.startswith(prefix)]
    return {name: (apart[f"{prefix}{name}"], apart[f"apart:characters:{name}"]) for name in names}


def make_plan(decision: Decision, counts: Counts, config: MixConfig) -> dict[str, Any]:
    """The plan of a decision and the counts of what it has chosen."""
    groups, seen = _groups(decision, counts)
    phases = []
    for phase, tokens in zip(PHASES, (decision.main_tokens, decision.anneal_tokens), strict=True):
        names = [name for name, group in groups.items() if group["phase"] == phase]
        total = sum(seen[name] for name in names)
        if not total:
            continue
        phases.append(
            {
                "name": phase,
                "tokens": tokens,
                "weights": {name: seen[name] / total for name in names},
                "max_epochs": {name: float(config.max_copies) for name in names},
            }
        )
    return {
        "version": VERSION,
        "seed": decision.seed,
        "notes": list(decision.notes),
        "phases": phases,
        "groups": groups,
    }


def _groups(
    decision: Decision, counts: Counts
) -> tuple[dict[str, dict[str, Any]], dict[str, float]]:
    """The groups that hold documents, and the characters to be seen of each, copies counted."""
    groups: dict[str, dict[str, Any]] = {}
    seen: dict[str, float] = {}
    for i, domain in enumerate(decision.names):
        cells = [("main", b, float(decision.epochs[i, b])) for b in range(BUCKETS)]
        for phase, bucket, epochs in [*cells, ("anneal", 0, float(decision.anneal_epochs[i]))]:
            name = group_name(phase, domain, bucket)
            if name not in counts:
                continue
            documents, characters = counts[name]
            # Of what is thinned out, those that are left are seen once.
            seen[name] = characters * (max(1.0, epochs) if decision.thinned else epochs)
            groups[name] = {
                "phase": phase,
                "domain": domain,
                "bucket": bucket,
                "documents": documents,
                "characters": characters,
            }
    return groups, seen

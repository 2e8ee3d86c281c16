"""`gristmill mix fit`: laws of a swarm, what they are worth, and the weights that they propose."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from pipeline import files
from pipeline.commands.mixtures.show_mix import plan_of, write_given
from pipeline.errors import UsageError
from pipeline.mix.experiment.gains import Gain, gains
from pipeline.mix.experiment.mixture_fit import Fit, fit
from pipeline.mix.experiment.proposal import Proposal, propose, recipe_text
from pipeline.mix.experiment.proxy_plans import natural_sizes
from pipeline.mix.experiment.run_tables import RunTable, matched, read_metrics, read_ratios
from pipeline.terminal import answer, console, print_json, say


@dataclass(frozen=True)
class Search:
    """Under what weights are looked for."""

    tokens: int  # of the run to come; 0 for all that there are
    max_copies: float
    pull: float  # towards the natural mixture
    seed: int
    draws: int  # resamples of the gain


def fit_mixture(
    paths: tuple[str, str],
    folder: str,
    metrics: Sequence[str],
    out: str,
    search: Search,
    *,
    as_json: bool,
) -> None:
    """Prints what laws are worth beside baselines; writes the proposed section of a recipe.

    `folder` is the run or dataset whose tokens the components have. Raises UsageError for tables
    that do not fit together.
    """
    ratios = read_ratios(paths[0])
    measured = matched(ratios, read_metrics(paths[1]))
    if out and files.exists(out):
        raise UsageError(f"{out!r} is there already; give --out a new file")
    plan = plan_of(folder)
    natural = natural_sizes(plan)
    fits = [fit(ratios, measured, name, search.seed) for name in _chosen(measured, metrics)]
    found = propose(fits, natural, search.tokens, search.max_copies, search.pull, search.seed)
    gained = _gains(fits, ratios, measured, found, natural, search)
    tokens = search.tokens or int(sum(natural.values()))
    told = "nothing is proposed: the natural mixture stays"
    if out and found.is_another:
        text = recipe_text(found.weights, tokens, search.max_copies, plan["by"])
        write_given(out, text.encode())
        told = f"the proposed section is in {out}; put it in the place of your recipe's [mix]"
    if as_json:
        print_json(_json(fits, found, gained))
        return
    for one in fits:
        console().print(_table(one))
        say(one.verdict)
    console().print(_weights(found, natural))
    say(*(_gain(one) for one in gained), *([f"note: {found.note}"] if found.note else []))
    answer(told)


def _chosen(measured: RunTable, metrics: Sequence[str]) -> tuple[str, ...]:
    """The metrics that are asked for, by default the first alone."""
    for name in metrics:
        if name not in measured.columns:
            known = ", ".join(measured.columns)
            raise UsageError(f"{measured.path} has no metric {name!r}; it has {known}")
    return tuple(metrics) or measured.columns[:1]


def _gains(
    fits: Sequence[Fit],
    ratios: RunTable,
    measured: RunTable,
    found: Proposal,
    natural: dict[str, float],
    search: Search,
) -> list[Gain]:
    if not any(one.is_better for one in fits):
        return []
    return gains(
        fits,
        ratios,
        measured,
        found,
        natural,
        tokens=search.tokens,
        max_copies=search.max_copies,
        pull=search.pull,
        seed=search.seed,
        draws=search.draws,
    )


def _table(one: Fit) -> Table:
    table = Table(title=f"{one.metric}, {one.runs} runs", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("model")
    for heading in ("rank correlation out of fold", "error out of fold"):
        table.add_column(heading, justify="right")
    for name, skill in one.skills.items():
        mark = " *" if name in (one.best, one.baseline) else ""
        table.add_row(f"{name}{mark}", str(skill.rank), str(skill.error))
    return table


def _weights(found: Proposal, natural: dict[str, float]) -> Table:
    whole = sum(natural.values())
    table = Table(title="weights", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("component")
    for heading in ("natural", "proposed"):
        table.add_column(heading, justify="right")
    for name, weight in sorted(found.weights.items(), key=lambda item: (-item[1], item[0])):
        table.add_row(name, f"{natural.get(name, 0) / whole:.2%}", f"{weight:.2%}")
    return table


def _gain(one: Gain) -> str:
    sure = "" if one.expected.low > 0 else ", which is not sure"
    return f"{one.metric} is to fall by {one.expected} against the natural mixture{sure}"


def _json(fits: Sequence[Fit], found: Proposal, gained: Sequence[Gain]) -> dict[str, Any]:
    told = {
        one.metric: {
            "best": one.best,
            "better": one.is_better,
            "verdict": one.verdict,
            "skills": {name: asdict(skill) for name, skill in one.skills.items()},
        }
        for one in fits
    }
    return {
        "metrics": told,
        "weights": found.weights,
        "note": found.note,
        "gains": [asdict(one) for one in gained],
    }

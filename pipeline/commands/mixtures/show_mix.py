"""`gristmill mix plan`: what a mixture sees of what there is, and what that is good for."""

from collections.abc import Mapping
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from pipeline import files
from pipeline.commands.from_python import dataset_folder
from pipeline.errors import UsageError
from pipeline.frame.job_states import last_head
from pipeline.mix.plan_file import VERSION
from pipeline.mix.plan_reading import (
    CHEAP_INFERENCE,
    COMPUTE_OPTIMAL,
    PlanRow,
    Use,
    component_rows,
    group_rows,
    operations,
    use_of,
)
from pipeline.report.mix_figure import mix_figure
from pipeline.terminal import console, print_json, say
from pipeline.tokenize.manifest import PLAN


def show_plan(folder: str, figure: str, *, groups: bool, as_json: bool) -> None:
    """A table on stderr, or the same as JSON on stdout; a figure where a path is given."""
    plan = plan_of(folder)
    rows, by_group = component_rows(plan), group_rows(plan)
    use = use_of(by_group)
    if figure:
        write_figure(figure, rows)
    if as_json:
        told = {"components": rows, "groups": by_group}
        value = {key: [_plain(row) for row in of] for key, of in told.items()}
        print_json({**value, "phases": plan["phases"], "use": vars(use), "notes": plan["notes"]})
        return
    shown = by_group if groups else rows
    console().print(_table(shown, "group" if groups else plan["by"]))
    say(*_phases(plan), *_use(use, rows, plan), *(f"note: {note}" for note in plan["notes"]))


def plan_of(folder: str) -> dict[str, Any]:
    """The plan of a dataset, or of the last run into a folder: counted, where it has a dataset, as
    its rates tell, where it has a mixture alone.
    """
    if dataset := _dataset_in(folder):
        path = files.join(dataset, PLAN)
        return _checked(_json_of(path), path)
    mixed = last_head(folder, "mix")
    if mixed is None:
        raise UsageError(f"{folder!r} has no finished mix job; run its recipe, or --until mix")
    return _checked(mixed[1]["plan"], folder)


def dataset_of(folder: str) -> str:
    """The folder of the dataset of the last run into a folder, or the folder, if it is one."""
    if dataset := _dataset_in(folder):
        return dataset
    raise UsageError(f"{folder!r} has no dataset; run its recipe to the end, or give a dataset")


def _dataset_in(folder: str) -> str:
    return folder if files.exists(files.join(folder, PLAN)) else dataset_folder(folder) or ""


def _json_of(path: str) -> Any:
    try:
        return files.read_json(path)
    except ValueError as error:
        raise UsageError(f"{path!r} is no JSON ({error}); run its recipe once more") from None


def write_given(path: str, data: bytes) -> None:
    """Writes a file that a user has named. Raises UsageError where it cannot be."""
    try:
        files.write_bytes_atomic(path, data)
    except OSError as error:
        raise UsageError(
            f"{path!r} cannot be written ({error.strerror}); give another path"
        ) from error


def _checked(plan: Any, name: str) -> dict[str, Any]:
    if not isinstance(plan, dict) or "components" not in plan or plan.get("version") != VERSION:
        raise UsageError(f"the plan of {name!r} is of an older version; run its recipe once more")
    return plan


def write_figure(path: str, rows: list[PlanRow]) -> None:
    """Writes the picture of a plan's components."""
    if not path.endswith(".svg"):
        raise UsageError(f"--figure {path!r} is no .svg; give it that ending")
    drawn = mix_figure(
        [row.name for row in rows],
        [row.natural for row in rows],
        [row.target or 0.0 for row in rows],
        [row.share for row in rows],
        [row.copies for row in rows],
    )
    write_given(path, drawn)


def _plain(row: PlanRow) -> dict[str, Any]:
    return {**vars(row), "copies": row.copies}


def _table(rows: list[PlanRow], heading: str) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column(heading, overflow="fold")
    for name in ("docs", "tokens", "natural", "target", "share", "seen", "copies", "dry at"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(
            escape(row.name),
            short(row.documents),
            short(row.tokens),
            f"{row.natural:.1%}",
            "" if row.target is None else f"{row.target:.1%}",
            f"{row.share:.1%}",
            short(row.seen),
            f"{row.copies:.2f}",
            "" if row.dry is None else short(row.dry),
        )
    return table


def short(number: float) -> str:
    """A number in three or four digits: 999, 12.3K, 4.56M."""
    for unit in ("", "K", "M", "B"):
        if number < 999.5:
            return f"{number:.0f}" if not unit else f"{number:.3g}{unit}"
        number /= 1_000
    return f"{number:,.4g}T"


def _phases(plan: Mapping[str, Any]) -> list[str]:
    lines = []
    for phase in plan["phases"]:
        tokens = phase["tokens"]
        size = "all of it, once" if tokens is None else f"{tokens:,} tokens"
        lines.append(f"phase {phase['name']}: {size}, {len(phase['weights'])} groups")
    if not plan["counted"]:
        lines.append("tokens are those that rates tell, not yet those of shards")
    return lines


def _use(use: Use, rows: list[PlanRow], plan: Mapping[str, Any]) -> list[str]:
    if not use.tokens:
        return ["nothing is seen"]
    dry = min(((row.dry, row.name) for row in rows if row.dry), default=None)
    lines = [
        f"{use.tokens:,} tokens are seen, {use.unique:,} of them for the first time; repeats lose "
        f"{use.lost:.1%} of their worth (arXiv 2305.16264)"
    ]
    if dry:
        lines.append(
            f"{dry[1]} runs dry first: in a run of more than {dry[0]:,} tokens its "
            f"{plan['max_copies']:g} copies do not fill its share"
        )
    for parameters, ratio, what in (
        (use.optimal, COMPUTE_OPTIMAL, "the best use of training"),
        (use.cheap, CHEAP_INFERENCE, "cheap to ask"),
    ):
        lines.append(
            f"good for {short(parameters)} parameters ({ratio} tokens each, {what}), "
            f"{operations(parameters, use.tokens):.2g} operations"
        )
    return [*lines, *_long(rows)]


def _long(rows: list[PlanRow]) -> list[str]:
    """Of components with a share in the long phase, how much of their long text it sees."""
    return [
        f"long documents of {row.name} have {row.long:,} tokens; the long phase sees "
        f"{row.long_seen:,} of theirs"
        for row in rows
        if row.long_seen
    ]

"""`gristmill quality sweep`: what each limit keeps, and would keep elsewhere, without the text."""

from collections.abc import Sequence
from dataclasses import asdict

import pyarrow as pa
from rich import box
from rich.table import Table

from pipeline import files
from pipeline.errors import UsageError
from pipeline.frame.job_states import job_states, read_run
from pipeline.frame.manifests import Manifest
from pipeline.quality.stop_words import languages_with_stop_words
from pipeline.quality.sweep import FACTORS, Step, Sweep, sweep
from pipeline.recipe_file import check_recipe, override
from pipeline.terminal import console, print_json

_WIDTH = 108  # the least that the table needs


def show_sweep(
    out: str, language: str, structured: bool, overrides: tuple[str, ...], as_json: bool
) -> None:
    """A table on stderr, or everything as JSON on stdout; the text is not read."""
    (state,) = job_states(out, ("curate",))
    if state.manifest is None:
        raise UsageError(f"{out!r} has no finished curate job; run it to there first")
    raw = read_run(out)["recipe"]
    for one in overrides:
        override(raw, one)
    config = check_recipe(raw, out).quality
    table = statistics_of(state.manifest, language, structured)
    found = sweep(table, config, language)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    told = console()
    if told.width < _WIDTH:
        told = console(width=_WIDTH)
    kind = "with" if structured else "without"
    title = f"{table.num_rows:,} documents in {language!r}, {kind} code or formulas"
    told.print(sweep_table(found, title))
    if language not in languages_with_stop_words():
        told.print(f"{language!r} has no stop words here: the rules that need them never fire")


def statistics_of(manifest: Manifest, language: str, structured: bool) -> pa.Table:
    """The statistics of all documents of this kind, kept or not.

    Raises UsageError where there are none, with the languages that there are.
    """
    rows = pa.concat_tables([files.read_table(path) for path in manifest.paths("statistics")])
    of_kind = rows.filter(pa.compute.equal(rows["structured"], structured))
    found = of_kind.filter(pa.compute.equal(of_kind["language"], language))
    if not found.num_rows:
        known = sorted(filter(None, of_kind["language"].unique().to_pylist()))
        raise UsageError(
            f"there are no documents in {language!r} of this kind; give --language, one of: "
            f"{', '.join(known)}"
        )
    return found


def sweep_table(found: Sequence[Sweep], title: str) -> Table:
    """Rules that drop nothing are left out and counted."""
    kept = next(step.by_all for step in found[0].steps if step.limit == found[0].value)
    silent = sum(one.dropped == 0 for one in found)
    table = Table(
        title=f"{title}: {kept:.1%} kept by all rules",
        caption="Below each limit (the recipe's has a =): what all rules together would keep. "
        f"{silent} rules drop nothing and are not shown; --json has them.",
        title_justify="left",
        caption_justify="left",
        box=box.SIMPLE_HEAD,
    )
    table.add_column("rule, limit", no_wrap=True)
    for heading in ("drops", "alone", *("limit" for _ in FACTORS)):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in found:
        if one.dropped:
            steps = (_cell(step, one.value) for step in one.steps)
            name = f"{one.reason}\n  {one.limit}"
            table.add_row(name, f"{one.dropped:.1%}", f"{one.alone:.1%}", *steps)
    return table


def _cell(step: Step, value: float) -> str:
    mark = "=" if step.limit == value else ""
    return f"{mark}{step.limit:.3g}\n{step.by_all:.1%}"

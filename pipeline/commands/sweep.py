"""`gristmill quality sweep`: what each limit keeps, and would keep elsewhere, without the text."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

import pyarrow as pa
from rich.console import Console
from rich.table import Table

from pipeline import files
from pipeline.errors import UsageError
from pipeline.manifests import Manifest, job_states, read_run
from pipeline.quality.sweep import Sweep, sweep
from pipeline.recipe_file import check_recipe, override

SHOWN_STEPS = 5


def show_sweep(out: str, language: str, overrides: tuple[str, ...], as_json: bool) -> None:
    """A table on stderr, or everything as JSON on stdout; the text is not read."""
    (state,) = job_states(out, ("curate",))
    if state.manifest is None:
        raise UsageError(f"{out!r} has no finished curate job; run it to there first")
    raw = read_run(out)["recipe"]
    for one in overrides:
        override(raw, one)
    config = check_recipe(raw, out).quality
    table = statistics_of(state.manifest, language)
    found = sweep(table, config, language)
    if as_json:
        json.dump([asdict(one) for one in found], sys.stdout, indent=2)
        sys.stdout.write("\n")
        return
    Console(file=sys.stderr, highlight=False).print(sweep_table(found, table.num_rows, language))


def statistics_of(manifest: Manifest, language: str) -> pa.Table:
    """The statistics of all documents in `language` that are judged as prose, kept or not."""
    tables = [files.read_table(path) for path in manifest.paths("statistics")]
    rows = pa.concat_tables(tables)
    wanted = pa.compute.and_(
        pa.compute.equal(rows["language"], language), pa.compute.invert(rows["structured"])
    )
    return rows.filter(wanted)


def sweep_table(found: Sequence[Sweep], documents: int, language: str) -> Table:
    title = f"{documents:,} documents in {language!r}, without those with code or formulas"
    table = Table(title=title, title_justify="left")
    for heading in ("rule", "limit"):
        table.add_column(heading)
    for heading in ("value", "dropped", "by it alone"):
        table.add_column(heading, justify="right")
    table.add_column("kept at other limits")
    for one in found:
        steps = one.steps[:: max(1, len(one.steps) // SHOWN_STEPS)]
        elsewhere = "  ".join(f"{limit:.4g}: {share:.1%}" for limit, share in steps)
        shares = (f"{one.dropped:.1%}", f"{one.alone:.1%}")
        table.add_row(one.reason, one.limit, f"{one.value:.4g}", *shares, elsewhere)
    return table

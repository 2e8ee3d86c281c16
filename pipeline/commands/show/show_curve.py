"""`gristmill dedup curve`: how probable it is that a pair is caught, by its similarity."""

from collections.abc import Sequence
from dataclasses import asdict

from rich.table import Table

from pipeline.dedup.near.curve import Point, curve
from pipeline.errors import UsageError
from pipeline.recipe import MinhashConfig
from pipeline.recipe_file import load_recipe
from pipeline.terminal import console, print_json

SIMILARITIES = tuple(percent / 100 for percent in range(50, 101, 5))


def show_curve(path: str, overrides: tuple[str, ...], pairs: int, as_json: bool) -> None:
    """A table on stderr for the recipe at `path`, or the same as JSON on stdout."""
    minhash = load_recipe(path, overrides).dedup.minhash
    if not minhash:
        raise UsageError("dedup.minhash is false, so no pair is caught; give it bands and rows")
    points = list(curve(minhash, SIMILARITIES, pairs))
    if as_json:
        print_json([asdict(point) for point in points])
        return
    console().print(curve_table(points, minhash, pairs))


def curve_table(points: Sequence[Point], minhash: MinhashConfig, pairs: int) -> Table:
    """A row for each similarity."""
    title = f"{minhash.bands} bands of {minhash.rows} rows, {pairs:,} pairs a line"
    table = Table("Jaccard", "theory", "candidates", "removed", title=title, title_justify="left")
    for point in points:
        shares = (point.theory, point.candidates, point.removed)
        table.add_row(f"{point.jaccard:.2f}", *(f"{100 * share:.1f} %" for share in shares))
    return table

"""Rows as an SVG: what all figures of ours have in common."""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

ROW = 0.45  # inches a row


def svg_of_rows(name: str, rows: Sequence[str], draw: Callable[[Any], None]) -> bytes:
    """A figure called `name` of rows that are called, from above; `draw` puts what they hold into
    its axes, at their places. The same bytes for the same figures.
    """
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context({"svg.hashsalt": name, "svg.fonttype": "none"}):
        figure = Figure(figsize=(8, 1.4 + ROW * max(len(rows), 1)), layout="constrained")
        axes = figure.add_subplot()
        draw(axes)
        axes.set_yticks(range(len(rows)), list(map(plain, rows)))
        axes.invert_yaxis()
        sink = BytesIO()
        figure.savefig(sink, format="svg", metadata={"Date": None, "Creator": None})
    return sink.getvalue()


def plain(name: str) -> str:
    """A name in which no formula is seen."""
    return name.replace("$", r"\$")

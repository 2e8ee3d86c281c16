"""Differences of arms as a picture: points with intervals, zero marked."""

from collections.abc import Sequence
from io import BytesIO
from typing import Protocol

ROW = 0.45  # inches an arm


class Interval(Protocol):
    """A difference with its interval."""

    @property
    def mean(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...


def arms_figure(first: str, arms: Sequence[tuple[str, Interval]]) -> bytes:
    """An SVG; the same bytes for the same figures. Left of zero an arm is better than `first`."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context({"svg.hashsalt": "arms", "svg.fonttype": "none"}):
        figure = Figure(figsize=(8, 1.4 + ROW * max(len(arms), 1)), layout="constrained")
        axes = figure.add_subplot()
        for at, (_, found) in enumerate(arms):
            sure = found.low > 0 or found.high < 0
            axes.plot([found.low, found.high], [at, at], color="#2a6f97", lw=3 if sure else 1)
            axes.plot(found.mean, at, "o", color="#2a6f97" if sure else "white", mec="#2a6f97")
        axes.axvline(0, color="#888888", lw=1)
        axes.set_yticks(range(len(arms)), [name.replace("$", r"\$") for name, _ in arms])
        axes.invert_yaxis()
        axes.margins(0.1, 0.2)
        shown = first.replace("$", r"\$")
        axes.set_xlabel(f"bits per byte less those of {shown}: further left is better")
        sink = BytesIO()
        figure.savefig(sink, format="svg", metadata={"Date": None, "Creator": None})
    return sink.getvalue()

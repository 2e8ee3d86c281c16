"""Differences of arms as a picture: points with intervals, zero marked."""

from collections.abc import Sequence
from typing import Any, Protocol

from pipeline.report.svg_figures import plain, svg_of_rows


class Interval(Protocol):
    """A difference with its interval."""

    @property
    def mean(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def is_sure(self) -> bool: ...


def arms_figure(first: str, arms: Sequence[tuple[str, Interval]]) -> bytes:
    """An SVG; the same bytes for the same figures. Left of zero an arm is better than `first`."""

    def draw(axes: Any) -> None:
        for at, (_, found) in enumerate(arms):
            wide, fill = (3, "#2a6f97") if found.is_sure else (1, "white")
            axes.plot([found.low, found.high], [at, at], color="#2a6f97", lw=wide)
            axes.plot(found.mean, at, "o", color=fill, mec="#2a6f97")
        axes.axvline(0, color="#888888", lw=1)
        axes.margins(0.1, 0.2)
        axes.set_xlabel(f"bits per byte less those of {plain(first)}: further left is better")

    return svg_of_rows("arms", [name for name, _ in arms], draw)

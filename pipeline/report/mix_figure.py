"""A mixture as a picture: what there is of each component, what is wanted, what is seen."""

from collections.abc import Sequence
from typing import Any

from pipeline.report.svg_figures import svg_of_rows


def mix_figure(
    names: Sequence[str],
    natural: Sequence[float],
    target: Sequence[float],
    seen: Sequence[float],
    copies: Sequence[float],
) -> bytes:
    """An SVG of horizontal bars, shares of the tokens; the same bytes for the same figures."""
    places = range(len(names))

    def draw(axes: Any) -> None:
        axes.barh([at - 0.2 for at in places], natural, 0.38, label="there is", color="#b8c4ce")
        axes.barh([at + 0.2 for at in places], seen, 0.38, label="is seen", color="#2a6f97")
        axes.plot(target, [at + 0.2 for at in places], "k|", markersize=11, label="was wanted")
        for at, share, often in zip(places, seen, copies, strict=True):
            axes.annotate(f" {often:.2f}x", (share, at + 0.2), va="center", fontsize=8)
        axes.margins(x=0.12)
        axes.set_xlabel("share of the tokens; copies behind the bars")
        axes.legend(loc="lower right", fontsize=8)

    return svg_of_rows("mix", names, draw)

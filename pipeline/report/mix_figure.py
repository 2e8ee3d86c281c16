"""A mixture as a picture: what there is of each component, what is wanted, what is seen."""

from collections.abc import Sequence
from io import BytesIO

ROW = 0.45  # inches a component


def mix_figure(
    names: Sequence[str],
    natural: Sequence[float],
    target: Sequence[float],
    seen: Sequence[float],
    copies: Sequence[float],
) -> bytes:
    """An SVG of horizontal bars, shares of the tokens; the same bytes for the same figures."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context({"svg.hashsalt": "mix", "svg.fonttype": "none"}):
        figure = Figure(figsize=(8, 1.4 + ROW * max(len(names), 1)), layout="constrained")
        axes = figure.add_subplot()
        places = range(len(names))
        axes.barh([at - 0.2 for at in places], natural, 0.38, label="there is", color="#b8c4ce")
        axes.barh([at + 0.2 for at in places], seen, 0.38, label="is seen", color="#2a6f97")
        axes.plot(target, [at + 0.2 for at in places], "k|", markersize=11, label="was wanted")
        for at, share, often in zip(places, seen, copies, strict=True):
            axes.annotate(f" {often:.2f}x", (share, at + 0.2), va="center", fontsize=8)
        axes.set_yticks(list(places), [name.replace("$", r"\$") for name in names])
        axes.invert_yaxis()
        axes.margins(x=0.12)
        axes.set_xlabel("share of the tokens; copies behind the bars")
        axes.legend(loc="lower right", fontsize=8)
        sink = BytesIO()
        figure.savefig(sink, format="svg", metadata={"Date": None, "Creator": None})
    return sink.getvalue()

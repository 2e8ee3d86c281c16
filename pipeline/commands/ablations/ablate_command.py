"""The command `ablate`."""

from typing import Annotated

import typer

from pipeline.commands.mixtures.mix_commands import AsJson, Group, Order, Seed


def ablate(
    arms: Annotated[
        list[str], typer.Argument(help="Runs, datasets or recipes; all are held against the first")
    ],
    held_out: Annotated[
        str | None, typer.Option(help="JSON lines with a key `text`; else texts of our own")
    ] = None,
    group: Group = "domain",
    same: Annotated[str, typer.Option(help="Of what arms get as much: tokens or bytes")] = "tokens",
    size: Annotated[int, typer.Option(min=0, help="Of an arm at most; 0: all there is")] = 0,
    parts: Annotated[int, typer.Option(min=4, help="Of each arm, judged one by one")] = 8,
    tier: Annotated[
        int, typer.Option(min=1, max=3, help="1: n-grams; 2: small transformers; 3: on a GPU")
    ] = 1,
    steps: Annotated[int, typer.Option(min=0, help="Of a transformer; 0: those of its tier")] = 0,
    order: Order = 4,
    seed: Seed = 0,
    out: Annotated[str, typer.Option(help="Where recipes run into, and bits are kept")] = "",
    figure: Annotated[str, typer.Option(help="An .svg to draw the differences into")] = "",
    as_json: AsJson = False,
) -> None:
    """Say which of several datasets teaches a small model more, by how much, and if it is sure."""
    from pipeline.frame.engines.engine import quiet

    quiet()
    from pipeline.commands.ablations.ablate import Asked, same_of
    from pipeline.commands.ablations.ablate import ablate as ablate_arms

    asked = Asked(held_out, group, same_of(same), size, parts, order, seed, tier, steps)
    ablate_arms(arms, asked, out, figure, as_json=as_json)

"""Mixtures on their own: the group of commands `mix`."""

from typing import Annotated

import typer

mix = typer.Typer(help="Mixtures on their own.", no_args_is_help=True)


@mix.command("plan")
def show(
    folder: Annotated[str, typer.Argument(help="A run's folder, or a dataset")],
    groups: Annotated[bool, typer.Option(help="A row per group, not per component")] = False,
    figure: Annotated[str, typer.Option(help="An .svg to draw the shares into")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="For programs, on stdout")] = False,
) -> None:
    """Show what is seen of what there is, how often, where it runs dry and what it is good for."""
    from pipeline.commands.show.show_mix import show_plan

    show_plan(folder, figure, groups=groups, as_json=as_json)

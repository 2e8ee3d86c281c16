"""The group of commands `mix`."""

from typing import Annotated

import typer

mix = typer.Typer(help="Mixtures on their own.", no_args_is_help=True)

Folder = Annotated[str, typer.Argument(help="A run's folder, or a dataset")]
HeldOutFile = Annotated[str, typer.Option("--held-out", help="JSON lines with a key `text`")]
Group = Annotated[str, typer.Option(help="The key by which held-out texts are told apart")]
Order = Annotated[int, typer.Option(min=1, max=5, help="Tokens that the judge sees at once")]
Copies = Annotated[float, typer.Option(min=1, help="Most copies of a component")]
Seed = Annotated[int, typer.Option(min=0, help="Of all draws")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs, on stdout")]


@mix.command("plan")
def show(
    folder: Folder,
    groups: Annotated[bool, typer.Option(help="A row per group, not per component")] = False,
    figure: Annotated[str, typer.Option(help="An .svg to draw the shares into")] = "",
    as_json: AsJson = False,
) -> None:
    """Show what is seen of what there is, how often, where it runs dry and what it is good for."""
    from pipeline.commands.mixtures.show_mix import show_plan

    show_plan(folder, figure, groups=groups, as_json=as_json)


@mix.command()
def swarm(
    dataset: Folder,
    out: Annotated[str, typer.Option(help="The folder of ratios.csv and plans")],
    runs: Annotated[int, typer.Option(min=2, help="Mixtures, the natural one among them")] = 64,
    tokens: Annotated[int, typer.Option(min=0, help="Of a run; half of the dataset by 0")] = 0,
    max_copies: Copies = 4.0,
    seed: Seed = 0,
) -> None:
    """Draw mixtures around the natural one, as loader plans over one dataset."""
    from pipeline.commands.mixtures.proxy_swarm import write_swarm

    write_swarm(dataset, out, runs, tokens, max_copies, seed)


@mix.command()
def score(
    dataset: Folder,
    swarm_: Annotated[str, typer.Argument(metavar="SWARM", help="What `mix swarm` wrote")],
    held_out: HeldOutFile,
    group: Group = "domain",
    order: Order = 4,
) -> None:
    """Judge the mixtures of a swarm by an n-gram model; writes metrics.csv beside its ratios."""
    from pipeline.commands.mixtures.proxy_scores import score_swarm

    score_swarm(dataset, swarm_, held_out, group, order)


@mix.command()
def compare(
    dataset: Folder,
    first: Annotated[str, typer.Argument(help="A recipe, what `fit` wrote, or `natural`")],
    second: Annotated[str, typer.Argument(help="The same, to be held against it")],
    held_out: HeldOutFile,
    group: Group = "domain",
    tokens: Annotated[int, typer.Option(min=0, help="Of a run; half of the dataset by 0")] = 0,
    runs: Annotated[int, typer.Option(min=2, help="Of each mixture, with other samples")] = 8,
    order: Order = 4,
    as_json: AsJson = False,
) -> None:
    """Say which of two mixtures predicts held-out texts better, and whether that is sure."""
    from pipeline.commands.mixtures.proxy_scores import compare as compare_mixtures

    names = (first, second)
    compare_mixtures(
        dataset, names, held_out, group, tokens=tokens, runs=runs, order=order, as_json=as_json
    )


@mix.command()
def fit(
    ratios: Annotated[str, typer.Argument(help="CSV: run, and a share per component")],
    metrics: Annotated[str, typer.Argument(help="CSV: run, and metrics of which less is better")],
    dataset: Annotated[str, typer.Option(help="A run or dataset, whose tokens are mixed")],
    metric: Annotated[list[str] | None, typer.Option(help="One of them, or more")] = None,
    out: Annotated[str, typer.Option(help="Where the proposed section of a recipe goes")] = "",
    tokens: Annotated[int, typer.Option(min=0, help="Of the run to come; 0 for all")] = 0,
    max_copies: Copies = 4.0,
    pull: Annotated[float, typer.Option(min=0, help="Towards the natural mixture")] = 0.1,
    draws: Annotated[int, typer.Option(min=20, help="Resamples of the gain")] = 100,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Fit laws to a swarm's metrics, say what they are worth, and propose weights."""
    from pipeline.commands.mixtures.fitted_mixture import Search, fit_mixture

    search = Search(tokens, max_copies, pull, seed, draws)
    fit_mixture((ratios, metrics), dataset, metric or (), out, search, as_json=as_json)

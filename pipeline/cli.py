"""The commands. Imports are lazy: `gristmill --help` must not wait for Beam."""

from typing import Annotated

import typer

from pipeline.errors import ended

app = typer.Typer(
    help="Web archives in, training tokens out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

Overrides = Annotated[
    list[str] | None, typer.Option("--set", help="Override one key: quality.min_words=40")
]


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": False})
def run(
    context: typer.Context,
    recipe: Annotated[str, typer.Argument(help="The recipe, a TOML file")],
    out: Annotated[str, typer.Option(help="The output folder")],
    until: Annotated[str, typer.Option(help="The last job to run")] = "",
    runner: Annotated[str, typer.Option(help="local, flink, dataflow, spark or prism")] = "local",
    workers: Annotated[int, typer.Option(help="Local processes; 0: one a core")] = 0,
    little_megabytes: Annotated[
        int, typer.Option(help="Pipelines that read no more run in this process; 0: none")
    ] = 4,
    set_: Overrides = None,
    dry_run: Annotated[bool, typer.Option(help="Check everything, run nothing")] = False,
    profile: Annotated[bool, typer.Option(help="Print the share of CPU of every stage")] = False,
) -> None:
    """Run what is missing. Options behind `--` go to Beam's runner as they are."""
    from pipeline.frame.engines.engine import default_workers, quiet

    quiet()
    from pipeline.commands.run_recipe import run_recipe
    from pipeline.frame.run import Settings
    from pipeline.processes import temporary_files

    settings = Settings(
        runner,
        workers or default_workers(),
        tuple(context.args),
        until,
        little=little_megabytes << 20,
    )
    with temporary_files():
        run_recipe(recipe, out, tuple(set_ or ()), settings, dry_run=dry_run, profile=profile)


@app.command()
def sample(
    folder: Annotated[str, typer.Argument(help="Where to write it")],
    pages: Annotated[int, typer.Option(min=100, max=20_000)] = 600,
    sites: Annotated[int, typer.Option(min=20, max=1_000)] = 80,
) -> None:
    """Write a small synthetic crawl with its recipe and the truth about every page."""
    from pipeline.sample import write_sample

    write_sample(folder, pages, sites)
    typer.echo(f"sample in {folder}; next: gristmill run {folder}/recipe.toml --out RUN", err=True)


AsJson = Annotated[bool, typer.Option("--json", help="For programs, on stdout")]


@app.command()
def status(
    folder: Annotated[str, typer.Argument(help="The output folder of a run")],
    as_json: AsJson = False,
) -> None:
    """Show which jobs are complete, and their counts."""
    from pipeline.frame.engines.engine import quiet

    quiet()
    from pipeline.commands.show_status import show_status

    show_status(folder, as_json)


@app.command()
def clean(
    folder: Annotated[str, typer.Argument(help="The output folder of a run")],
    yes: Annotated[bool, typer.Option("--yes", help="Remove it, do not only show it")] = False,
) -> None:
    """Show what the last run does not name, older artefacts; remove it with --yes."""
    from pipeline.frame.engines.engine import quiet

    quiet()
    from pipeline.commands.clean_run import clean_run

    clean_run(folder, remove=yes)


@app.command()
def explain(
    folder: Annotated[str, typer.Argument(help="The output folder of a run")],
    document: Annotated[str, typer.Argument(help="An id (32 hex digits) or a URL")],
    as_json: AsJson = False,
) -> None:
    """Show one document's way through every job."""
    from pipeline.frame.engines.engine import quiet

    quiet()
    from pipeline.commands.explain_document import show_way

    show_way(folder, document, as_json)


@app.command("try")
def try_(
    file: Annotated[str, typer.Argument(help="A page or text; - reads standard input")],
    recipe: Annotated[str, typer.Option(help="The recipe whose rules apply")] = "",
    as_: Annotated[str, typer.Option("--as", help="html or text; by the file's ending")] = "",
    url: Annotated[str, typer.Option(help="The page's address")] = "",
) -> None:
    """Take one page through every per-document stage; the answers are JSON on stdout."""
    from pipeline.frame.engines.engine import quiet

    quiet()
    from pipeline.commands.try_page import try_page

    try_page(file, recipe, as_, url)


dedup = typer.Typer(help="Deduplication on its own.", no_args_is_help=True)
quality = typer.Typer(help="Quality rules on their own.", no_args_is_help=True)
shards = typer.Typer(help="Datasets of shards.", no_args_is_help=True)
train = typer.Typer(help="Train a model.", no_args_is_help=True)
evaluate = typer.Typer(help="Evaluate a model on pages with gold text.", no_args_is_help=True)
for name, group in (
    ("dedup", dedup),
    ("quality", quality),
    ("shards", shards),
    ("train", train),
    ("evaluate", evaluate),
):
    app.add_typer(group, name=name)


@dedup.command()
def curve(
    recipe: Annotated[str, typer.Argument(help="The recipe, a TOML file")],
    pairs: Annotated[int, typer.Option(min=10, help="Pairs measured at each similarity")] = 1_000,
    set_: Overrides = None,
    as_json: AsJson = False,
) -> None:
    """Print how probable it is that a pair is caught, by its Jaccard: theory and measured."""
    from pipeline.commands.show_curve import show_curve

    show_curve(recipe, tuple(set_ or ()), pairs, as_json)


@quality.command()
def sweep(
    folder: Annotated[str, typer.Argument(help="The output folder of a run")],
    language: Annotated[str, typer.Option(help="Documents of this language")] = "en",
    structured: Annotated[bool, typer.Option(help="Those with code or formulas")] = False,
    set_: Overrides = None,
    as_json: AsJson = False,
) -> None:
    """Show what each quality limit keeps, and would keep elsewhere, from the columns alone."""
    from pipeline.commands.sweep_limits import show_sweep

    show_sweep(folder, language, structured, tuple(set_ or ()), as_json)


@quality.command()
def fit(
    sources: Annotated[list[str], typer.Argument(help="A run's folder, or JSONL or Parquet files")],
    out: Annotated[str, typer.Option(help="The file to write")],
    recipe: Annotated[str, typer.Option(help="The recipe whose rules choose the texts")] = "",
    target: Annotated[
        list[str] | None, typer.Option(help="Fit importance weights for texts like these instead")
    ] = None,
    set_: Overrides = None,
) -> None:
    """Fit the outlier reference per language, for a recipe's quality.outlier_reference."""
    from pipeline.frame.engines.engine import quiet

    quiet()
    from pipeline.commands.fit_reference import fit_file

    fit_file(tuple(sources), out, recipe, tuple(target or ()), tuple(set_ or ()))


@shards.command()
def verify(folder: Annotated[str, typer.Argument(help="A dataset: a folder with shards")]) -> None:
    """Read every byte of a dataset and hold it against its manifest."""
    from pipeline.commands.show_shards import verify_shards

    verify_shards(folder)


@shards.command()
def show(
    folder: Annotated[str, typer.Argument(help="A dataset: a folder with shards")],
    as_json: AsJson = False,
) -> None:
    """Show what a dataset holds, group by group."""
    from pipeline.commands.show_shards import show_shards

    show_shards(folder, as_json)


@train.command("extractor")
def train_block_model(
    data: Annotated[str, typer.Argument(help="Folder with html-extraction/ and crawl/")],
    out: Annotated[str, typer.Option(help="Where the model folder goes")],
) -> None:
    """Train the extractor's block model from pages with gold text."""
    from pipeline.commands.train_model import train_model

    train_model(data, out)


@evaluate.command("extractor")
def evaluate_block_model(
    data: Annotated[str, typer.Argument(help="Folder with html-extraction/")],
    model: Annotated[str, typer.Option(help="A model folder; the shipped one without it")] = "",
) -> None:
    """Measure an extractor model on pages with gold text; the figures are JSON on stdout."""
    from pipeline.commands.train_model import evaluate_model

    evaluate_model(data, model)


if __name__ == "__main__":
    ended(app)

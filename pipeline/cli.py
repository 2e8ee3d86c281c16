"""The commands. Imports are lazy: `gristmill --help` must not wait for Beam."""

from typing import Annotated

import typer

from pipeline.commands.ablations.ablate_command import ablate
from pipeline.commands.groups import GROUPS, AsJson, Overrides
from pipeline.errors import ended
from pipeline.terminal import say

app = typer.Typer(
    help="Web archives in, training tokens out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": False})
def run(
    context: typer.Context,
    recipe: Annotated[str, typer.Argument(help="The recipe, a TOML file")],
    out: Annotated[str, typer.Option(help="The output folder")],
    until: Annotated[str, typer.Option(help="The last job to run")] = "",
    runner: Annotated[str, typer.Option(help="local, flink, dataflow, spark or prism")] = "local",
    workers: Annotated[int, typer.Option(help="Local processes; 0: one a core")] = 0,
    little_megabytes: Annotated[
        int, typer.Option(help="Pipelines of no more work than these run in this process; 0: none")
    ] = 4,
    set_: Overrides = None,
    dry_run: Annotated[bool, typer.Option(help="Check everything, run nothing")] = False,
    profile: Annotated[bool, typer.Option(help="Print the share of CPU of every stage")] = False,
    sync: Annotated[
        bool, typer.Option(help="What is committed is on the disk, safe from a loss of power")
    ] = True,
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
        durable=sync,
    )
    with temporary_files():
        run_recipe(recipe, out, tuple(set_ or ()), settings, dry_run=dry_run, profile=profile)


@app.command()
def score(
    model: Annotated[str, typer.Argument(help="A model folder of train classifier")],
    texts: Annotated[str, typer.Argument(help="JSON lines with a text each")],
    text_field: Annotated[str, typer.Option(help="The field of the text")] = "text",
) -> None:
    """Say the label of each text of a file, and how sure that is: JSON lines on stdout."""
    from pipeline.commands.models.label_models import score as score_texts

    score_texts(model, texts, text_field)


@app.command()
def sample(
    folder: Annotated[str, typer.Argument(help="Where to write it")],
    pages: Annotated[int, typer.Option(min=100, max=20_000)] = 600,
    sites: Annotated[int, typer.Option(min=20, max=1_000)] = 80,
) -> None:
    """Write a small synthetic crawl with its recipe and the truth about every page."""
    from pipeline.sample import write_sample

    write_sample(folder, pages, sites)
    say(f"sample in {folder}; next: gristmill run {folder}/recipe.toml --out RUN")


@app.command()
def status(
    folder: Annotated[str, typer.Argument(help="The output folder of a run")],
    as_json: AsJson = False,
) -> None:
    """Show which jobs are complete, and their counts."""
    from pipeline.frame.engines.engine import quiet

    quiet()
    from pipeline.commands.show.show_status import show_status

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
def verify(
    folder: Annotated[str, typer.Argument(help="The output folder of a run")],
    as_json: AsJson = False,
) -> None:
    """Read every file of a run and hold it against what was written."""
    from pipeline.frame.engines.engine import quiet

    quiet()
    from pipeline.commands.verify_run import verify_run

    verify_run(folder, as_json)


@app.command()
def explain(
    folder: Annotated[str, typer.Argument(help="The output folder of a run")],
    document: Annotated[str, typer.Argument(help="An id (32 hex digits) or a URL")] = "",
    step: Annotated[int, typer.Option(min=-1, help="Of training, in place of a document")] = -1,
    seq_len: Annotated[int, typer.Option(min=1, help="Tokens of a sample, of that training")] = 256,
    batch: Annotated[int, typer.Option(min=1, help="Samples of a step, of that training")] = 32,
    packing: Annotated[str, typer.Option(help="concat or bestfit, of that training")] = "concat",
    as_json: AsJson = False,
) -> None:
    """Show one document's way through every job, or the documents of a step of training."""
    from pipeline.frame.engines.engine import quiet

    quiet()
    if step >= 0:
        from pipeline.commands.explain_step import show_step

        show_step(folder, document, step, seq_len, batch, packing, as_json)
        return
    from pipeline.commands.explain_document import show_way

    show_way(folder, document, as_json)


@app.command()
def rights(
    folder: Annotated[str, typer.Argument(help="The output folder of a run")],
    as_json: AsJson = False,
) -> None:
    """Count licences and opt-outs of a run's pages, and where they were found."""
    from pipeline.frame.engines.engine import quiet

    quiet()
    from pipeline.commands.show.show_rights import show_rights

    show_rights(folder, as_json)


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


app.command()(ablate)
for name, group in GROUPS.items():
    app.add_typer(group, name=name)


if __name__ == "__main__":
    ended(app)

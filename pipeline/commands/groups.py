"""The parts on their own: groups of commands, which `cli` puts below the others."""

from typing import Annotated

import typer

from pipeline.commands.mixtures.mix_commands import mix
from pipeline.commands.model_groups import evaluate, references, train

AsJson = Annotated[bool, typer.Option("--json", help="For programs, on stdout")]
Overrides = Annotated[
    list[str] | None, typer.Option("--set", help="Override one key: quality.min_words=40")
]

DatasetFolder = Annotated[str, typer.Argument(help="The folder of a run, or of a dataset")]

dedup = typer.Typer(help="Deduplication on its own.", no_args_is_help=True)
quality = typer.Typer(help="Quality rules on their own.", no_args_is_help=True)
shards = typer.Typer(help="Datasets of shards.", no_args_is_help=True)
blocklists = typer.Typer(help="Lists of sites that are blocked.", no_args_is_help=True)


@dedup.command()
def curve(
    recipe: Annotated[str, typer.Argument(help="The recipe, a TOML file")],
    pairs: Annotated[int, typer.Option(min=10, help="Pairs measured at each similarity")] = 1_000,
    set_: Overrides = None,
    as_json: AsJson = False,
) -> None:
    """Print how probable it is that a pair is caught, by its Jaccard: theory and measured."""
    from pipeline.commands.show.show_curve import show_curve

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


@shards.command("verify")
def verify_dataset(folder: DatasetFolder) -> None:
    """Read every byte of a dataset and hold it against its manifest."""
    from pipeline.commands.show.show_shards import verify_shards

    verify_shards(folder)


@shards.command()
def show(
    folder: DatasetFolder,
    documents: Annotated[int, typer.Option(min=0, help="Documents shown, group by group")] = 3,
    group: Annotated[str, typer.Option(help="Documents of this group alone")] = "",
    document: Annotated[str, typer.Option("--id", help="This document alone, whole")] = "",
    as_json: AsJson = False,
) -> None:
    """Show what a dataset holds, group by group, and some of its documents, decoded."""
    from pipeline.commands.show.show_shards import show_shards

    show_shards(folder, documents, group, document, as_json)


@shards.command()
def pack(
    folder: DatasetFolder,
    seq_len: Annotated[int, typer.Option(min=1, help="Tokens of a sample")],
    packings: Annotated[str, typer.Option(help="Keep it here, not beside the dataset")] = "",
    as_json: AsJson = False,
) -> None:
    """Pack documents whole into samples where they fit, and show what that wastes and saves."""
    from pipeline.commands.show.pack_shards import pack_shards

    pack_shards(folder, seq_len, packings, as_json)


@blocklists.command()
def build(
    sources: Annotated[list[str], typer.Argument(help="Lists; of UT1: FOLDER#adult,phishing")],
    out: Annotated[str, typer.Option(help="The file to write")],
    allow: Annotated[list[str] | None, typer.Option(help="A list that wins over others")] = None,
) -> None:
    """Compile lists of any usual form into one file, which workers map into memory."""
    from pipeline.commands.blocklists import build as build_lists

    build_lists(tuple(sources), tuple(allow or ()), out)


@blocklists.command()
def check(
    url: Annotated[str, typer.Argument(help="The address")],
    lists: Annotated[list[str] | None, typer.Option("--list", help="A list, or more")] = None,
) -> None:
    """Say which entry of which list blocks an address."""
    from pipeline.commands.blocklists import check as check_url

    check_url(url, tuple(lists or ("builtin",)))


@blocklists.command("show")
def show_list(file: Annotated[str, typer.Argument(help="A compiled file")]) -> None:
    """Show what a compiled file holds."""
    from pipeline.commands.blocklists import show as show_compiled

    show_compiled(file)


GROUPS = {
    "blocklists": blocklists,
    "dedup": dedup,
    "mix": mix,
    "quality": quality,
    "shards": shards,
    "train": train,
    "evaluate": evaluate,
    "references": references,
}

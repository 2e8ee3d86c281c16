"""Models on their own: the groups of commands `train`, `evaluate` and `references`."""

from typing import Annotated

import typer

train = typer.Typer(help="Train a model.", no_args_is_help=True)
evaluate = typer.Typer(help="Evaluate a model on gold pages or labels.", no_args_is_help=True)
references = typer.Typer(help="Pages that Wikipedia refers to.", no_args_is_help=True)
Out = Annotated[str, typer.Option(help="Where the model folder goes")]
Dump = Annotated[str, typer.Option(help="Folder of a Wikipedia dump")]
Seed = Annotated[int, typer.Option(help="Of splits and samples")]


@train.command("extractor")
def train_block_model(
    data: Annotated[str, typer.Argument(help="Folder with html-extraction/ and crawl/")],
    out: Out,
) -> None:
    """Train the extractor's block model from pages with gold text."""
    from pipeline.commands.models.train_model import train_model

    train_model(data, out)


@evaluate.command("extractor")
def evaluate_block_model(
    data: Annotated[str, typer.Argument(help="Folder with html-extraction/")],
    model: Annotated[str, typer.Option(help="A model folder; the shipped one without it")] = "",
) -> None:
    """Measure an extractor model on pages with gold text; the figures are JSON on stdout."""
    from pipeline.commands.models.train_model import evaluate_model

    evaluate_model(data, model)


@train.command("personal-data")
def train_phone_model(
    out: Out,
) -> None:
    """Train the model that tells numbers of telephones from others, from our own templates."""
    from pipeline.commands.models.train_model import train_personal

    train_personal(out)


@evaluate.command("personal-data")
def evaluate_phone_model(
    labels: Annotated[str, typer.Argument(help="JSON lines with full_text and spans")],
    model: Annotated[str, typer.Option(help="A model folder; the shipped one without it")] = "",
    beside: Annotated[
        str, typer.Option(help="A Python with presidio-analyzer, measured in the same run")
    ] = "",
) -> None:
    """Measure how well personal data is found on labelled texts; the figures are JSON on stdout."""
    from pipeline.commands.models.train_model import evaluate_personal

    evaluate_personal(labels, model, beside)


TextField = Annotated[str, typer.Option(help="The field of the text")]


@train.command("classifier")
def train_label_model(
    labels: Annotated[str, typer.Argument(help="JSON lines with text, label and perhaps site")],
    out: Out,
    positive: Annotated[str, typer.Option(help="Of two labels, the one that is scored")] = "",
    text_field: TextField = "text",
    label_field: Annotated[str, typer.Option(help="The field of the label")] = "label",
    seed: Seed = 1729,
) -> None:
    """Train a model of your own labels, of the better of two kinds, and say how good it is."""
    from classifiers.labels.label_file import Fields
    from pipeline.commands.models.label_models import train

    train(labels, out, positive, Fields(text_field, label_field), seed)


@evaluate.command("classifier")
def evaluate_label_model(
    model: Annotated[str, typer.Argument(help="The model folder")],
    labels: Annotated[str, typer.Argument(help="JSON lines that it has not seen")],
    text_field: TextField = "text",
    label_field: Annotated[str, typer.Option(help="The field of the label")] = "label",
) -> None:
    """Measure a model of labels on other labels; the figures are JSON on stdout."""
    from classifiers.labels.label_file import Fields
    from pipeline.commands.models.label_models import evaluate

    evaluate(model, labels, Fields(text_field, label_field))


@train.command("referenced")
def train_referenced_model(
    run: Annotated[str, typer.Argument(help="The folder of a run, finished up to near")],
    dump: Dump,
    out: Out,
    seed: Seed = 1729,
) -> None:
    """Train a model of pages that Wikipedia cites, for any recipe's classify.referenced.model."""
    from pipeline.commands.models.referenced_model import train

    train(run, dump, out, seed)


@evaluate.command("referenced")
def evaluate_referenced_model(
    model: Annotated[str, typer.Argument(help="The model folder")],
    run: Annotated[str, typer.Argument(help="The folder of another run, finished up to near")],
    dump: Dump,
    seed: Seed = 1729,
) -> None:
    """Measure such a model on fresh pages, with five null runs and what it keeps of each kind."""
    from pipeline.commands.models.referenced_model import evaluate

    evaluate(model, run, dump, seed)


@train.command("harm")
def train_harm_model(
    run: Annotated[str, typer.Argument(help="The folder of a run, or JSONL or Parquet files")],
    out: Out,
    lists: Annotated[list[str], typer.Option("--list", help="A list of harmful sites, or more")],
    words: Annotated[
        list[str] | None, typer.Option(help="Words that hard harmless pages hold, one a line")
    ] = None,
    seed: Seed = 1729,
) -> None:
    """Train a model of harmful pages from lists of sites, for a recipe's classify.harm.model."""
    from pipeline.commands.models.harm_model import train

    train(run, tuple(lists), tuple(words or ()), out, seed)


@references.command("build")
def build_references(
    dump: Annotated[str, typer.Argument(help="Folder of a Wikipedia dump")],
    out: Annotated[str, typer.Option(help="Where the files of keys go")],
) -> None:
    """Read a dump into files of hashed keys, for a source's `cited`."""
    from pipeline.commands.models.referenced_model import build

    build(dump, out)

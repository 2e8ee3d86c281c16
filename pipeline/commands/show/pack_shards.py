"""`gristmill shards pack`: documents kept whole where they fit, and what either packing wastes."""

from dataclasses import asdict
from typing import Any

from rich.table import Table

from pipeline.commands.from_python import open_dataset
from pipeline.errors import CheckError
from pipeline.loader.reader import TokenReader
from pipeline.loader.samples.packed import make_packing, open_packing
from pipeline.loader.samples.packing_waste import Waste, concat_waste, fitted_waste
from pipeline.terminal import console, print_json, say


def pack_shards(folder: str, seq_len: int, packings: str, as_json: bool) -> None:
    """Makes the packing for samples of `seq_len` tokens, unless it is there, and states its waste
    beside that of windows over the stream: a table on stderr, or JSON on stdout.
    """
    dataset = open_dataset(folder)
    packed = open_packing(dataset.folder, dataset.manifest, seq_len, packings)
    try:
        packed.verify()
    except CheckError:
        make_packing(packed.folder, dataset.folder, dataset.manifest, seq_len)
        packed = open_packing(dataset.folder, dataset.manifest, seq_len, packings)
    reader = TokenReader(dataset.folder, manifest=dataset.manifest)
    wastes = {"concat": concat_waste(reader, seq_len), "bestfit": fitted_waste(packed, reader)}
    if as_json:
        told: dict[str, Any] = {name: asdict(waste) for name, waste in wastes.items()}
        told |= {"identity": dataset.identity, "seq_len": seq_len, "packing": packed.folder}
        print_json(told)
        return
    console().print(_table(seq_len, wastes))
    say(f"packing {packed.folder}")


def _table(seq_len: int, wastes: dict[str, Waste]) -> Table:
    table = Table(title=f"samples of {seq_len:,} tokens", title_justify="left")
    headings = ("samples", "padding", "documents cut", "of these longer than a sample", "documents")
    table.add_column("packing")
    for heading in headings:
        table.add_column(heading, justify="right")
    for name, waste in wastes.items():
        counts = (waste.cut, waste.longer, waste.documents)
        figures = (f"{waste.samples:,}", f"{waste.padding_share:.3%}", *(f"{n:,}" for n in counts))
        table.add_row(name, *figures)
    return table

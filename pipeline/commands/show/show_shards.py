"""`gristmill shards`: what a dataset holds, its documents as a model reads them, how they pack."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import chain, islice, zip_longest

from rich.table import Table

from pipeline.commands.from_python import open_dataset
from pipeline.document import ID
from pipeline.errors import UsageError
from pipeline.loader.dataset import Dataset
from pipeline.loader.reader import TokenReader
from pipeline.loader.samples.packed import verify_packings
from pipeline.terminal import console, print_json, say
from pipeline.tokenize.dataset_files import verify
from pipeline.tokenize.encode import Encoder, load_tokenizer
from pipeline.tokenize.manifest import Manifest

SHOWN = 400  # characters of a document that people are shown


@dataclass(frozen=True)
class Decoded:
    """A document as it stands in a shard."""

    id: str
    group: str
    shard: str
    tokens: int  # the end of text among them
    text: str


def verify_shards(folder: str) -> None:
    """Reads every byte. Raises CheckError, exit code 1, naming the first file that differs."""
    dataset = open_dataset(folder).folder
    manifest = verify(dataset)
    packings = verify_packings(dataset, manifest)
    also = f", as are packings: {packings}" if packings else ""
    say(
        f"{len(manifest.shards)} shards are what the manifest says{also}; "
        f"identity {manifest.identity}"
    )


def show_shards(folder: str, documents: int, group: str, document: str, as_json: bool) -> None:
    """Groups, and some documents of them decoded: those of `group`, or the one of an id.

    A table and the beginnings of texts on stderr, or the same as JSON, with whole texts, on stdout.
    """
    dataset = open_dataset(folder)
    manifest = dataset.manifest
    shown = list(_chosen(dataset, documents, group, document))
    if as_json:
        rows = [asdict(one) for one in shown]
        print_json({"identity": manifest.identity, "groups": manifest.groups, "documents": rows})
        return
    told = console()
    told.print(groups_table(manifest))
    for one in shown:
        told.print(f"\n{one.id}  {one.shard}  {one.tokens:,} tokens")
        told.print(one.text if document else _beginning(one.text))


def _beginning(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN].rstrip()} ..."


def _chosen(dataset: Dataset, count: int, group: str, document: str) -> Iterator[Decoded]:
    manifest = dataset.manifest
    if group and group not in manifest.groups:
        raise UsageError(f"no group {group!r}; the dataset has {', '.join(manifest.groups)}")
    if not count and not document:
        return
    reader, encoder = TokenReader(dataset.folder), load_tokenizer(dataset.folder)
    if document:
        place = reader.find(document) if ID.fullmatch(document.lower()) else None
        if place is None:
            raise UsageError(
                f"no document {document!r} is in the dataset; give the id (32 hex digits) of one "
                "that `mix` has kept"
            )
        yield from _decoded(reader, encoder, *place)
        return
    chosen = [manifest.bounds[group]] if group else manifest.bounds.values()
    rows = (_decoded(reader, encoder, *place) for place in chosen)
    turns = chain.from_iterable(zip_longest(*rows))
    yield from islice((one for one in turns if one is not None), count)


def _decoded(reader: TokenReader, encoder: Encoder, start: int, stop: int) -> Iterator[Decoded]:
    """The documents at positions [start, stop), one after the other."""
    for one in reader.documents(start, stop):
        size = one.stop - one.start
        text = encoder.decode(reader.read(start, start + size))
        yield Decoded(one.document, one.group, one.shard, size, text)
        start += size


def groups_table(manifest: Manifest) -> Table:
    table = Table(title=f"dataset {manifest.identity}", title_justify="left")
    table.add_column("group")
    for heading in ("shards", "documents", "tokens", "bytes of text", "bytes a token"):
        table.add_column(heading, justify="right")
    for group, totals in manifest.groups.items():
        count = sum(shard.group == group for shard in manifest.shards)
        rate = totals["bytes"] / max(1, totals["tokens"])
        figures = (count, totals["documents"], totals["tokens"], totals["bytes"])
        table.add_row(group, *(f"{figure:,}" for figure in figures), f"{rate:.2f}")
    return table

"""`gristmill shards`: what a dataset holds, and whether its bytes are what its manifest says."""

from rich.table import Table

from pipeline.terminal import console, print_json
from pipeline.tokenize.dataset_files import verify
from pipeline.tokenize.manifest import Manifest, read_manifest


def verify_shards(folder: str) -> None:
    """Reads every byte. Raises CheckError, exit code 1, naming the first file that differs."""
    manifest = verify(folder)
    console().print(
        f"{len(manifest.shards)} shards are what the manifest says; identity {manifest.identity}"
    )


def show_shards(folder: str, as_json: bool) -> None:
    """A table of groups on stderr, or the same as JSON on stdout."""
    manifest = read_manifest(folder)
    if as_json:
        print_json({"identity": manifest.identity, "groups": manifest.groups})
        return
    console().print(groups_table(manifest))


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

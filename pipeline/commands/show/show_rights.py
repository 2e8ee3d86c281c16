"""`gristmill rights`: what pages and sites of a run say of their use, and where they say it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from rich.table import Table

from pipeline import files
from pipeline.frame.job_states import job_states
from pipeline.frame.manifests import Manifest
from pipeline.jobs import JOBS
from pipeline.terminal import console, print_json

# Drops by what a page says, whose details are its signals, and by what is said of its site.
_OF_PAGES = ("opt_out", "no_open_licence")
_OF_SITES = {"robots_opt_out": "robots.txt", "tdm_reserved": "tdmrep.json", "site_opt_out": "list"}


@dataclass(frozen=True, order=True)
class Said:
    """A signal, the place where it was found, and the pages that were kept and dropped with it."""

    signal: str
    where: str
    kept: int
    dropped: int


def show_rights(out: str, as_json: bool) -> None:
    """A table on stderr, or the same as JSON on stdout."""
    rows = rights_of(out)
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    table = Table()
    for heading in ("signal", "found in"):
        table.add_column(heading)
    for heading in ("kept", "dropped"):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(row.signal, row.where, f"{row.kept:,}", f"{row.dropped:,}")
    console().print(table)


def rights_of(out: str) -> list[Said]:
    """The signals of all pages that the run in `out` has extracted or dropped for them, sorted; a
    page counts in every place where a signal was found. Raises UsageError where there is no run.
    """
    states = job_states(out, tuple(job.name for job in JOBS))
    manifests = [state.manifest for state in states if state.manifest is not None]
    kept, dropped = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for manifest in manifests[:1]:
        for source in _column(manifest, "documents", "rights_source"):
            kept.update(_signals(source))
    for manifest in manifests:
        for reason, detail in _drops(manifest):
            dropped.update(
                [(reason, _OF_SITES[reason])] if reason in _OF_SITES else _signals(detail)
            )
    return [Said(*pair, kept[pair], dropped[pair]) for pair in sorted(kept | dropped)]


def _signals(source: str) -> Iterator[tuple[str, str]]:
    """The pairs of "cc-by:rel_license,noai:header+meta"."""
    for one in filter(None, source.split(",")):
        signal, _, places = one.partition(":")
        yield from ((signal, place) for place in (places or "source").split("+"))


def _column(manifest: Manifest, dataset: str, name: str) -> Iterator[str]:
    for file in manifest.files(dataset):
        yield from files.read_table(file.path, [name])[name].to_pylist()


def _drops(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """Reasons and details of the drops for rights."""
    if "dropped" not in manifest.tables:
        return
    for file in manifest.files("dropped"):
        table = files.read_table(file.path, ["stage", "reason", "detail"])
        for row in table.to_pylist():
            if row["stage"] == "screen" and row["reason"] in (*_OF_PAGES, *_OF_SITES):
                yield row["reason"], row["detail"]

"""`gristmill blocklists`: lists compiled into one file, and asked."""

from pathlib import Path

from pipeline import files
from pipeline.errors import UsageError
from pipeline.screen.blocklist import Sites, blocked_reason, load_lists
from pipeline.screen.lists.compiled import PAGES, Listed, opened
from pipeline.screen.lists.compiling import compiled
from pipeline.screen.lists.entries import Kind
from pipeline.screen.lists.list_sources import Understood, entries, names_of
from pipeline.terminal import answer, print_json, say
from pipeline.urls import host

_SAYS = {
    Kind.NOTHING: "blank or comments",
    Kind.SITE: "of sites",
    Kind.PAGES: "of pages",
    Kind.RULE: "rules for parts of pages",
    Kind.UNKNOWN: "not understood",
}


def build(sources: tuple[str, ...], allowed: tuple[str, ...], out: str) -> None:
    """Compiles lists; says of each what its lines were."""
    every = (*sources, *allowed)
    if out in every or files.is_folder(out):
        raise UsageError(f"{out!r} is a list or a folder; give --out another name")
    found: list[tuple[str, Listed]] = []
    for source, name in zip(every, names_of(every), strict=True):
        understood = Understood()
        found += entries(source, understood, source in allowed, name)
        kinds = understood.kinds
        told = ", ".join(f"{kinds[kind]:,} {_SAYS[kind]}" for kind in Kind if kinds[kind])
        say(f"{source}: {told or 'no lines'}")
    data = compiled(found)
    files.write_bytes_atomic(out, data)
    answer(f'{out}: {len(data):,} bytes; next: [screen] blocklists = ["{out}"]')


def check(address: str, lists: tuple[str, ...]) -> None:
    """Says what blocks an address, if anything does."""
    url = address if "://" in address else f"http://{address}"
    if not host(url):
        raise UsageError(f"{address!r} is no address; give one such as https://example.org/page")
    sites = Sites(load_lists(lists), by_words=True)
    reason = blocked_reason(url, sites)
    if reason:
        answer(f"{url}: {reason[0]}, {reason[1]}")
    else:
        answer(f"{url}: {'allowed' if sites.blocked.allows(url) else 'not listed'}")


def show(path: str) -> None:
    """Prints what a compiled file holds, as JSON."""
    if not Path(path).is_file():
        raise UsageError(f"{path!r} is not a file; build one with gristmill blocklists build")
    one = opened(Path(path))
    places = {listed for label in one.labels for listed in label if listed != PAGES}
    print_json(
        {
            "entries": {name: count for name, count in one.counts.items() if name},
            "categories": sorted({listed.category for listed in places} - {""}),
            "allowed": sorted({listed.list for listed in places if listed.is_allowed}),
            "digest": one.digest,
        }
    )

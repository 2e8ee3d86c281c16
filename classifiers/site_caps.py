"""Examples of many sites: no site may teach with more than a few."""

from collections import Counter
from collections.abc import Iterable
from typing import Protocol, TypeVar

from pipeline.document import unit_hash


class OfSite(Protocol):
    """What has an id and stands on a site."""

    @property
    def id(self) -> str: ...

    @property
    def site(self) -> str: ...


Row = TypeVar("Row", bound=OfSite)


def capped(rows: Iterable[Row], seed: int, purpose: str, per_site: int) -> list[Row]:
    """At most `per_site` of each site, in the order of a keyed hash of the id."""
    taken, kept = Counter[str](), list[Row]()
    for row in sorted(rows, key=lambda row: (unit_hash(seed, purpose, row.id), row.id)):
        taken[row.site] += 1
        if taken[row.site] <= per_site:
            kept.append(row)
    return kept

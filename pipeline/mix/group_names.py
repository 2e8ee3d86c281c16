"""What groups are called: safe as the names of files."""

from collections.abc import Iterable
from functools import lru_cache

from pipeline.errors import UsageError


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """The names, sorted, if their groups' names differ; UsageError otherwise."""
    by_slug: dict[str, str] = {}
    ordered = tuple(sorted(names))
    for name in ordered:
        other = by_slug.setdefault(slug(name), name)
        if other != name:
            raise UsageError(f"{other!r} and {name!r} give one file name; rename one")
    return ordered


@lru_cache(maxsize=1024)
def slug(name: str) -> str:
    """A domain's name as it stands in the names of groups and files."""
    return "".join(c if c.isascii() and c.isalnum() else "_" for c in name.lower()) or "_"


def group_name(phase: str, component: str, bucket: int = 0, copies: int = 1) -> str:
    """`main-news-2`, and `main-news-2-x3` of what is seen three times as often."""
    name = f"{phase}-{slug(component)}-{bucket}"
    return name if copies == 1 else f"{name}-x{copies}"

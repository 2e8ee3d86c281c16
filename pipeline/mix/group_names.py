"""What domains are called in the names of groups and files."""

from collections.abc import Iterable

from pipeline.errors import UsageError


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """The names, sorted, if their groups' names differ; UsageError otherwise."""
    by_slug: dict[str, str] = {}
    ordered = tuple(sorted(names))
    for name in ordered:
        other = by_slug.setdefault(slug(name), name)
        if other != name:
            raise UsageError(f"domains {other!r} and {name!r} give one file name; rename one")
    return ordered


def slug(name: str) -> str:
    """A domain's name as it stands in the names of groups and files."""
    return "".join(c if c.isascii() and c.isalnum() else "_" for c in name.lower()) or "_"

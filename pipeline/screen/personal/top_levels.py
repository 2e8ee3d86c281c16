"""Whether a name ends the names of hosts: `py` of Paraguay does, `tgz` does not."""

from functools import cache

import idna

from pipeline.urls import PUBLIC_SUFFIXES


def is_top_level(name: str) -> bool:
    """Whether `name`, in lower case, is a top-level domain of the bundled list."""
    if name.startswith("xn--"):
        try:
            name = idna.decode(name)
        except idna.IDNAError:
            return False
    return name in _top_levels()


@cache
def _top_levels() -> frozenset[str]:
    return frozenset(suffix.rpartition(".")[2] for suffix in PUBLIC_SUFFIXES.tlds)

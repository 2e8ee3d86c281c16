"""The files that a recipe's paths stand for: globs, lists, crawl names; and safe names for them."""

import glob
import os
from collections.abc import Mapping

from pipeline import files
from pipeline.errors import UsageError
from pipeline.files.stamps import Stamp, local_stamp
from pipeline.ingest.archive.codecs import open_text
from pipeline.ingest.common_crawl import crawl_paths
from pipeline.ingest.remote.opening import is_web, open_file, store_matches
from pipeline.recipe import Source


def source_files(source: Source, base: str) -> dict[str, Stamp | None]:
    """The files of a source by path, each once, sorted, with the stamps that a list has told.

    `base` is the folder that relative paths start from. Raises UsageError for a pattern that
    matches nothing and for what cannot be listed.
    """
    found: dict[str, Stamp | None] = dict.fromkeys(crawl_paths(source) if source.crawl else ())
    for pattern in source.paths:
        found |= _expanded(pattern, base, source)
    return dict(sorted(found.items()))


def _expanded(pattern: str, base: str, source: Source) -> Mapping[str, Stamp | None]:
    if pattern.startswith("@"):
        return dict.fromkeys(_listed(_absolute(pattern[1:], base), source))
    path = _absolute(pattern, base)
    if not glob.has_magic(path) or is_web(path):
        return {path: None}
    found = _local_matches(path) if files.is_local(path) else store_matches(path)
    if not found:
        raise UsageError(
            f"{pattern} matches no file; check the pattern and the folder it starts in"
        )
    return found


def _local_matches(path: str) -> dict[str, Stamp | None]:
    """The files that a pattern matches; a link that leads nowhere has no stamp."""
    found: dict[str, Stamp | None] = {}
    for name in glob.iglob(path.removeprefix("file://"), recursive=True):
        try:
            found[name] = local_stamp(name)
        except IsADirectoryError:
            continue
        except FileNotFoundError:
            found[name] = None
    return found


def _listed(path: str, source: Source) -> list[str]:
    """The paths in a list file, one a line, gzipped or not.

    Those that begin with `crawl-data/`, as in Common Crawl's lists, start from the
    source's `base`, others from the folder of the list.
    """
    with open_file(path, private=source.private_redirects) as file:
        lines = [line.strip() for line in open_text(file, path)]
    folder = path.rpartition("/")[0]
    paths = [
        source.base.rstrip("/") + "/" + line
        if line.startswith("crawl-data/")
        else _absolute(line, folder)
        for line in lines
        if line and not line.startswith("#")
    ]
    if not paths:
        raise UsageError(f"@{path} lists no path; write one path a line")
    return paths


def _absolute(path: str, base: str) -> str:
    if "://" in path or os.path.isabs(path):
        return path
    return os.path.normpath(os.path.join(base, path)) if "://" not in base else f"{base}/{path}"

"""The files that a recipe's paths stand for: globs, lists, crawl names; and safe names for them."""

import glob
import os

from pipeline import files
from pipeline.errors import UsageError
from pipeline.ingest.archive.codecs import open_text
from pipeline.ingest.common_crawl import crawl_paths
from pipeline.ingest.remote.object_stores import listed
from pipeline.ingest.remote.opening import open_file
from pipeline.recipe import Source


def source_paths(source: Source, base: str) -> list[str]:
    """The paths of a source, each once, sorted. `base` is the folder that relative ones start from.

    Raises UsageError for a pattern that matches nothing and for what cannot be listed.
    """
    if source.crawl:
        return sorted(set(crawl_paths(source)))
    found = {path for pattern in source.paths for path in _expanded(pattern, base, source.base)}
    return sorted(found)


def _expanded(pattern: str, base: str, crawl_base: str) -> list[str]:
    if pattern.startswith("@"):
        return _listed(_absolute(pattern[1:], base), crawl_base)
    path = _absolute(pattern, base)
    if not glob.has_magic(path) or path.startswith(("http://", "https://")):
        return [path]
    if files.is_local(path):
        found = sorted(glob.glob(path.removeprefix("file://"), recursive=True))
        found = [name for name in found if not os.path.isdir(name)]
    else:
        found = listed(path)
    if not found:
        raise UsageError(
            f"{pattern} matches no file; check the pattern and the folder it starts in"
        )
    return found


def _listed(path: str, crawl_base: str) -> list[str]:
    """The paths in a list file, one a line, gzipped or not.

    Those that begin with `crawl-data/`, as in Common Crawl's lists, start from `crawl_base`,
    others from the folder of the list.
    """
    with open_file(path) as file:
        lines = [line.strip() for line in open_text(file, path)]
    folder = path.rpartition("/")[0]
    paths = [
        crawl_base.rstrip("/") + "/" + line
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

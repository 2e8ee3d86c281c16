"""Common Crawl by name: the path list of a crawl."""

import re

from pipeline.errors import UsageError
from pipeline.ingest.archive.codecs import open_text
from pipeline.ingest.remote.opening import open_file
from pipeline.recipe import Source

# Which list of a crawl a format reads.
_LISTS = {"warc": "warc.paths.gz", "wet": "wet.paths.gz", "index": "cc-index-table.paths.gz"}
_SLICE = re.compile(r"(\d*):(\d*)\Z")


def crawl_paths(source: Source) -> list[str]:
    """The paths of a crawl that the source's slice names, as its path list has them.

    Raises UsageError for a crawl that is not there, and a slice that is none or takes nothing.
    """
    if source.format not in _LISTS:
        raise UsageError(
            f"source {source.name}: a crawl has no {source.format} files; "
            "set format to warc, wet or index"
        )
    base = source.base.rstrip("/")
    url = f"{base}/crawl-data/{source.crawl}/{_LISTS[source.format]}"
    with open_file(url, private=source.private_redirects) as file:
        lines = [line.strip() for line in open_text(file, url) if line.strip()]
    if source.format == "index":
        lines = [line for line in lines if "/subset=warc/" in line]
    chosen = lines[_slice(source)]
    if not chosen:
        raise UsageError(
            f"files = {source.files!r} takes none of the {len(lines)} files of {source.crawl}; "
            f'give a slice such as "0:100"'
        )
    return [f"{base}/{line}" for line in chosen]


def _slice(source: Source) -> slice:
    if not source.files:
        return slice(None)
    found = _SLICE.match(source.files)
    if found is None:
        raise UsageError(f'files = {source.files!r} is no slice; write it as in "0:100"')
    start, stop = found.groups()
    return slice(int(start) if start else None, int(stop) if stop else None)

"""Names of archives and of the units that read them: safe for files, the same everywhere."""

import os
import re
from collections import Counter

from pipeline.document import digest

_UNSAFE = re.compile(r"[^A-Za-z0-9._~-]+")
_LIMIT = 160  # characters of a name, so that part files stay below every file system's 255


def archive_name(path: str) -> str:
    """The file's name without folder and query."""
    return (
        path.split("?")[0].rstrip("/").rpartition("/")[2]
        if "://" in path
        else os.path.basename(path)
    )


def unit_names(contents: dict[str, str]) -> dict[str, str]:
    """A file-safe name for every path, given what tells its content from others.

    The archive's name and eight digits of its content: the same in every folder, whatever else is
    read beside it. Only copies of one archive know of each other: they are numbered.
    """
    names: dict[str, str] = {}
    met: Counter[str] = Counter()
    for path, content in sorted(contents.items()):
        plain = _UNSAFE.sub("_", archive_name(path)).lstrip(".")[-_LIMIT:]
        name = f"{plain}~{digest(content)[:8]}"
        met[name] += 1
        names[path] = name if met[name] == 1 else f"{name}~{met[name]}"
    return names

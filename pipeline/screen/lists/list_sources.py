"""Where entries come from: files of lines, packed or not, and UT1's folders and archives.

A folder or archive of UT1 has a folder for each category with files `domains` and `urls`; a few of
its categories are named behind the path: "blacklists.tar.gz#adult,phishing". All 66 are never
meant: they hold banks, shops and the press.
"""

import gzip
import re
import tarfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path, PurePosixPath

from pipeline import files
from pipeline.errors import UsageError
from pipeline.screen.lists.compiled import MAGIC, PAGES, Listed
from pipeline.screen.lists.entries import Kind, read_line

BUILTIN = Path(__file__).parents[3] / "blocklists" / "builtin"
_OF_RULES = ("[Adblock", "[uBlock", "||", "@@||")  # how lines of lists of rules begin
_HIDES = re.compile(r"[\w.,~-]*##[.#\w\[]")
_FILES = ("domains", "urls")  # of a category
_MOST_UNKNOWN = 100  # one line in so many may be of no known form
_EXAMPLES = 3


@dataclass
class Understood:
    """What the lines of a list were."""

    kinds: Counter[Kind] = field(default_factory=Counter)
    has_rules: bool = False  # whether it is a list of rules for browsers
    _first: dict[Kind, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, kind: Kind, line: str) -> None:
        self.kinds[kind] += 1
        if not self.has_rules and (kind is Kind.RULE or line.startswith(_OF_RULES)):
            self.has_rules = line.startswith(_OF_RULES) or bool(_HIDES.match(line))
        if kind in (Kind.UNKNOWN, Kind.RULE) and len(self._first[kind]) < _EXAMPLES:
            self._first[kind].append(line.strip())

    def examples(self) -> list[str]:
        """The first lines of no known form."""
        rules = [] if self.has_rules else self._first[Kind.RULE]
        return (self._first[Kind.UNKNOWN] + rules)[:_EXAMPLES]


def entries(
    source: str, understood: Understood, is_allowed: bool = False, name: str = ""
) -> Iterator[tuple[str, Listed]]:
    """Keys of a source with where they stand, under its name; `understood` counts its lines.

    Raises UsageError for a source that is not there, is no text, has other categories than those
    that are named, blocks nothing, or more than a hundredth of whose lines are of no known form.
    """
    path, _, chosen = (builtin() if source == "builtin" else source).partition("#")
    name = name or list_name(source)
    for category, lines in _categories(path, tuple(filter(None, chosen.split(",")))):
        for text in lines:
            line = read_line(text)
            understood.add(line.kind, text)
            listed = Listed(name, category, is_allowed or line.is_allowed)
            for key in line.keys:
                yield key, listed
                if line.kind is Kind.PAGES:
                    yield re.split("[/?]", key, maxsplit=1)[0], PAGES
    _check(source, understood)


def builtin() -> str:
    """The shipped list, with all of its categories."""
    return f"{BUILTIN}#{','.join(sorted(folder.name for folder in BUILTIN.iterdir()))}"


def list_name(source: str, depth: int = 1) -> str:
    """What a list is called: the end of its path."""
    return "/".join(PurePosixPath(source.partition("#")[0].rstrip("/")).parts[-depth:])


def names_of(sources: Sequence[str]) -> list[str]:
    """Names of lists: of those that end alike the folder too."""
    short = [list_name(source) for source in sources]
    return [
        name if short.count(name) == 1 else list_name(source, 2)
        for name, source in zip(short, sources, strict=True)
    ]


def _check(source: str, understood: Understood) -> None:
    """Rules are understood in a list of rules alone."""
    kinds = understood.kinds
    unknown = kinds[Kind.UNKNOWN] + (0 if understood.has_rules else kinds[Kind.RULE])
    meant = sum(kinds.values()) - kinds[Kind.NOTHING]
    if _MOST_UNKNOWN * unknown > meant:
        examples = ", ".join(map(repr, understood.examples()))
        raise UsageError(
            f"{unknown} of {meant} lines of {source!r} are no entry of a known form ({examples}); "
            "mend them or leave the list out"
        )
    if meant and not kinds[Kind.SITE] + kinds[Kind.PAGES]:
        raise UsageError(f"{source!r} names no site or address; leave the list out")


def _categories(path: str, chosen: tuple[str, ...]) -> Iterator[tuple[str, Iterable[str]]]:
    """Categories with their lines; a plain file is one of no name."""
    if is_compiled(path):
        raise UsageError(f"{path!r} is compiled already; give the lists that it was built from")
    if files.is_folder(path):
        yield from _of_folder(path, _named(path, chosen))
    elif not files.exists(path):
        raise UsageError(
            f"list {path!r} is not there; give a file, a folder of categories, or 'builtin'"
        )
    elif path.endswith((".tar.gz", ".tgz", ".tar")):
        yield from _of_archive(path, _named(path, chosen))
    elif chosen:
        raise UsageError(f"list {path!r} has no categories; leave out '#{','.join(chosen)}'")
    else:
        yield "", _lines(path, files.read_bytes(path))


def is_compiled(path: str) -> bool:
    """Whether a list is a compiled file."""
    if not files.exists(path) or files.is_folder(path):
        return False
    with files.open_read(path) as file:
        return bool(file.read(len(MAGIC)) == MAGIC)


def _named(path: str, chosen: tuple[str, ...]) -> tuple[str, ...]:
    if not chosen:
        raise UsageError(f"{path!r} has many categories; name those you mean: '{path}#adult,...'")
    return chosen


def _of_folder(path: str, chosen: tuple[str, ...]) -> Iterator[tuple[str, Iterable[str]]]:
    for category in chosen:
        found = [files.join(path, category, name) for name in _FILES]
        there = [one for one in found if files.exists(one)]
        if not there:
            raise UsageError(f"{path!r} has no category {category!r}; see the folder's names")
        for one in there:
            yield category, _lines(one, files.read_bytes(one))


def _of_archive(path: str, chosen: tuple[str, ...]) -> Iterator[tuple[str, Iterable[str]]]:
    seen = set()
    try:
        with tarfile.open(fileobj=BytesIO(files.read_bytes(path))) as archive:
            for member in archive:
                parts = PurePosixPath(member.name).parts
                if len(parts) > 1 and parts[-1] in _FILES and parts[-2] in chosen:
                    file = archive.extractfile(member)
                    if file is not None:
                        seen.add(parts[-2])
                        yield parts[-2], _lines(member.name, file.read())
    except (tarfile.TarError, OSError, EOFError) as error:
        raise UsageError(f"list {path!r} cannot be unpacked ({error}); fetch it again") from None
    if missing := sorted(set(chosen) - seen):
        raise UsageError(f"{path!r} has no category {missing[0]!r}; see what it holds with tar -t")


def _lines(name: str, data: bytes) -> list[str]:
    try:
        plain = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    except (OSError, EOFError, zlib.error):
        raise UsageError(f"list {name!r} is cut short or no text; fetch it again") from None
    try:
        return plain.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        return plain.decode("latin-1").split("\n")  # UT1's older lists

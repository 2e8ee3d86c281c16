"""The architecture as one table: every module is in one room, and a room imports what it may.

Rooms are told by path, and no two import each other. Wings of a stage stand on its ground: files
that import nothing of the stage but each other.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from graphlib import CycleError, TopologicalSorter

STAGES = ("ingest", "extract", "screen", "dedup", "quality", "classify", "mix", "tokenize")
# Rooms inside a stage, lower ones first: each imports those before it. Last comes the stage itself.
WINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "ingest": {
        "ground": ("reasons.py", "unit_names.py"),
        "archive": ("archive/*.py",),
        "remote": ("remote/*.py",),
        "charset": ("charset/*.py",),
        "texts": ("texts/*.py",),
        "wikipedia": ("wikipedia/*.py",),
        "planning": ("planning/*.py",),
    },
    "extract": {
        "ground": ("raw_text.py",),
        "formulas": ("formulas/*.py",),
        "listings": ("listings/*.py",),
        "page": ("page/*.py",),
        "judge": ("judge/*.py",),
    },
    "screen": {
        "ground": ("routable.py",),
        "personal": ("personal/*.py",),
        "lists": ("lists/*.py",),
    },
    "dedup": {
        "ground": ("rows.py", "packed_keys.py", "keyed_rows.py", "survivor_order.py"),
        "lines": ("lines/*.py",),
        "near": ("near/*.py",),
    },
    "quality": {
        "counts": ("counts/*.py",),
        "ground": (
            *("lines.py", "outliers.py", "prose.py"),
            *("statistics.py", "statistics_record.py", "stop_words.py"),
        ),
        "reading": ("reading/*.py",),
        "signals": ("signals/*.py",),
    },
    "mix": {
        "shares": ("shares/*.py",),
        "experiment": ("experiment/*.py",),
    },
    "tokenize": {
        "manifest": ("dataset_files.py", "manifest.py"),
        "encode": ("encode.py", "fast_encoding.py", "tokenizer_files.py", "train.py"),
    },
}
BEAM, TORCH = "apache_beam", "torch"
UNSEEN = "a module by a name that is not written out"
BY_NAME = "gristmill/__init__.py"  # its table of names is held by a test of its own


@dataclass(frozen=True)
class Room:
    """Files by pattern, the rooms that they may import besides their own, and guarded libraries."""

    files: tuple[str, ...]
    imports: frozenset[str] = frozenset()
    libraries: frozenset[str] = frozenset()


BASE = ("records", "files")
LEAVES = frozenset({*BASE, "leaves", "language", "tags"})


def _leaves(names: str, *below: str) -> Room:
    return Room(tuple(f"pipeline/{name}.py" for name in names.split()), frozenset(below))


def _rooms() -> dict[str, Room]:
    leaves = LEAVES
    rooms = {
        "records": _leaves("document errors policy processes secrets terminal"),
        "files": Room(("pipeline/files/*.py",), frozenset({"records"})),
        "leaves": _leaves(
            "__init__ arrow keys/* recipe recipe_file recipe_types text urls",
            "records",
            "files",
            "language",
        ),
        "language": Room(("pipeline/language/*.py",)),
        "tags": Room(("pipeline/tags/*.py",)),
        "frame": Room(("pipeline/frame/*.py", "pipeline/frame/integrity/*.py"), leaves),
    }
    for stage in STAGES:
        rooms |= _stage_rooms(stage)
    pure = frozenset(name for name in rooms if name != "frame")
    rooms["classifiers"] = Room(("classifiers/*.py", "classifiers/*/*.py"), pure)
    below = pure | {"frame", "classifiers"}
    wiring = {f"{stage}/transform" for stage in STAGES}
    for stage in STAGES:
        own = {name for name in pure if name.split("/")[0] == stage}
        imports = leaves | own | {"frame", "classifiers"}
        rooms[f"{stage}/transform"] = Room((f"pipeline/{stage}/transform.py",), imports)
    engines = ("pipeline/frame/engines/*.py",)
    rooms["engine"] = Room(engines, leaves | {"frame"}, frozenset({BEAM}))
    runs = ("pipeline/frame/run.py", "pipeline/frame/job_run.py")
    rooms["run"] = Room(runs, leaves | {"frame", "engine"})
    rooms["jobs"] = Room(("pipeline/jobs/*.py",), below | wiring | {"run"})
    rooms["report"] = Room(("pipeline/report/*.py",), leaves)
    reading = frozenset({"records", "files", "tokenize/manifest"})
    rooms["loader"] = Room(("pipeline/loader/*.py", "pipeline/loader/samples/*.py"), reading)
    rooms["torch"] = Room(("pipeline/loader/batches.py",), reading | {"loader"}, frozenset({TORCH}))
    rooms["sample"] = Room(("pipeline/sample/*.py",), frozenset({"records"}))
    answers = below | wiring | {"engine", "run", "jobs", "report", "loader", "sample"}
    rooms["commands"] = Room(
        tuple(
            f"pipeline/commands/{wing}*.py"
            for wing in ("", "show/", "models/", "mixtures/", "ablations/")
        ),
        answers,
    )
    rooms["cli"] = Room(("pipeline/cli.py",), answers | {"commands"})
    shown = leaves | {"commands", "cli", "loader", "torch", "tokenize/encode"}
    rooms["face"] = Room(("gristmill/*.py",), shown)
    return rooms


def _stage_rooms(stage: str) -> dict[str, Room]:
    """The pure rooms of a stage, each on those before it."""
    rooms: dict[str, Room] = {}
    for wing, patterns in WINGS.get(stage, {}).items():
        files = tuple(f"pipeline/{stage}/{pattern}" for pattern in patterns)
        rooms[f"{stage}/{wing}"] = Room(files, LEAVES | frozenset(rooms))
    rooms[stage] = Room((f"pipeline/{stage}/*.py",), LEAVES | frozenset(rooms))
    return rooms


ROOMS = _rooms()


@cache
def room_of(path: str) -> str:
    """The room of a file; a pattern without a star, or of a wing, wins over that of a folder."""
    found = [
        (pattern.count("/"), "*" not in pattern, name)
        for name, room in ROOMS.items()
        for pattern in room.files
        if fnmatch(path, pattern)
    ]
    deep = path.count("/")
    exact = [(fixed, name) for depth, fixed, name in found if depth == deep or name == "sample"]
    return max(exact)[1] if exact else ""


def module_name(path: str) -> str:
    """`pipeline.text` of pipeline/text.py, `pipeline.mix` of pipeline/mix/__init__.py."""
    return path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")


@cache
def imported(source: str) -> tuple[str, ...]:
    """All that a source imports, wherever in it, "." in front of what is relative."""
    return tuple(_imported(ast.parse(source)))


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = "." * node.level + (node.module or "")
            yield from (f"{start}.{alias.name}" for alias in node.names)
            if start == "importlib" and any(alias.asname for alias in node.names):
                yield UNSEEN
        elif isinstance(node, ast.Call) and _imports_by_name(node):
            given = [*node.args[:1], *(keyword.value for keyword in node.keywords)][:1]
            name = getattr(given[0], "value", None) if given else None
            yield name if isinstance(name, str) else UNSEEN


def _imports_by_name(call: ast.Call) -> bool:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    return name in ("import_module", "__import__")


def edges(sources: Mapping[str, str]) -> dict[str, set[str]]:
    """The files that each file imports, of those in `sources`."""
    paths = {module_name(path): path for path in sources}
    return {path: _ours(path, source, paths) for path, source in sources.items()}


def _ours(path: str, source: str, paths: Mapping[str, str]) -> set[str]:
    names = (name if name in paths else name.rpartition(".")[0] for name in imported(source))
    return {paths[name] for name in names if name in paths} - {path}


def faults(sources: Mapping[str, str]) -> list[str]:
    """What stands in no room or imports what it may not, each in a sentence; cycles last."""
    paths = {module_name(path): path for path in sources}
    found = [each for path in sources for each in file_faults(path, sources[path], paths)]
    return found + _cycles(edges(sources))


def file_faults(path: str, source: str, paths: Mapping[str, str]) -> Iterator[str]:
    """The faults of one file among others, which `paths` has by the names of their modules."""
    name = room_of(path)
    if not name:
        yield f"{path} is in no room"
    room = ROOMS.get(name, Room(()))
    for other in sorted(_ours(path, source, paths)):
        if room_of(other) != name and room_of(other) not in room.imports:
            yield f"{path} ({name}) imports {other} ({room_of(other)})"
    yield from _library_faults(path, source, room)


def _library_faults(path: str, source: str, room: Room) -> Iterator[str]:
    for name in imported(source):
        top = name.split(".")[0]
        if name.startswith("."):
            yield f"{path} imports {name}, which is relative"
        if name in ("pipeline", "runpy") or (name == UNSEEN and path != BY_NAME):
            yield f"{path} imports {name}, so that nobody sees what"
        if top in (BEAM, TORCH) and top not in room.libraries:
            yield f"{path} ({room_of(path)}) imports {top}"


def _cycles(graph: Mapping[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [f"a cycle: {' <- '.join(error.args[1])}"]
    return []

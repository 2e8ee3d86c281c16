"""Who may import whom: the architecture, checked, and the check itself, on planted edges."""

from collections import Counter
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from rooms import BEAM, ROOMS, TORCH, edges, faults, file_faults, imported, module_name, room_of

ROOT = Path(__file__).parents[1]
PACKAGES = ("gristmill", "pipeline", "classifiers")
SOURCES = {
    str(path.relative_to(ROOT)): path.read_text("utf-8")
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
}
PATHS = {module_name(path): path for path in SOURCES}
MEMBERS = {name: [path for path in SOURCES if room_of(path) == name] for name in ROOMS}


def planted(path: str, line: str) -> list[str]:
    """The faults of `path` in a copy where it has one more line."""
    return list(file_faults(path, f"{SOURCES[path]}\n{line}\n", PATHS))


def test_nobody_imports_what_it_may_not() -> None:
    assert faults(SOURCES) == []


def test_every_room_has_members_and_every_module_a_room() -> None:
    assert [name for name, members in MEMBERS.items() if not members] == []
    assert sum(map(len, MEMBERS.values())) == len(SOURCES)


def test_rooms_stand_on_each_other_and_never_in_a_circle() -> None:
    order = TopologicalSorter({name: room.imports for name, room in ROOMS.items()}).static_order()
    assert set(order) == set(ROOMS)


def forbidden() -> Iterator[tuple[str, str]]:
    for name, room in ROOMS.items():
        yield from ((name, other) for other in ROOMS if other not in {name, *room.imports})


def test_there_are_edges_to_forbid() -> None:
    assert len(list(forbidden())) > 400


@pytest.mark.parametrize("name", ROOMS)
def test_every_forbidden_edge_between_rooms_is_found(name: str) -> None:
    path = MEMBERS[name][-1]
    for other in (to for start, to in forbidden() if start == name):
        module = module_name(MEMBERS[other][-1])
        found = planted(path, f"import {module}")
        assert f"{path} ({name}) imports {MEMBERS[other][-1]} ({other})" in found


LATER = "pipeline/text.py", "pipeline/frame/run.py"


@pytest.mark.parametrize(
    "line",
    [
        "import pipeline.frame.run",
        "import pipeline.frame.run as at_work",
        "from pipeline.frame.run import Job",
        "from pipeline.frame import run",
        "from pipeline.frame import parts, run",
        "def late():\n    from pipeline.frame.run import Job",
        "if TYPE_CHECKING:\n    from pipeline.frame.run import Job",
        "importlib.import_module('pipeline.frame.run')",
        "__import__('pipeline.frame.run')",
        "importlib.import_module(name='pipeline.frame.run')",
    ],
)
def test_an_edge_is_found_however_it_is_written(line: str) -> None:
    path, other = LATER
    assert f"{path} (leaves) imports {other} (run)" in planted(path, line)


@pytest.mark.parametrize(
    "line",
    [
        "import pipeline",
        "import pipeline as ours",
        "import runpy",
        "import_module(name)",
        "from importlib import import_module as load",
        "importlib.import_module(name='pipeline.' + name)",
        "__import__(f'pipeline.{name}')",
    ],
)
def test_imports_that_hide_what_they_import_are_refused(line: str) -> None:
    assert any("nobody sees what" in fault for fault in planted("pipeline/text.py", line))


@pytest.mark.parametrize("line", ["from . import text", "from ..frame.run import Job"])
def test_relative_imports_are_refused(line: str) -> None:
    path = "pipeline/mix/shares/weights.py"
    assert any("which is relative" in fault for fault in planted(path, line))


@pytest.mark.parametrize("library", [BEAM, TORCH])
@pytest.mark.parametrize("name", ROOMS)
def test_guarded_libraries_are_found_outside_their_rooms(name: str, library: str) -> None:
    path = MEMBERS[name][-1]
    found = f"{path} ({name}) imports {library}" in planted(path, f"import {library}.x as x")
    assert found == (library not in ROOMS[name].libraries)


@pytest.mark.parametrize("name", [name for name, members in MEMBERS.items() if len(members) > 1])
def test_a_cycle_within_a_room_is_found(name: str) -> None:
    inside = {path: edges(SOURCES)[path] & set(MEMBERS[name]) for path in MEMBERS[name]}
    pairs = [(path, other) for path, others in inside.items() for other in sorted(others)]
    for path, other in pairs[:1] or [(MEMBERS[name][0], MEMBERS[name][1])]:
        both = {
            path: f"{SOURCES[path]}\nimport {module_name(other)}\n",
            other: f"{SOURCES[other]}\nimport {module_name(path)}\n",
        }
        assert any(fault.startswith("a cycle: ") for fault in faults({**SOURCES, **both}))


def test_a_module_in_no_room_is_found() -> None:
    assert "pipeline/stray.py is in no room" in faults({**SOURCES, "pipeline/stray.py": ""})
    assert "pipeline/new/one.py is in no room" in faults({**SOURCES, "pipeline/new/one.py": ""})


def test_a_leaf_that_is_named_like_one_elsewhere_is_no_leaf() -> None:
    """Rooms are told by path, not by the name of a file."""
    assert room_of("pipeline/mix/text.py") == "mix"
    assert room_of("pipeline/commands/recipe.py") == "commands"


def test_imports_of_all_sources_were_read() -> None:
    assert sum(len(imported(source)) for source in SOURCES.values()) > 1_000


def test_pipeline_itself_holds_few_modules() -> None:
    assert len([path for path in SOURCES if Path(path).parent == Path("pipeline")]) <= 14


def test_no_folder_is_crowded() -> None:
    counts = Counter(str(Path(path).parent) for path in SOURCES)
    del counts["pipeline/sample"]
    assert {folder: count for folder, count in counts.items() if count > 16} == {}


def test_no_file_is_long() -> None:
    assert [path for path, text in SOURCES.items() if len(text.splitlines()) > 250] == []


def test_a_file_name_stands_in_one_folder() -> None:
    """But for those that mean the same in each."""
    names = Counter(Path(path).name for path in SOURCES)
    twice = {name for name, count in names.items() if count > 1}
    assert twice == {"__init__.py", "transform.py"}

"""Who may import whom: the architecture, checked."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LEAVES = {
    "document",
    "errors",
    "text",
    "urls",
    "language",
    "files",
    "policy",
    "recipe",
    "recipe_file",
    "rows",
    "parts",
}
STAGES = {"ingest", "extract", "screen", "dedup", "quality", "classify", "mix", "tokenize"}
FRAME = {"routing", "jobs", "run", "cli", "commands", "engine", "workers", "progress", "report"}
MODULES = sorted(
    path.relative_to(ROOT)
    for folder in ("pipeline", "classifiers")
    for path in (ROOT / folder).rglob("*.py")
)


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def parts_of(name: str) -> list[str]:
    return name.split(".")


def ours(path: Path) -> set[str]:
    """Second names of what a module imports from `pipeline`: {"text", "quality", ...}."""
    names = (parts_of(name) for name in imported(path))
    return {parts[1] for parts in names if parts[0] == "pipeline" and len(parts) > 1}


def is_wiring(path: Path) -> bool:
    return path.name == "transform.py" or path.stem in FRAME or "commands" in path.parts


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_beam_is_imported_only_by_wiring(path: Path) -> None:
    if not is_wiring(path):
        assert not any(parts_of(name)[0] == "apache_beam" for name in imported(path))


@pytest.mark.parametrize("path", [p for p in MODULES if p.name == "transform.py"], ids=str)
def test_wiring_knows_leaves_its_frame_and_stages_only(path: Path) -> None:
    assert ours(path) <= LEAVES | STAGES | {"routing"}


@pytest.mark.parametrize(
    "path", [p for p in MODULES if set(p.parts) & STAGES and not is_wiring(p)], ids=str
)
def test_stage_logic_knows_only_leaves_and_its_own_stage(path: Path) -> None:
    assert ours(path) <= LEAVES | {path.parts[1]}


@pytest.mark.parametrize("path", [p for p in MODULES if p.stem in LEAVES], ids=str)
def test_leaves_know_only_leaves(path: Path) -> None:
    assert ours(path) <= LEAVES


@pytest.mark.parametrize("path", [p for p in MODULES if "loader" in p.parts], ids=str)
def test_loader_needs_neither_beam_nor_torch_but_in_batches(path: Path) -> None:
    assert ours(path) <= {"loader", "tokenize", "errors", "files", "document"}
    tops = {parts_of(name)[0] for name in imported(path)}
    assert "torch" not in tops or path.name == "batches.py"


@pytest.mark.parametrize("path", [p for p in MODULES if p.parts[0] == "classifiers"], ids=str)
def test_classifiers_know_leaves_and_pure_stages(path: Path) -> None:
    assert ours(path) <= LEAVES | STAGES
    assert not any(name.endswith(".transform") for name in imported(path))


@pytest.mark.parametrize("path", [p for p in MODULES if "report" in p.parts], ids=str)
def test_report_reads_artefacts_only(path: Path) -> None:
    assert ours(path) <= {"report", "files", "errors", "parts", "document"}

"""The public face: its names, what importing it costs, and what another's module does to it."""

import ast
import subprocess
import sys
from importlib import import_module
from importlib.metadata import entry_points
from inspect import signature
from pathlib import Path

import pytest

import gristmill
from gristmill.__main__ import program
from pipeline import cli
from pipeline.errors import UsageError
from pipeline.frame.engines.engine import LITTLE_BYTES

SENTENCE = "{!r} hides gristmill's own package {!r}; rename it, or run from another folder"
HIDING = {
    "pipeline.py": "pipeline",
    "pipeline/__init__.py": "pipeline",
    "classifiers.py": "classifiers",
}


def python(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs Python in a process and folder of its own."""
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def imported_for_types() -> dict[str, str]:
    """Name to module of the imports that only type checkers see."""
    tree = ast.parse(Path(gristmill.__file__).read_text())
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    assert ast.unparse(block.test) == "TYPE_CHECKING"
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    return {alias.name: node.module or "" for node in imports for alias in node.names}


@pytest.mark.parametrize("name", gristmill.__all__)
def test_every_name_is_the_object_of_its_home_module(name: str) -> None:
    value = getattr(gristmill, name)
    assert value is getattr(import_module(value.__module__), name)
    assert value.__module__ == gristmill._HOMES[name]


def test_names_and_homes_are_told_alike_everywhere() -> None:
    assert imported_for_types() == gristmill._HOMES
    assert sorted(gristmill._HOMES) == gristmill.__all__ == dir(gristmill)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'gristmill' has no attribute 'grind'"):
        _ = gristmill.grind


def test_import_of_the_face_imports_nothing_else_of_ours(tmp_path: Path) -> None:
    names = "{name.partition('.')[0] for name in sys.modules}"
    done = python("-c", f"import sys, gristmill; print(*{names})", folder=tmp_path)
    assert "gristmill" in done.stdout.split()
    assert not {"apache_beam", "numpy", "pipeline", "classifiers"} & set(done.stdout.split())


SCRIPT = """
import gristmill
try:
    gristmill.run
except ImportError as error:
    print(error)
"""
USE = """
import gristmill

for name in gristmill.__all__:
    getattr(gristmill, name)
for call in (gristmill.status, gristmill.open_dataset, lambda out: gristmill.explain(out, "x")):
    try:
        call("nowhere")
    except Exception as error:
        print(error)
"""


def test_use_of_names_brings_no_warning_of_a_library(tmp_path: Path) -> None:
    done = python("-W", "default", "-c", USE, folder=tmp_path)
    assert done.stdout.count("'nowhere' holds no run") == 3
    assert done.stderr == ""


def hide(folder: Path, name: str) -> str:
    """Writes a module `name`, which hides one of ours; gives the sentence that tells of it."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("run = None\n")
    return SENTENCE.format(str(path if path.parent == folder else path.parent), HIDING[name])


@pytest.mark.parametrize("name", HIDING)
def test_module_that_hides_ours_from_a_script_is_named(name: str, tmp_path: Path) -> None:
    sentence = hide(tmp_path, name)
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    done = python(script, folder=Path("/"))
    assert (done.stdout, done.stderr) == (f"{sentence}\n", "")


@pytest.mark.parametrize("name", HIDING)
def test_module_that_hides_ours_ends_the_command_in_one_sentence(name: str, tmp_path: Path) -> None:
    sentence = hide(tmp_path, name)
    done = python("-m", "gristmill", "--help", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"gristmill: {sentence}\n"


def test_folder_of_data_with_our_name_hides_nothing(tmp_path: Path) -> None:
    for name in set(HIDING.values()):
        (tmp_path / name).mkdir()
    done = python("-c", "import gristmill; print(gristmill.Recipe.__name__)", folder=tmp_path)
    assert (done.stdout, done.stderr) == ("Recipe\n", "")


def test_module_is_run_as_the_command_is(tmp_path: Path) -> None:
    assert entry_points(group="console_scripts")["gristmill"].load() is program
    done = python("-m", "gristmill", "--help", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Web archives in, training tokens out." in done.stdout


def test_little_is_as_much_to_the_command_as_in_python() -> None:
    defaults = [
        signature(function).parameters["little_megabytes"].default
        for function in (cli.run, gristmill.run)
    ]
    assert defaults == [LITTLE_BYTES >> 20] * 2


def test_wrong_recipe_is_one_sentence_to_the_command_and_in_python(tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_text('[[sources]]\nname = "crawl"\npaths = ["gone.warc.gz"]\n')
    with pytest.raises(UsageError, match=r"gone\.warc\.gz") as told:
        gristmill.run(recipe, tmp_path / "run")
    done = python("-m", "gristmill", "run", recipe, "--out", tmp_path / "run", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"gristmill: {told.value}\n"
    assert not (tmp_path / "run").exists()

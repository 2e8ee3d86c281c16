"""An edited file that a compiled module still stands for is named before anything runs."""

import os
from pathlib import Path

from gristmill.stale import stale_module


def compiled(folder: Path, seconds: int) -> Path:
    """A module that was compiled so many seconds after its file was written."""
    source = folder / "pipeline" / "page" / "walk.py"
    source.parent.mkdir(parents=True)
    (folder / "hatch_build.py").touch()
    module = source.with_name("walk.cpython-311-x86_64-linux-gnu.so")
    for path, written in ((source, 1_000), (module, 1_000 + seconds)):
        path.touch()
        os.utime(path, (written, written))
    return source


def test_an_edited_file_is_named_with_the_remedy(tmp_path: Path) -> None:
    source = compiled(tmp_path, -1)
    (tmp_path / "0a__mypyc.cpython-311.so").touch()
    sentence = stale_module(tmp_path)
    assert str(source) in sentence
    assert "make fast" in sentence


def test_modules_as_old_as_their_files_are_in_order(tmp_path: Path) -> None:
    compiled(tmp_path, 0)
    (tmp_path / "0a__mypyc.cpython-311.so").touch()
    assert stale_module(tmp_path) == ""


def test_where_nothing_is_compiled_nothing_is_stale(tmp_path: Path) -> None:
    compiled(tmp_path, -1)
    assert stale_module(tmp_path) == ""


def test_an_installed_package_is_left_alone(tmp_path: Path) -> None:
    compiled(tmp_path, -1)
    (tmp_path / "0a__mypyc.cpython-311.so").touch()
    (tmp_path / "hatch_build.py").unlink()
    assert stale_module(tmp_path) == ""

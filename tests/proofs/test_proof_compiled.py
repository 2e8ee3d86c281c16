"""Compiled, the modules where a page costs most give the bytes that they give as Python files."""

import shutil
import subprocess
import sys
from hashlib import blake2b
from pathlib import Path

import pytest
from support_sources import BUILD, compiled_sources, copied_sources

MODULE = "pipeline.extract.page.walk"


def python(folder: Path, *arguments: str) -> str:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def outputs(folder: Path, data: Path) -> dict[str, str]:
    """Every table of a run over the shared crawl, by its digest."""
    recipe, out = folder / "recipe.toml", folder / "out"
    recipe.write_text(f'[[sources]]\nname = "crawl"\npaths = ["{data}/crawl/*.warc.gz"]\n')
    chosen = ("--out", str(out), "--until", "curate", "--workers", "2")
    python(folder, "-m", "gristmill", "run", str(recipe), *chosen)
    tables = sorted(out.rglob("*.parquet"))
    return {str(p.relative_to(out)): blake2b(p.read_bytes()).hexdigest() for p in tables}


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.timeout(600)
@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")
def test_compiled_modules_give_the_same_bytes(tmp_path: Path, data: Path) -> None:
    plain, fast = copied_sources(tmp_path / "plain"), compiled_sources(tmp_path / "fast")
    place = f"import {MODULE} as module; print(module.__file__)"
    assert python(plain, "-c", place).strip().endswith(".py")
    assert python(fast, "-c", place).strip().endswith(".so")
    expected = outputs(plain, data)
    assert len(expected) > 20
    assert outputs(fast, data) == expected


def test_going_back_leaves_no_compiled_module(tmp_path: Path) -> None:
    folder = copied_sources(tmp_path / "sources")
    beside = folder / "pipeline" / "tags" / "limits.cpython-311.so"
    shared = folder / "0a__mypyc.cpython-311.so"
    for path in (beside, shared):
        path.touch()
    python(folder, BUILD, "--remove")
    assert not beside.exists()
    assert not shared.exists()

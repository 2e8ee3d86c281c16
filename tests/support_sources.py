"""A copy of the sources, to be compiled or run apart from the files that others use."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("gristmill", "pipeline", "classifiers", "blocklists")
BUILD = "hatch_build.py"


def copied_sources(folder: Path) -> Path:
    """The sources alone, without what may have been compiled among them."""
    for name in PACKAGES:
        others = shutil.ignore_patterns("*.so", "__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=others)
    for name in (BUILD, "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    return folder


def compiled_sources(folder: Path) -> Path:
    """The same with compiled modules."""
    copied_sources(folder)
    subprocess.run([sys.executable, BUILD], cwd=folder, check=True, capture_output=True)
    return folder

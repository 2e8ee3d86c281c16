"""Compiles the modules where a page costs most, with mypyc: `make fast`, or a wheel that is built
with HATCH_BUILD_HOOK_ENABLE_CUSTOM=1.

The same Python files run where there is no C compiler, and give the same bytes (`tests/proofs/
test_proof_compiled.py`). A compiled module lies beside its file and is imported in its place, so
whoever changes the file builds again, or goes back with --remove.
"""

import shutil
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
FOLDERS = (
    "pipeline/extract",
    "pipeline/tags",
    "pipeline/quality/counts",
    "pipeline/quality/reading",
    "pipeline/dedup/lines",
)
FILES = tuple(
    f"pipeline/quality/{name}.py"
    for name in ("families", "judge", "lines", "outliers", "prose", "rules", "statistics")
)
# Beam pickles what is wired, others are run once a page at most.
INTERPRETED = frozenset(("__init__.py", "transform.py", "explain.py", "others.py"))
SHARED = "*__mypyc.*.so"  # what the modules have in common, at the root


def modules(root: Path = ROOT) -> list[str]:
    """The files to compile, by their paths below `root`, sorted."""
    found = (path for folder in FOLDERS for path in (root / folder).rglob("*.py"))
    chosen = (str(path.relative_to(root)) for path in found if path.name not in INTERPRETED)
    return sorted([*chosen, *FILES])


def compiled(root: Path = ROOT) -> list[Path]:
    """The compiled files that are there."""
    folders = {(root / name).parent for name in modules(root)}
    beside = (path for folder in folders for path in folder.glob("*.so"))
    return sorted([*beside, *root.glob(SHARED)])


def remove(root: Path = ROOT) -> None:
    """Goes back to the Python files."""
    for path in compiled(root):
        path.unlink()
    shutil.rmtree(root / "build" / "compiled", ignore_errors=True)


def build(root: Path = ROOT) -> None:
    """Compiles all modules in place; takes a minute or two. The working folder must be `root`."""
    from mypyc.build import mypycify
    from setuptools import Distribution

    remove(root)
    native = mypycify(modules(root), opt_level="2", target_dir="build/compiled")
    command: Any = Distribution({"ext_modules": native}).get_command_obj("build_ext")
    command.inplace = True
    command.build_temp = command.build_lib = "build/compiled"
    command.ensure_finalized()
    command.run()
    print(f"{len(modules(root))} modules are compiled; build again when one has been edited")


class CompiledWheel(BuildHookInterface):  # type: ignore[type-arg]  # any configuration
    """Puts the compiled modules into a wheel, which is then one of this platform."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        build()
        build_data["infer_tag"], build_data["pure_python"] = True, False
        build_data["force_include"].update(
            {str(path): str(path.relative_to(ROOT)) for path in compiled()}
        )

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        remove()


if __name__ == "__main__":
    remove() if "--remove" in sys.argv else build()

"""Whether a module of another's stands before a package of ours; then nothing here can work."""

from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("pipeline", "classifiers")


def hidden_by() -> str:
    """One sentence that names the file to rename; "" where our own packages are found."""
    ours = Path(__file__).resolve().parents[1]
    for package in PACKAGES:
        spec = find_spec(package)
        found = Path((spec.origin if spec else None) or "nowhere")
        if found.resolve() != ours / package / "__init__.py":
            its = found.parent if found.name == "__init__.py" else found
            return (
                f"{str(its)!r} hides gristmill's own package {package!r}; rename it, or run "
                "from another folder"
            )
    return ""

"""Whether another module called `pipeline` stands before ours; then nothing here can work."""

from importlib.util import find_spec
from pathlib import Path


def hidden_by() -> str:
    """One sentence that names the file to rename; "" where our own package is found."""
    spec = find_spec("pipeline")
    found = Path((spec.origin if spec else None) or "nowhere")
    ours = Path(__file__).resolve().parents[1] / "pipeline" / "__init__.py"
    if found.resolve() == ours:
        return ""
    its = found.parent if found.name == "__init__.py" else found
    return f"{its} hides gristmill's own package 'pipeline'; rename it, or run from another folder"

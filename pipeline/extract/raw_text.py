"""The text of elements that hold nothing else."""

from typing import Any


def script_text(node: Any) -> str:
    """The raw text of a `script` or `title` element."""
    child = node.first_child
    return (child.text_content or "") if child is not None else ""

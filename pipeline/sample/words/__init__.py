"""The word lists of the sample, of our own choice, as TOML."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def load(name: str) -> dict[str, Any]:
    """The word list `name` (english, topics, languages, ...)."""
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text("utf-8"))

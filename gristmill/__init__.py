"""gristmill in Python: a run, what became of it, and its tokens.

    import gristmill

    gristmill.run("recipe.toml", "run")
    plan = gristmill.open_dataset("run").plan(seq_len=2048)
    for batch in gristmill.TokenLoader(plan, global_batch=512):
        ...

Names are imported when they are first used, so `import gristmill` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gristmill.hidden import hidden_by

if TYPE_CHECKING:
    from pipeline.commands.from_python import explain, open_dataset, run, status
    from pipeline.errors import CheckError, GristmillError, UsageError
    from pipeline.loader.phases import Phase
    from pipeline.loader.plan import MixPlan
    from pipeline.loader.token_loader import TokenLoader
    from pipeline.recipe import Recipe
    from pipeline.tokenize.encode import load_tokenizer

__all__ = [
    "CheckError",
    "GristmillError",
    "MixPlan",
    "Phase",
    "Recipe",
    "TokenLoader",
    "UsageError",
    "explain",
    "load_tokenizer",
    "open_dataset",
    "run",
    "status",
]

_HOMES = {
    "CheckError": "pipeline.errors",
    "GristmillError": "pipeline.errors",
    "MixPlan": "pipeline.loader.plan",
    "Phase": "pipeline.loader.phases",
    "Recipe": "pipeline.recipe",
    "TokenLoader": "pipeline.loader.token_loader",
    "UsageError": "pipeline.errors",
    "explain": "pipeline.commands.from_python",
    "load_tokenizer": "pipeline.tokenize.encode",
    "open_dataset": "pipeline.commands.from_python",
    "run": "pipeline.commands.from_python",
    "status": "pipeline.commands.from_python",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'gristmill' has no attribute {name!r}")
    if sentence := hidden_by():
        raise ImportError(sentence)
    globals()[name] = found = getattr(import_module(_HOMES[name]), name)
    return found


def __dir__() -> list[str]:
    return __all__

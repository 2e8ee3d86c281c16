"""What the plan.json of a mixture says."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline import files
from pipeline.errors import CheckError, UsageError
from pipeline.loader.phases import Phase
from pipeline.tokenize.dataset_files import read_beside
from pipeline.tokenize.manifest import PLAN, Manifest

VERSION = 1


def read_plan(dataset: str, path: str, manifest: Manifest) -> Any:
    """What a plan.json says; the dataset's own is held against its manifest. Raises UsageError or
    CheckError, one sentence, for what is none.
    """
    if path == files.join(dataset, PLAN):
        data = read_beside(dataset, PLAN, manifest)
    elif files.exists(path):
        data = files.read_bytes(path)
    else:
        raise UsageError(f"no plan at {path!r}; give the path of a plan.json")
    try:
        value = json.loads(data)
        if value["version"] != VERSION:
            raise UsageError(f"{path!r} is no plan of version {VERSION}; write it anew")
        list(phases_of(value))
        int(value["seed"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, UsageError):
            raise
        raise CheckError(f"{path!r} is no plan.json ({error!r}); write it anew") from error
    return value


def phases_of(value: Mapping[str, Any]) -> Iterator[Phase]:
    """The phases of a plan.json that see something."""
    empty = {group for group, row in value["groups"].items() if not row["documents"]}
    for row in value["phases"]:
        weights = {g: w for g, w in row["weights"].items() if w > 0 and g not in empty}
        if weights and row["tokens"] != 0:
            yield Phase(row["name"], row["tokens"], weights, row["max_epochs"])

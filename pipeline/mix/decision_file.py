"""A decision as text, so that what depends on it can be named by it."""

import json
from dataclasses import fields

import numpy as np

from pipeline import files
from pipeline.mix.columns import BINS
from pipeline.mix.decision import Decision
from pipeline.mix.score_buckets import BUCKETS
from pipeline.mix.shares.rehydration import COPIES

_SHAPES = {
    "reserved": (-1, BINS),
    "kept": (-1, 2, BINS),
    "long": (-1,),
    "begin": (-1, BINS),
    "span": (-1, BINS),
    "budgeted": (-1, BUCKETS, len(COPIES)),
    "natural": (-1,),
    "room": (-1,),
    "long_tokens": (-1,),
    "chosen": (-1,),
    "seen": (-1,),
    "rates": (-1, BUCKETS),
}


def decision_text(decision: Decision) -> str:
    """A decision as text, so that what depends on it can be named by it."""
    plain = {
        f.name: value.tolist() if isinstance(value, np.ndarray) else value
        for f, value in ((f, getattr(decision, f.name)) for f in fields(Decision))
    }
    return json.dumps(plain, sort_keys=True)


def read_decision(path: str) -> Decision:
    """The decision whose text is the file at `path`."""
    value = files.read_json(path)
    for name, shape in _SHAPES.items():
        value[name] = np.array(value[name], dtype=np.float64).reshape(shape)
    for name in ("long_from", "counts"):
        value[name] = np.array(value[name], dtype=np.int64)
    value["wanted"] = np.array(value["wanted"], dtype=np.bool_)
    for name in ("names", "notes"):
        value[name] = tuple(value[name])
    return Decision(**value)

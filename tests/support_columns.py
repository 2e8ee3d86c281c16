"""Columns of what is mixed, taken apart as parts take them."""

from dataclasses import fields, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.mix.columns import Mixable


def part(columns: Mixable, rows: NDArray[np.int64]) -> Mixable:
    """The columns of some rows, which know the components of all."""
    names = (field.name for field in fields(Mixable) if field.name != "names")
    return replace(columns, **{name: getattr(columns, name)[rows] for name in names})

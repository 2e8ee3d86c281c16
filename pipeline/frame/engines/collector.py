"""How often Python looks for cycles: a run makes millions of small objects and next to no cycles.

By default it looks each time when some hundred objects more are alive, and through all that imports
have made every hundredth time: a tenth of a run's CPU, for nothing that counts of references would
not have freed.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_THRESHOLDS = 20_000, 20, 20  # objects; collections of the generation before


@contextmanager
def rare_collections() -> Iterator[None]:
    """Looks for cycles rarely within the block, and never through what is there before it."""
    before, frozen = gc.get_threshold(), gc.get_freeze_count() > 0
    if not frozen:  # else another has said what is to stay
        gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        if not frozen:
            gc.unfreeze()

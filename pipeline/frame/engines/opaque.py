"""The coder of what passes from one of our functions to the next: pickled where it travels at all.

Beam asks for the size of the first ten elements behind every step of a bundle, and pickles them to
know: of batches of pages that takes a twentieth of a run. What remote runners show of sizes
is less useful for it, as they are 0.
"""

import pickle
from typing import Any

from apache_beam import coders
from apache_beam.coders import coder_impl


class Opaque:
    """The type hint of elements whose size nobody needs."""


class _Unmeasured(coder_impl.CallbackCoderImpl):  # type: ignore[misc]
    def get_estimated_size_and_observables(
        self, _value: Any, nested: bool = False
    ) -> tuple[int, list[Any]]:
        return 0, []


class OpaqueCoder(coders.PickleCoder):  # type: ignore[misc]
    """Pickles as Beam's own coder does."""

    def _create_impl(self) -> _Unmeasured:
        return _Unmeasured(_dumps, pickle.loads)  # what a worker of ours has sent

    def to_type_hint(self) -> type:
        return Opaque


def _dumps(value: Any) -> bytes:
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


coders.registry.register_coder(Opaque, OpaqueCoder)

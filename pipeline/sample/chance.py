"""Keyed choice: an endless, reproducible stream of decisions for every name that asks for one."""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from itertools import count
from struct import Struct
from typing import TypeVar

T = TypeVar("T")

_BLOCK = Struct("<8Q")  # one BLAKE2b-512 digest as eight numbers


def _numbers(key: bytes) -> Iterator[int]:
    for counter in count():
        block = blake2b(counter.to_bytes(8, "little"), key=key, digest_size=64)
        yield from _BLOCK.unpack(block.digest())


class Chance:
    """A stream of decisions that depends on its key alone, so no page depends on another page."""

    def __init__(self, *key: str | int) -> None:
        self._numbers = _numbers(blake2b("\x1f".join(map(str, key)).encode()).digest())

    def below(self, bound: int) -> int:
        """A whole number in [0, bound); the bias of 64 bits is below 1e-15 for our small bounds."""
        return next(self._numbers) % bound

    def between(self, low: int, high: int) -> int:
        """A whole number in [low, high]."""
        return low + self.below(high - low + 1)

    def unit(self) -> float:
        """A number in [0, 1)."""
        return next(self._numbers) / 2**64

    def happens(self, probability: float) -> bool:
        return self.unit() < probability

    def pick(self, items: Sequence[T]) -> T:
        return items[self.below(len(items))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """All of `items` in a new order (Fisher and Yates)."""
        out = list(items)
        for i in range(len(out) - 1, 0, -1):
            j = self.below(i + 1)
            out[i], out[j] = out[j], out[i]
        return out

    def sample(self, items: Sequence[T], size: int) -> list[T]:
        """Up to `size` different items."""
        return self.shuffled(items)[:size]

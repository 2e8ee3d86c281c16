"""What a gate keeps of each kind of page: a kind that hardly passes is a bias, and is said."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

COMMON = 0.01  # of all characters: rarer kinds are not looked at
LEAST = 0.2  # of the mean rate, below which a kind is told
MOST_TOLD = 5  # values of a property
_SHORT, _LONG = 1_000, 5_000  # characters
_CAME, _PASSED = "apart:came:", "apart:passed:"


class Kept(NamedTuple):
    """Characters that come to a gate, and those that pass."""

    came: float = 0.0
    passed: float = 0.0

    @property
    def rate(self) -> float:
        return self.passed / self.came if self.came else 0.0


def length_kind(characters: int) -> str:
    """A text's length as one of three."""
    return "short" if characters < _SHORT else "long" if characters >= _LONG else "middle"


def keep_rates(
    rows: Iterable[tuple[Mapping[str, str], int, float]],
) -> dict[str, dict[str, Kept]]:
    """By property and its value what comes and what passes. A row is a page's properties, its
    characters and its chance to pass.
    """
    found: dict[str, dict[str, Kept]] = defaultdict(lambda: defaultdict(Kept))
    for properties, characters, chance in rows:
        for name, value in properties.items():
            came, passed = found[name][value]
            found[name][value] = Kept(came + characters, passed + characters * chance)
    return {name: dict(values) for name, values in found.items()}


def rate_counts(found: Mapping[str, Mapping[str, Kept]]) -> dict[str, int]:
    """Whole numbers of characters by name, which sum up over parts."""
    counts = {}
    for name, values in found.items():
        for value, one in values.items():
            counts[f"{_CAME}{name}:{value}"] = round(one.came)
            counts[f"{_PASSED}{name}:{value}"] = round(one.passed)
    return counts


def counted_rates(counts: Mapping[str, int]) -> dict[str, dict[str, Kept]]:
    """What sums of `rate_counts` tell; other counts may stand among them."""
    found: dict[str, dict[str, Kept]] = defaultdict(dict)
    for key, came in counts.items():
        if key.startswith(_CAME):
            name, _, value = key.removeprefix(_CAME).partition(":")
            found[name][value] = Kept(came, counts[f"{_PASSED}{name}:{value}"])
    return dict(found)


def alarms(rates: Mapping[str, Mapping[str, Kept]]) -> list[str]:
    """The common kinds of which less than a fifth of the mean share passes; of a property those
    with most characters.
    """
    told = []
    for name, values in sorted(rates.items()):
        came = sum(one.came for one in values.values())
        mean = sum(one.passed for one in values.values()) / max(came, 1e-300)
        low = [
            (-one.came, value, one.rate)
            for value, one in values.items()
            if one.came >= COMMON * came and one.rate < LEAST * mean
        ]
        told += [
            f"of {name} {value or 'unknown'!r} {rate:.3f} of the characters pass, of all {mean:.3f}"
            for _, value, rate in sorted(low)[:MOST_TOLD]
        ]
        if len(low) > MOST_TOLD:
            told.append(f"of {name} {len(low) - MOST_TOLD} more hardly pass")
    return told

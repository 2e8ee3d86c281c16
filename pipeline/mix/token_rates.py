"""Tokens a character, measured: pieces of texts are encoded, and counted where they come from.

Every document is a few tokens more than its characters give: the end of text behind it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.mix.columns import BINS

Floats = NDArray[np.float64]

ASSUMED = 0.25  # of English web text under vocabularies of 32,000 and more, until it is measured
_OWN = 500  # characters from which on what is measured of a few says more than what is of all


class Piece(NamedTuple):
    """A piece of a document's text, whose component, bin of scores and length are told."""

    component: str
    bin: int
    characters: int  # of the document
    text: str  # of the piece, not empty


@dataclass(frozen=True)
class TokenRates:
    """What was counted by component and bin of scores, shape (len(names), BINS)."""

    names: tuple[str, ...] = ()
    characters: Floats = field(default_factory=lambda: np.zeros((0, BINS)))
    tokens: Floats = field(default_factory=lambda: np.zeros((0, BINS)))

    def of(self, names: tuple[str, ...], parts: Floats | None = None) -> Floats:
        """Tokens a character of components, each of whose bins counts by its part (all by 1).

        `parts` has the shape (len(names), BINS). What little is measured of one is drawn towards
        what is measured of more: a part of a component to the whole, that one to all of them.
        """
        overall = _drawn(self.tokens.sum(), self.characters.sum(), ASSUMED)
        rates = np.full(len(names), float(overall))
        places = {name: place for place, name in enumerate(self.names)}
        for at, place in [(at, places[name]) for at, name in enumerate(names) if name in places]:
            tokens, characters = self.tokens[place], self.characters[place]
            rates[at] = _drawn(tokens.sum(), characters.sum(), rates[at])
            if parts is not None:
                some = parts[at]
                rates[at] = _drawn((tokens * some).sum(), (characters * some).sum(), rates[at])
        return rates


def _drawn(tokens: float, characters: float, towards: float) -> float:
    return float((tokens + _OWN * towards) / (characters + _OWN))


def measured_rates(pieces: Iterable[Piece], count: Callable[[str], int]) -> TokenRates:
    """The rates that pieces of texts tell, each speaking for its document; `count` gives tokens."""
    rows = [(piece, count(piece.text) / len(piece.text)) for piece in pieces]
    names = tuple(sorted({piece.component for piece, _ in rows}))
    totals = np.zeros((2, len(names), BINS))
    for piece, rate in rows:
        whole = piece.characters
        totals[:, names.index(piece.component), piece.bin] += (whole, rate * whole)
    return TokenRates(names, totals[0], totals[1])

"""Which domain a text is like, by what sure pages have taught.

Naive Bayes over hashed words: a few hundred pages teach it, and it costs a count of each. Lengths
are one, counts logarithms, and each domain is told by what the others hold (Rennie et al. 2003).
"""

import numpy as np

from classifiers.tagging.domains import DOMAINS
from classifiers.tagging.tag_notes import BUCKETS, WHOLE, Ints, Notes
from classifiers.tagging.tag_rules import Floats, surest
from classifiers.tagging.taught import Taught

LEAST_PAGES, LEAST_DOMAINS = 20, 3  # of a domain that is learnt; in all
_SMOOTHED = 0.02
_SHARP, _MOST = 3.0, 2.0  # odds of a text of length 1; at most, for or against


class DomainModel:
    """How much more a text is like each domain than like the others. Of domains with few pages it
    says nothing, and of none where few are known.
    """

    def __init__(self, taught: Taught) -> None:
        known = np.flatnonzero(taught.pages >= LEAST_PAGES)
        self.known = [DOMAINS[at] for at in known] if len(known) >= LEAST_DOMAINS else []
        self._weights = np.zeros((BUCKETS, len(DOMAINS)), np.int64)
        if not self.known:
            return
        sums = taught.held[known].sum(axis=1)
        mass = float(sums.mean()) / WHOLE
        held = (
            taught.held[known] * (mass / np.maximum(sums, 1))[:, None]
        )  # one of many pages weighs no more
        others = held.sum(axis=0) - held
        for at, inside, outside in zip(known, held, others, strict=True):
            rates = _rates(inside, mass, 1) - _rates(outside, mass, len(known) - 1)
            self._weights[:, at] = np.rint(rates * WHOLE)

    def tag(self, notes: Notes) -> list[tuple[str, float]]:
        """The domain of each document by rules and text together, with its share of both."""
        noted = zip(notes.domains, notes.words(), strict=True)
        return [
            surest(DOMAINS, odds + self._odds(places, values)) for odds, (places, values) in noted
        ]

    def _odds(self, places: Ints, values: Ints) -> Floats:
        """The log-odds of each domain by words."""
        found = _SHARP / WHOLE**2 * (values @ self._weights[places])
        return np.asarray(np.clip(found, -_MOST, _MOST), dtype=np.float64)


def _rates(held: Floats, mass: float, domains: int) -> Floats:
    """Logarithms of the shares that words have of what the pages of so many domains hold."""
    whole = domains * (mass + _SMOOTHED * BUCKETS)
    return np.asarray(np.log((held + domains * _SMOOTHED) / whole), dtype=np.float64)

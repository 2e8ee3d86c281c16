"""What texts of each domain are like, learnt from the pages of a corpus whose domain rules are sure
of: naive Bayes over hashed words, which a few hundred pages teach and which costs a count of each.

Rennie et al. 2003 ("Tackling the Poor Assumptions of Naive Bayes Text Classifiers"): log counts,
lengths set to one, and each domain told by what the others are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.labels.linear_model import features

BUCKETS = 1 << 16
SHOWN = 2_000  # characters of a text
PER_SITE, PER_DOMAIN = 5, 400  # pages that teach
LEAST_PAGES, LEAST_SITES = 20, 5  # of a domain that is learnt
LEAST_DOMAINS = 3
_SMOOTHED = 0.5
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Page:
    """A page that teaches what its domain is like."""

    id: str
    domain: str
    site: str
    text: str


@dataclass(frozen=True)
class DomainModel:
    """Log-odds of each domain by hashed words: (domains, BUCKETS)."""

    domains: tuple[str, ...]
    weights: Floats

    def odds(self, text: str) -> NDArray[np.float64]:
        """For each domain how much more a text is like it than like the others."""
        places, values = features(text, BUCKETS)
        if not len(places):
            return np.zeros(len(self.domains))
        values = values / np.sqrt(values @ values)
        return np.asarray(self.weights[:, places] @ values, dtype=np.float64)

"""Which of ten mixture domains a document belongs to, by rules on address, markup and opening.

The ten are books, code, encyclopedia, papers, forum, news, reference (how-to, documentation,
teaching), commerce, entertainment (with social media and sports) and other, which is what is left
when little speaks; `domain_model` adds what texts are like. A domain that the source declares wins
over all evidence. Rules and weights are data: `domains.toml`.
"""

import math
import re

import numpy as np

from classifiers.tagging.tag_rules import Opening, load_rules, surest
from pipeline.document import Document

OTHER = "other"
OTHER_EVIDENCE = 1.5  # one hint alone (1) does not settle a domain, one strong hint (2) does
MOST_NAMES = 3.0  # log-odds of names that programs have
CODE_EVIDENCE = 1.5  # code blocks stand in tutorials, forums and papers too
# What names of programs hold: underscores, points before and brackets behind, double colons.
_PROGRAM_NAME = re.compile(r"_\w|\(\)|::\w|->\w|\.\w+\(")
RULES = load_rules("domains.toml")
DOMAINS = RULES.tags


def tag_domain(document: Document) -> tuple[str, float]:
    """The domain of `document` and a score in (0, 1]; a domain declared by the source scores 1."""
    if document.domain:
        return document.domain, 1.0
    return surest(DOMAINS, np.array(list(evidence(Opening(document)).values())))


def evidence(opening: Opening) -> dict[str, float]:
    """Log-odds by domain, in the order of DOMAINS: what `tag_domain` decides on."""
    found = RULES.evidence(opening)
    found[OTHER] += OTHER_EVIDENCE
    if opening.document.has_code:
        found["code"] += CODE_EVIDENCE
    found["code"] += min(MOST_NAMES, math.log1p(len(_PROGRAM_NAME.findall(opening.text))))
    return found

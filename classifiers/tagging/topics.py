"""What a document is about: one of the 24 topics of WebOrganizer (Wettig et al. 2025), or none.

By rules on address and opening, `topics.toml`. What those would teach a text model adds nothing
(docs/classifiers.md); a model of labels may take their place.
"""

from classifiers.tagging.tag_rules import Floats, Opening, load_rules, surest

NONE = ""  # little speaks
NONE_EVIDENCE = 2.0
RULES = load_rules("topics.toml")
TOPICS = (*RULES.tags, NONE)


def evidence(opening: Opening) -> dict[str, float]:
    """Log-odds by topic, in the order of TOPICS."""
    return RULES.evidence(opening) | {NONE: NONE_EVIDENCE}


def tag_topics(rows: Floats) -> list[tuple[str, float]]:
    """The topic of each row of evidence, with its share."""
    return [surest(TOPICS, odds) for odds in rows]

"""Models of the pipeline: what trains them, what evaluates them, and what they say of a text.

A model is a folder: the model's file and `card.json` (data, counts, settings, metrics, calibration,
hash of the file). Labels come from URLs, never from a language model: pages that Wikipedia cites
(`wikipedia`, `referenced`), sites on block lists, rules on words, markup and addresses (`tagging`).
"""

from pathlib import Path

_MODELS = Path(__file__).parent / "models"
EXTRACTOR = _MODELS / "extractor"  # the block model that is shipped
PERSONAL_DATA = _MODELS / "personal-data"  # tells numbers of telephones from others

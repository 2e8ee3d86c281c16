"""Run by a Python that has presidio-analyzer, with two paths: of a file of texts, and of one for
what its recognisers and phonenumbers find. It imports nothing of ours.
"""

import json
import sys
from importlib import import_module
from pathlib import Path

RECOGNISERS = (
    "EmailRecognizer",
    "IpRecognizer",
    "PhoneRecognizer",
    "CreditCardRecognizer",
    "IbanRecognizer",
    "UsSsnRecognizer",
)
LEAST_SCORE = 0.35  # what presidio's analyzer takes where nothing else is said
REGIONS = ("US", "GB", "DE", "FR", "IT", "ES", "IN", "AU")


def main() -> None:
    texts, answers = map(Path, sys.argv[1:])
    found = {search.__name__: search(json.loads(texts.read_text())) for search in SEARCHES}
    answers.write_text(json.dumps(found))


def presidio(texts: list[str]) -> list[list[tuple[int, int, str]]]:
    analyzer = import_module("presidio_analyzer")
    known = import_module("presidio_analyzer.predefined_recognizers")
    registry = analyzer.RecognizerRegistry([getattr(known, name)() for name in RECOGNISERS])
    engine = analyzer.AnalyzerEngine(
        registry=registry, nlp_engine=_no_language(analyzer), supported_languages=["en"]
    )
    found = (engine.analyze(text, "en", score_threshold=LEAST_SCORE) for text in texts)
    return [[(one.start, one.end, one.entity_type) for one in row] for row in found]


def _no_language(analyzer: object) -> object:
    """A language engine that only splits at spaces: pattern recognisers need words for context."""
    engine = import_module("presidio_analyzer.nlp_engine")
    spacy = import_module("spacy")
    made = engine.SpacyNlpEngine(models=[{"lang_code": "en", "model_name": "blank"}])
    made.nlp = {"en": spacy.blank("en")}
    return made


def phonenumbers(texts: list[str]) -> list[list[tuple[int, int, str]]]:
    library = import_module("phonenumbers")
    answers = []
    for text in texts:
        spans = {
            (match.start, match.end)
            for region in REGIONS
            for match in library.PhoneNumberMatcher(text, region)
        }
        answers.append([(start, end, "PHONE_NUMBER") for start, end in sorted(spans)])
    return answers


SEARCHES = (presidio, phonenumbers)

if __name__ == "__main__":
    main()

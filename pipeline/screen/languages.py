"""Languages: tag every document, drop those that the recipe does not ask for."""

from dataclasses import replace

from pipeline.document import Document, Dropped, drop
from pipeline.language.detection import CLD2, Identifier, detect_language
from pipeline.recipe import ScreenConfig
from pipeline.screen import STAGE

REASONS = ("wrong_language", "unsure_language")


def tag_language(document: Document, identifier: Identifier = CLD2) -> Document:
    """The document with its language and score; one that its source declares is kept."""
    if document.language:
        return replace(document, language_score=1.0)
    found = detect_language(document.text, identifier)
    return replace(document, language=found.code, language_score=found.score)


def language_reason(document: Document, config: ScreenConfig) -> tuple[str, str] | None:
    """("wrong_language", code) or ("unsure_language", "code score") where a document is unwanted.

    Sources that declare the domain `code` hold programs, whose language is no natural one.
    """
    if not config.languages or document.domain == "code":
        return None
    if document.language not in config.languages:
        return "wrong_language", document.language or "unknown"
    least = config.language_thresholds.get(document.language, config.language_threshold)
    if document.language_score < least:
        return "unsure_language", f"{document.language} {document.language_score:.2f}"
    return None


def screen_language(document: Document, config: ScreenConfig) -> Document | Dropped:
    """The document, or its drop row where nobody asked for its language."""
    reason = language_reason(document, config)
    return drop(document, STAGE, *reason) if reason else document

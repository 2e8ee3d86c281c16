"""Languages: tag every document, drop those that the recipe does not ask for."""

from dataclasses import replace

from pipeline.document import Document, Dropped, drop
from pipeline.language import detect_language
from pipeline.recipe import ScreenConfig
from pipeline.screen import STAGE

REASONS = ("wrong_language", "unsure_language")


def tag_language(document: Document) -> Document:
    """The document with its language and score; one that its source declares is kept."""
    if document.language:
        return replace(document, language_score=1.0)
    found = detect_language(document.text)
    return replace(document, language=found.code, language_score=found.score)


def language_reason(document: Document, config: ScreenConfig) -> tuple[str, str] | None:
    """("wrong_language", code) or ("unsure_language", score) where `document` is not wanted.

    Sources that declare the domain `code` hold programs, whose language is no natural one.
    """
    if not config.languages or document.domain == "code":
        return None
    if document.language not in config.languages:
        return "wrong_language", document.language or "unknown"
    if document.language_score < config.language_threshold:
        return "unsure_language", f"{document.language_score:.2f}"
    return None


def screen_language(document: Document, config: ScreenConfig) -> Document | Dropped:
    """The document, or its drop row where nobody asked for its language."""
    reason = language_reason(document, config)
    return drop(document, STAGE, *reason) if reason else document

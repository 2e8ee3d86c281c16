"""`gristmill try`: one page or text through every per-document stage, as JSON."""

import sys
from dataclasses import asdict
from typing import Any

from classifiers import EXTRACTOR
from classifiers.referenced import load_referenced
from classifiers.tagging.domains import tag_domain
from classifiers.tagging.tag_notes import note
from classifiers.tagging.topics import tag_topics
from pipeline.classify.benchmarks import build_index, load_benchmarks
from pipeline.document import Document, Dropped, Page, Record, digest
from pipeline.errors import UsageError
from pipeline.extract.document_of_page import document_of
from pipeline.extract.explain import Verdict, explain
from pipeline.extract.extractor import Extracted
from pipeline.extract.judge.model import load_model
from pipeline.extract.transform import ExtractText
from pipeline.ingest.charset.binary_bodies import is_binary
from pipeline.ingest.charset.decoding import decode
from pipeline.jobs.extract import STAGES
from pipeline.quality import STAGE as QUALITY
from pipeline.quality.judge import judged
from pipeline.recipe import Recipe, Source
from pipeline.recipe_file import load_recipe
from pipeline.terminal import print_json
from pipeline.text import visible
from pipeline.urls import site

ADDRESS = "https://page.invalid/"  # of a page that comes without one


def try_page(path: str, recipe_path: str, form: str, url: str) -> None:
    """Prints what every stage says of the page or text at `path` ("-": standard input)."""
    source = Source(name="try", paths=("-",))
    recipe = load_recipe(recipe_path) if recipe_path else Recipe(sources=(source,))
    told = trial(_read(path), form or guessed_form(path), url or ADDRESS, recipe)
    print_json(told)


def _read(path: str) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read()
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise UsageError(
            f"{path!r} cannot be read ({error.strerror}); give a file, or - for standard input"
        ) from None


def guessed_form(path: str) -> str:
    return "text" if path.endswith((".txt", ".md")) else "html"


def trial(body: bytes, form: str, url: str, recipe: Recipe) -> dict[str, Any]:
    """All stages' answers. A stage that would drop the page does not stop the ones behind it."""
    told: dict[str, Any] = {"url": url}
    reasons: list[str] = []
    name = digest("try", url, body)
    if form == "text":
        text = visible(body.decode("utf-8", "replace"))
        record: Record = Document(name, url, "try", text, site=site(url))
    else:
        decoded = decode(body, "")
        record = Page(name, url, "try", decoded.encoded())
        told |= {"charset": decoded.charset, "charset_source": decoded.how}
        told |= _blocks(decoded.text, recipe)
        reasons += ["ingest:binary_body"] if is_binary(body, decoded) else []
    document, found = _through_stages(record, recipe)
    told |= {"rights": document.rights, "rights_source": document.rights_source}
    return told | _judged(document, recipe, reasons + found)


def _through_stages(record: Record, recipe: Recipe) -> tuple[Document, list[str]]:
    """The document behind all stages of the job `extract`, and why it would have left on the way.

    A page that has no document becomes one without text.
    """
    reasons = []
    unfiltered = recipe.extract.model_copy(update={"prefilter": False})
    asks_again = recipe.model_copy(update={"extract": unfiltered})
    for stage in STAGES:
        # What the prefilter would drop goes on here, so the extractor bounds the page itself.
        after = stage.of(asks_again if stage is ExtractText else recipe).step()(record)
        if isinstance(after, Dropped):
            reasons.append(":".join(filter(None, (after.stage, after.reason, after.detail))))
        elif isinstance(after, Page | Document):
            record = after
        if stage is ExtractText and isinstance(record, Page):
            record = document_of(record, Extracted(""))
    assert isinstance(record, Document)
    return record, reasons


def _blocks(html: str, recipe: Recipe) -> dict[str, Any]:
    """Verdicts on the blocks of the page, where our own extractor judges them."""
    if recipe.extract.extractor != "gristmill":
        return {}
    found = explain(html, load_model(EXTRACTOR), recipe.extract)
    return {} if isinstance(found, str) else {"blocks": [_shown(verdict) for verdict in found]}


def _shown(verdict: Verdict) -> dict[str, Any]:
    reasons = {
        reason.feature: {"value": reason.value, "log_odds": reason.effect}
        for reason in verdict.reasons
    }
    return {
        "kept": verdict.kept,
        "chance": verdict.chance,
        "threshold": verdict.threshold,
        "model_chance": verdict.model_chance,
        "rules": list(verdict.rules),
        "text": verdict.text,
        "path": verdict.path,
        "reasons": reasons,
    }


def _judged(document: Document, recipe: Recipe, reasons: list[str]) -> dict[str, Any]:
    found = judged(document, recipe.quality)
    domain, domain_score = tag_domain(document)
    ((topic, topic_score),) = tag_topics(note([document]).topics)
    items = load_benchmarks(recipe.mix.benchmarks)
    hits = build_index(items, recipe.mix.ngram).find(found.text) if items else []
    return {
        "language": document.language,
        "language_score": document.language_score,
        "redactions": dict(document.redactions),
        "structure": {
            name: getattr(document, name) for name in ("has_math", "has_code", "has_table")
        },
        "title": document.title,
        "page_type": document.page_type,
        "statistics": asdict(found.statistics),
        "domain": domain,
        "domain_score": domain_score,
        "topic": topic,
        "topic_score": topic_score,
        "referenced_score": _referenced(found.text, recipe),
        "benchmark_hits": [str(hit) for hit in hits],
        "cut": [{"rule": rule, "line": line} for rule, line in found.cut],
        "reasons": reasons + [f"{QUALITY}:{reason}" for reason in found.reasons],
        "text": found.text,
    }


def _referenced(text: str, recipe: Recipe) -> float | None:
    folder = recipe.classify.referenced.model
    model = load_referenced(folder) if folder else None
    return float(model.score([text])[0]) if model else None

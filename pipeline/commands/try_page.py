"""`gristmill try`: one page or text through every per-document stage, as JSON."""

import json
import sys
from dataclasses import asdict
from typing import Any

from classifiers.domains import tag_domain
from classifiers.referenced import load_referenced
from pipeline.classify.benchmarks import build_index, load_benchmarks
from pipeline.document import Document, Page, digest
from pipeline.errors import UsageError
from pipeline.extract.explain import Verdict, explain
from pipeline.extract.judge.model import load_model
from pipeline.extract.prefilter import prefilter_reason
from pipeline.extract.transform import MODEL, extracted, text_extractor
from pipeline.ingest.charset import decode
from pipeline.quality.judge import judged
from pipeline.recipe import Recipe, Source
from pipeline.recipe_file import load_recipe
from pipeline.screen.blocklist import blocked_reason, load_blocklist
from pipeline.screen.languages import language_reason, tag_language
from pipeline.screen.personal_data import redact
from pipeline.screen.rights import rights_reason, rights_signals
from pipeline.urls import site

ADDRESS = "https://page.invalid/"  # of a page that comes without one


def try_page(path: str, recipe_path: str, form: str, url: str) -> None:
    """Prints what every stage says of the page or text at `path` ("-": standard input)."""
    source = Source(name="try", paths=("-",))
    recipe = load_recipe(recipe_path) if recipe_path else Recipe(sources=(source,))
    told = trial(_read(path), form or guessed_form(path), url or ADDRESS, recipe)
    json.dump(told, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


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
    told: dict[str, Any] = {"url": url, "reasons": []}
    if form == "text":
        text = body.decode("utf-8", "replace")
        document = Document(digest("try", url, body), url, "try", text, site=site(url))
    else:
        document = _extracted(body, url, recipe, told)
    return told | _judged(document, recipe, told["reasons"])


def _extracted(body: bytes, url: str, recipe: Recipe, told: dict[str, Any]) -> Document:
    decoded = decode(body, "")
    page = Page(digest("try", url, body), url, "try", decoded.text)
    signals = rights_signals(page)
    found = {
        "screen": blocked_reason(page, load_blocklist(recipe.screen.blocklists)),
        "rights": rights_reason(signals, recipe.screen),
        "prefilter": prefilter_reason(page, recipe.extract, recipe.screen),
    }
    told |= {"charset": decoded.charset, "charset_source": decoded.how, "rights": signals}
    told["reasons"] += [f"{stage}:{':'.join(why)}" for stage, why in found.items() if why]
    told |= _blocks(decoded.text, recipe)
    result = extracted(page, text_extractor(recipe.extract), recipe.extract)
    if isinstance(result, Document):
        return result
    told["reasons"].append(f"extract:{result.reason}")
    return Document(page.id, url, "try", "", site=site(url))


def _blocks(html: str, recipe: Recipe) -> dict[str, Any]:
    """Verdicts on the blocks of the page, where our own extractor judges them."""
    if recipe.extract.extractor != "gristmill":
        return {}
    found = explain(html, load_model(MODEL), recipe.extract)
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
    tagged = tag_language(document)
    why = language_reason(tagged, recipe.screen)
    clean = redact(tagged, recipe.screen)
    found = judged(clean, recipe.quality)
    domain, domain_score = tag_domain(clean)
    items = load_benchmarks(recipe.mix.benchmarks)
    hits = build_index(items, recipe.mix.ngram).find(found.text) if items else []
    return {
        "language": tagged.language,
        "language_score": tagged.language_score,
        "redactions": dict(clean.redactions),
        "structure": {name: getattr(clean, name) for name in ("has_math", "has_code", "has_table")},
        "title": clean.title,
        "page_type": clean.page_type,
        "statistics": asdict(found.statistics),
        "domain": domain,
        "domain_score": domain_score,
        "referenced_score": _referenced(found.text, recipe),
        "benchmark_hits": [str(hit) for hit in hits],
        "reasons": reasons
        + ([f"screen:{':'.join(why)}"] if why else [])
        + [f"quality:{reason}" for reason in found.reasons],
        "text": found.text,
    }


def _referenced(text: str, recipe: Recipe) -> float | None:
    folder = recipe.classify.referenced.model
    model = load_referenced(folder) if folder else None
    return float(model.score([text])[0]) if model else None

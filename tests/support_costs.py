"""CPU seconds of a page in every stage that sees one document, in a child that is cut off."""

import json
import os
import resource
import time
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import numpy as np

from classifiers import EXTRACTOR
from classifiers.tagging.domains import tag_domain
from pipeline.dedup.keys import keys_table
from pipeline.dedup.lines.cutting import apply_cuts
from pipeline.dedup.near.minhash import sign
from pipeline.dedup.packed_keys import lengths
from pipeline.document import Document, Dropped, Lost, Measured, Page, digest
from pipeline.extract.judge.model import load_model
from pipeline.ingest.charset.decoding import decode
from pipeline.ingest.wikipedia.wikitext import plain_text
from pipeline.jobs.extract import STAGES
from pipeline.quality.judge import judge_document
from pipeline.quality.outliers import NO_REFERENCE
from pipeline.quality.signals.signal_sources import NO_SOURCES
from pipeline.recipe import LinesConfig, MinhashConfig, Recipe, Source

Timed = Iterator[tuple[str, Any]]
SOURCE = Source(name="costs", paths=("-",))
# Every language passes, so that no page leaves before the last stage for the words it is made of.
RECIPE = Recipe.model_validate(
    {"sources": (SOURCE,), "screen": {"languages": (), "rights": "ignore"}}
)
UNLINKED = frozenset({"file", "image", "category", "media"})


def page_stages(html: str, recipe: Recipe = RECIPE) -> Timed:
    """The stages' names, each with what it has made of the page."""
    body = html.encode("utf-8", "surrogatepass")
    address = "https://pages.example.org/mill"
    made: Any = Page(digest(body), address, "costs", decode(body, "").encoded())
    yield "decode", made
    for stage in STAGES:
        made = stage.of(recipe).step()(made)
        yield stage.__name__, made
        if isinstance(made, Dropped):
            return
    yield from document_stages(made)


def document_stages(document: Document) -> Timed:
    """The stages of `exact`, `curate` and `classify` that see one document at a time."""
    keys = keys_table([document]).to_pylist()[0]
    yield "keys", keys
    recurring = np.array(keys["lines"][::2], dtype=np.uint64)
    recurring = recurring[lengths(recurring) <= LinesConfig().max_characters]
    cut = apply_cuts(document, set(recurring.tolist()), set(keys["paragraphs"][::2])).document
    yield "cut", cut
    measured = judge_document(cut, RECIPE.quality, NO_REFERENCE, NO_SOURCES)
    yield "quality", measured
    if isinstance(measured, Lost):
        measured = measured.measured
    assert isinstance(measured, Measured)
    yield "signature", sign(MinhashConfig(), measured)
    yield "domain", tag_domain(document)


def article_stages(wikitext: str) -> Timed:
    """The same of an article of a Wikipedia dump; nothing of one that is dropped."""
    try:
        text = plain_text(wikitext, UNLINKED).text
    except ValueError:
        return
    yield "wikitext", text
    yield from document_stages(Document(digest(text), "https://a.org/", "costs", text))


def warm() -> None:
    """Loads what the stages load once."""
    load_model(EXTRACTOR)
    words = "<p>" + "Some words of an ordinary page, in a paragraph. " * 40
    for page in (words, words.replace("ordinary", "обычная")):
        for _ in page_stages(page):
            pass
    for _ in article_stages("Some '''words''' of {{an}} [[article]]. " * 40):
        pass


def ordinary(size: int) -> str:
    """A page or an article of ordinary prose, of as many letters as asked."""
    chance = Random(3)
    words = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(1, 9))) for _ in range(5_000)]
    paragraphs, left = list[str](), size
    while left > 0:
        ranks = (int(chance.paretovariate(0.6)) for _ in range(chance.randint(40, 80)))
        said = [words[min(rank, len(words)) - 1] for rank in ranks]
        sentences = (" ".join(said[at : at + 12]).capitalize() for at in range(0, len(said), 12))
        paragraphs.append(f"<p>{'. '.join(sentences)}.</p>")
        left -= len(paragraphs[-1])
    return "".join(paragraphs)[:size]


def cost(stages: Callable[[], Timed], most: int) -> dict[str, float | str]:
    """CPU seconds by stage; a stage that is not done within `most` seconds is infinitely dear.

    `reason` is why the page was dropped, `peak` what the child's memory has grown by in MiB.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_CPU, (most, most + 1))
        resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
        with os.fdopen(writing, "w", buffering=1) as out:
            try:
                _report(stages(), out)
            finally:
                out.flush()
                os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as lines:
        told: dict[str, float | str] = dict(json.loads(line) for line in lines)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) or "peak" not in told:
        told["cut off"] = float("inf")
    return told


def _report(stages: Timed, out: Any) -> None:
    before, at = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    for name, made in stages:
        done = time.process_time()
        out.write(json.dumps([name, round(done - at, 4)]) + "\n")
        if isinstance(made, Dropped):
            out.write(json.dumps(["reason", f"{made.stage}:{made.reason}"]) + "\n")
        at = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    out.write(json.dumps(["peak", peak / 1024]) + "\n")


def total(told: dict[str, float | str]) -> float:
    """CPU seconds of all stages together."""
    return sum(s for name, s in told.items() if name != "peak" and isinstance(s, float))

"""The input that outputs are recorded of: beside the sample, texts and pages on which rules turn.

Texts at the borders of the quality rules, lines and paragraphs that a site repeats, pages in odd
charsets and codings, documents enough for an outlier reference, and scores for the mixture, which
here come from no model: what training makes need not be the same bytes on every machine.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
from support_archives import http, warc
from support_manifests import manifest_of
from support_parts import UNASKED

from pipeline.arrow import Made, documents_table
from pipeline.classify.score import SCORES_SCHEMA
from pipeline.document import Document, digest, unit_hash
from pipeline.frame.engines.engine import Engine
from pipeline.frame.manifests import Manifest
from pipeline.frame.parts import commit
from pipeline.frame.progress import Progress
from pipeline.frame.run import Run
from pipeline.jobs.mix import JOB as MIX
from pipeline.recipe import Recipe

CASES = Path(__file__).resolve().parents[1] / "cases"
SOURCES = """
[[sources]]
name = "texts"
format = "jsonl"
paths = ["texts.jsonl"]

[[sources]]
name = "pages"
paths = ["pages.warc"]
"""
EVERY_RULE = (
    'quality.rules=["gopher_quality", "gopher_repetition", "c4", "fineweb", "refinedweb", "mc4", '
    '"dolma3", "outliers"]'
)
ORDINARY = 260  # more than the texts that an outlier reference needs
SCORED, PARTS = 900, 3
DOMAINS = ("books", "code", "news", "reference")
_TEXT = """
the mill stands by a river and its wheel turns slowly while grain from every farm of this valley is
ground to flour for bread that bakers sell on market days to people who have come over hills in old
wagons with sacks of barley rye oats or wheat which they were told would be weighed before noon
because water is low in summer but high when snow melts
"""
_WORDS = _TEXT.split()
_LICENCE = (
    "Everything on these pages may be copied by anybody, as long as it is said from whom. " * 3
)
_LINES = """
Home | News | About
The Mill since 1984
# The miller's pages
See also
Return value
- Contact
- Prices
Read more in our shop ...
3 comments
Posted by the miller on Sunday
All rights reserved.
Subscribe to our letter and never miss what the mill has to say of flour and bread
Slow turns the wheel,
and slow the river goes;
what it may feel
the miller knows.
Round goes the stone
under the beam
nobody is alone
beside a stream
""".strip().split("\n")


def write_texts(folder: Path) -> None:
    """Writes `texts.jsonl` and `pages.warc` and names them in the recipe."""
    rows = [*_golden(), *_ordinary(), *_of_sites()]
    (folder / "texts.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    (folder / "pages.warc").write_bytes(b"".join(_pages()))
    with (folder / "recipe.toml").open("a", encoding="utf-8") as recipe:
        recipe.write(SOURCES)


def _golden() -> Iterator[dict[str, str]]:
    """Texts of which one is dropped by a rule and its neighbour kept."""
    for path in sorted((CASES / "quality").glob("*/*.txt")):
        name = f"{path.parent.name}-{path.stem}"
        yield {"text": path.read_text("utf-8"), "url": f"https://{name}.example/"}


def _prose(seed: str, sentences: int) -> str:
    """So many sentences of eight to fifteen words, four in a line."""
    made = [_sentence(f"{seed} {at}") for at in range(sentences)]
    return "\n".join(" ".join(made[at : at + 4]) for at in range(0, sentences, 4))


def _sentence(seed: str) -> str:
    drawn = [unit_hash(7, seed, str(at)) for at in range(15)]
    words = [_WORDS[int(chance * len(_WORDS))] for chance in drawn]
    return " ".join(words[: 8 + int(drawn[0] * 8)]).capitalize() + "."


def _ordinary() -> Iterator[dict[str, str]]:
    for number in range(ORDINARY):
        text = _prose(f"ordinary {number}", 6 + number % 9 * 4)
        yield {"text": text, "url": f"https://ordinary-{number}.example/page"}


def _of_sites() -> Iterator[dict[str, str]]:
    """Pages that share lines of their site, more and fewer, above, amid and below their own."""
    for site in (f"site{pages}.example" for pages in (2, 3, 4, 6, 12)):
        for page in range(int(site[4:].partition(".")[0])):
            own = _prose(f"{site} {page}", 12).split("\n")
            above, amid, below = (_some(f"{site} {page} {place}") for place in "abc")
            text, tail = "\n".join([*above, *own[:2], *amid, *own[2:]]), "\n".join(below)
            yield {
                "text": f"{text}\n\n{_LICENCE * (page % 4 > 0)}\n\n{tail}",
                "url": f"https://{site}/{page}",
            }


def _some(seed: str) -> list[str]:
    """About half of the lines that sites share, in their order."""
    return [line for line in _LINES if unit_hash(3, seed, line) < 0.5]


def _pages() -> Iterator[bytes]:
    """Responses whose charset or coding must be found out, and pages of every kind of block."""
    text = (
        "Жил на мельнице мельник. " * 12 + "The mill stood by the river for a very long time. " * 9
    )
    page = f"<html><head><title>Mill</title></head><body><h1>Mill</h1><p>{text}</p></body></html>"
    for charset in ("windows-1251", "utf-8", "koi8-r", "utf-16"):
        for header in (f"; charset={charset}", "", "; charset=iso-8859-1"):
            block = http(page.encode(charset), f"Content-Type: text/html{header}")
            yield warc(block, f"https://{charset}.example/{header[-4:].strip()}")
    for path in sorted((CASES / "extract").glob("*.html")):
        yield warc(http(path.read_bytes()), f"https://{path.stem}.example/")
    yield warc(http(page.encode() + b"\xff\xfe" * 3), "https://broken.example/")
    robots = b"User-agent: GPTBot\nDisallow: /\n"
    yield warc(http(robots, "Content-Type: text/plain"), "https://site4.example/robots.txt")


def mixed(recipe: Recipe, out: Path) -> Manifest:
    """What the job `mix` makes of scored documents that no other job has seen."""
    done = {
        "curate": _finished(out, "curate", "curated"),
        "near": _finished(out, "near", "clusters"),
        "classify": _finished(out, "classify", "scores"),
    }
    at_work = Run(recipe, str(out), Engine(), Progress(quiet=True), done=done).job_run(MIX)
    return MIX.run(at_work)


def _finished(out: Path, job: str, dataset: str) -> Manifest:
    make = {"curated": _curated, "clusters": _clusters, "scores": _scores}[dataset]
    folder = str(out / f"{job}-of-the-mixture")
    parts = []
    for number in range(PARTS):
        table = make(sorted(digest("mixed", str(at)) for at in range(number, SCORED, PARTS)))
        name = f"mixed{number}-{digest(job)[:12]}.000"
        count = table.num_rows
        parts.append(commit(folder, Made(name, {dataset: table}, count, {"document": count})))
    return manifest_of(folder, job, parts)


def _curated(ids: list[str]) -> pa.Table:
    """Documents of lengths that follow from their ids; every ninth states its domain."""
    documents = [
        Document(
            name,
            f"https://{name}.example/",
            "mixed",
            "x" * (100 + int(unit_hash(1, "length", name) * 900)),
            domain=_domain(name) if unit_hash(1, "stated", name) < 1 / 9 else "",
        )
        for name in ids
    ]
    return documents_table(documents)


def _clusters(ids: list[str]) -> pa.Table:
    """All documents stand for themselves."""
    return pa.table({"id": pa.array(ids, pa.string()), "size": pa.array([1] * len(ids))})


def _scores(ids: list[str]) -> pa.Table:
    rows = [
        {
            "id": name,
            "referenced_score": round(unit_hash(1, "score", name), 3),
            "domain": _domain(name),
            "domain_score": 1.0,
            "hits": int(unit_hash(1, "hit", name) < 0.02),
            "hit": "quiz:1",
            **UNASKED,
        }
        for name in ids
    ]
    return pa.Table.from_pylist(rows, schema=SCORES_SCHEMA)


def _domain(name: str) -> str:
    return DOMAINS[int(unit_hash(1, "domain", name) * len(DOMAINS))]

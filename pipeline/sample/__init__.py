"""The embedded sample: a small synthetic crawl of our own writing, the default of `make run`.

Nothing in it comes from the web: a grammar writes the prose, every site is invented and stands
under the reserved name `.example` (RFC 2606). The same arguments give the same bytes.
"""

import bz2
import gzip
from collections.abc import Iterator
from pathlib import Path

from pipeline.sample import texts, wiki_dump
from pipeline.sample.archive import archive
from pipeline.sample.benchmark import quiz
from pipeline.sample.captures import capture
from pipeline.sample.chance import Chance
from pipeline.sample.crawl_plan import Spec, make_plan
from pipeline.sample.truth import Capture

CAPTURES_PER_FILE = 100
MAX_FILES = 40
_QUESTIONS = 60


def write_sample(folder: str, pages: int = 600, sites: int = 80) -> None:
    """Writes the sample into `folder`, which is made if it is not there.

    - `crawl/sample-*.warc.gz`: `pages` captures on `sites` registered domains, one file damaged;
    - `books.jsonl.gz`, `code.jsonl.gz`: text sources ({"id", "text", "url"?, "date"?});
    - `wikipedia/`: pages-articles XML and externallinks SQL that cite some of the pages;
    - `benchmarks/quiz.jsonl`, of which some questions leak into the crawl;
    - `blocklists/blocked.txt`: hosts that a run must refuse;
    - `recipe.toml`: a recipe for all this;
    - `truth.jsonl`: for every capture and every text line what must become of it (`sample.truth`).

    Raises UsageError where `pages` or `sites` are too few for the planted cases.
    """
    plan = make_plan(pages, sites)
    root = Path(folder)
    for name in ("crawl", "wikipedia", "benchmarks", "blocklists"):
        (root / name).mkdir(parents=True, exist_ok=True)
    with (root / "truth.jsonl").open("w", encoding="utf-8", newline="\n") as truth:
        cited: list[wiki_dump.Citation] = []
        others: list[wiki_dump.Citation] = []
        for made in _write_crawl(root / "crawl", plan):
            truth.write(made.truth.line())
            (cited if made.truth.cited else others).append((made.truth.url, made.title))
        for name, lines in _text_sources(pages).items():
            _gzip(root / f"{name}.jsonl.gz", "".join(line.line() for line in lines))
            truth.writelines(line.truth.line() for line in lines)
    _write_dump(root / "wikipedia", cited, others)
    _text(root / "benchmarks" / "quiz.jsonl", quiz(_QUESTIONS + pages // 100))
    _text(root / "blocklists" / "blocked.txt", _blocklist(plan))
    _text(root / "recipe.toml", (Path(__file__).parent / "recipe.toml").read_text("utf-8"))


def _write_crawl(folder: Path, plan: list[Spec]) -> Iterator[Capture]:
    """Writes the archives one by one and passes their captures on."""
    per_file = max(CAPTURES_PER_FILE, -(-len(plan) // MAX_FILES))
    for number, start in enumerate(range(0, len(plan), per_file)):
        name = f"sample-{number:05d}.warc.gz"
        captures = [capture(spec) for spec in plan[start : start + per_file]]
        (folder / name).write_bytes(archive(name, captures))
        yield from captures


def _text_sources(pages: int) -> dict[str, list[texts.TextLine]]:
    books, code = max(8, pages // 50), max(12, pages // 30)
    return {
        "books": [texts.chapter(number) for number in range(books)],
        "code": [texts.source_file(number) for number in range(code)],
    }


def _write_dump(
    folder: Path, cited: list[wiki_dump.Citation], others: list[wiki_dump.Citation]
) -> None:
    dump = wiki_dump.entries(Chance("citations").shuffled(cited), others)
    xml = wiki_dump.pages_xml(dump).encode()
    (folder / "pages-articles.xml.bz2").write_bytes(bz2.compress(xml))
    _gzip(folder / "externallinks.sql.gz", wiki_dump.links_sql(dump))


def _blocklist(plan: list[Spec]) -> str:
    """The blocked sites, and hosts of sites that are not blocked themselves."""
    hosts = {spec.site.host for spec in plan if spec.site.kind == "blocked"}
    hosts |= {f"promo.{spec.site.host}" for spec in plan if spec.twist == "blocked_host"}
    return "# Sites that the sample's recipe refuses\n" + "".join(f"{h}\n" for h in sorted(hosts))


def _gzip(path: Path, text: str) -> None:
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")

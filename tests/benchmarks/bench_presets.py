"""The funnel of the crawl by preset, documentation by site, languages, and what was dropped.

Run: GRISTMILL_DATA=<folder> python tests/benchmarks/bench_presets.py [extractor] [dropped]
With `dropped`, ten dropped documents of every family are printed, to be read and judged.
"""

import os
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2]), str(HERE.parents[1])]

from quality.quality_crawl import CrawlText, crawl_texts  # noqa: E402

from pipeline.document import Document, unit_hash  # noqa: E402
from pipeline.quality.families import FAMILIES  # noqa: E402
from pipeline.quality.judge import judged, outlier_sample  # noqa: E402
from pipeline.quality.outlier_reference import fit_reference  # noqa: E402
from pipeline.quality.outliers import Reference  # noqa: E402
from pipeline.recipe import ExtractConfig, QualityConfig  # noqa: E402

FOUR = QualityConfig(
    reading="published", rules=("gopher_repetition", "gopher_quality", "c4", "fineweb")
)
LEAST = 20  # documents of a site or a language for a row of its own


def presets() -> Iterator[tuple[str, QualityConfig]]:
    """Every preset's quality section."""
    for path in sorted((HERE.parents[2] / "pipeline" / "presets").glob("*.toml")):
        section = tomllib.loads(path.read_text("utf-8"))["quality"]
        yield path.stem, QualityConfig.model_validate(section)


def reference_of(documents: Sequence[Document]) -> Reference:
    samples = (outlier_sample(document, QualityConfig()) for document in documents)
    found = [one for one in samples if one is not None]
    return fit_reference(found, QualityConfig().outlier_tail)


def bench_funnel(documents: Sequence[Document]) -> None:
    """What every preset keeps, and the default one by rule."""
    reference = reference_of(documents)
    print("| preset | kept | share | most frequent reasons (pages dropped first for it) |")
    print("|---|---:|---:|---|")
    tables = {}
    for name, config in presets():
        reasons = [judged(one, config, reference).reasons for one in documents]
        first = Counter(found[0] for found in reasons if found)
        kept = len(documents) - first.total()
        told = ", ".join(f"{reason} {count}" for reason, count in first.most_common(6))
        print(f"| {name} | {kept} | {kept / len(documents):.1%} | {told} |")
        tables[name] = reasons
    print("\n| `fineweb` reason | dropped for it | fires | alone |\n|---|---:|---:|---:|")
    reasons = tables["fineweb"]
    first = Counter(found[0] for found in reasons if found)
    alone = Counter(found[0] for found in reasons if len(found) == 1)
    for reason, count in Counter(one for found in reasons for one in found).most_common():
        print(f"| {reason} | {first[reason]} | {count} | {alone[reason]} |")


def bench_structured(pages: Sequence[CrawlText]) -> None:
    """Documentation with code or formulas by site, judged as text and on its prose."""
    as_text = FOUR.model_copy(update={"structured": "text"})
    rows: dict[str, list[tuple[bool, bool]]] = {}
    code: list[str] = []
    for page in pages:
        document = page.document
        if page.kind == "docs" and (document.has_code or document.has_math):
            kept = tuple(not judged(document, config).reasons for config in (as_text, FOUR))
            rows.setdefault(document.site, []).append((kept[0], kept[1]))
            code.append(minified(document.text))
    print("\n| documentation of | pages | kept as text | kept on its prose |\n|---|---:|---:|---:|")
    every = [kept for found in rows.values() for kept in found]
    for site, found in [*sorted(rows.items(), key=lambda row: -len(row[1])), ("all sites", every)]:
        shares = [sum(kept[i] for kept in found) / len(found) for i in (0, 1)]
        if len(found) >= LEAST:
            print(f"| {site} | {len(found)} | {shares[0]:.0%} | {shares[1]:.0%} |")
    scripts = [text for text in code if len(text) > 500]
    for flag in (True, False):
        made = (Document("", "", "", text, language="en", has_code=flag) for text in scripts)
        kept_code = sum(not judged(one, FOUR).reasons for one in made)
        told = "flagged as code" if flag else "not flagged"
        print(f"\nTheir code alone, minified, {told}: {kept_code} of {len(scripts)} kept", end="")
    print()


def minified(text: str) -> str:
    """The fenced code of a page without its line breaks and most spaces."""
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", text, re.M | re.S)
    return re.sub(r"\s+|(?<=\W) | (?=\W)", " ", " ".join(blocks))


def bench_languages(documents: Sequence[Document]) -> None:
    """The share kept of every language with enough pages."""
    print("\n| language | pages | kept | most frequent reasons |\n|---|---:|---:|---|")
    for language, count in Counter(one.language for one in documents).most_common():
        if count >= LEAST:
            found = [judged(one, FOUR).reasons for one in documents if one.language == language]
            first = Counter(reasons[0] for reasons in found if reasons)
            told = ", ".join(f"{reason} {n}" for reason, n in first.most_common(4))
            print(f"| {language} | {count} | {1 - first.total() / count:.0%} | {told} |")


def show_dropped(documents: Sequence[Document]) -> None:
    """Ten dropped documents of every family, at most two of a site, in a keyed order."""
    reference = reference_of(documents)
    order = sorted(documents, key=lambda one: unit_hash(8, one.id))
    for family in [name for name in FAMILIES if name != "structured"]:
        config = QualityConfig(reading="published", rules=(family,))  # type: ignore[arg-type]
        sites: Counter[str] = Counter()
        for one in order:
            others = judged(one, FOUR.model_copy(update={"rules": without(family)})).reasons
            reasons = judged(one, config, reference).reasons if not others else ()
            if reasons and sites[one.site] < 2 and sites.total() < 10:
                sites[one.site] += 1
                print(f"\n### {family}: {' '.join(reasons)}\n{one.url}\n{one.text[:500]!r}")


def without(family: str) -> tuple[str, ...]:
    return tuple(rule for rule in FOUR.rules if rule != family)


def main() -> None:
    """All parts on the texts of the named extractor, or of the recipe's default."""
    arguments = [one for one in sys.argv[1:] if one != "dropped"]
    config = ExtractConfig.model_validate({"extractor": arguments[0]} if arguments else {})
    pages = list(crawl_texts(Path(os.environ["GRISTMILL_DATA"]), config))
    english = [page.document for page in pages if page.document.language == "en"]
    print(f"## {len(english)} English pages of {len(pages)}, texts of {config.extractor!r}\n")
    if "dropped" in sys.argv:
        show_dropped(english)
        return
    bench_funnel(english)
    bench_structured([page for page in pages if page.document.language == "en"])
    bench_languages([page.document for page in pages])


if __name__ == "__main__":
    main()

"""The screen stage as transforms: what passes, what is dropped and why."""

from dataclasses import replace
from pathlib import Path

from support_graph import here

from pipeline.document import Batch, Document, Page, Record, Unit
from pipeline.frame.graph import Transform
from pipeline.recipe import ExtractConfig, ScreenConfig
from pipeline.screen.transform import (
    BlockSites,
    ReadRights,
    RedactPersonalData,
    RespectRights,
    ScreenLanguages,
    TagLanguages,
)

ENGLISH = "The mill stood by the river for two hundred years; ask joe@firm.com who owned it."
GERMAN = "Die Mühle stand zweihundert Jahre am Fluss, ehe jemand fragte, wem sie gehörte."


def page(url: str, html: str = "") -> Page:
    return Page(id=url, url=url, source="crawl", html=html.encode())


def document(text: str) -> Document:
    return Document(id=text[:4], url="", source="books", text=text)


def through(transform: Transform, *records: Record) -> Batch:
    unit = Unit("one", ("one.warc",))
    batches: list[Batch] = here(transform, Batch(unit, 0, True, records))
    return batches[0]


def drops(batch: Batch) -> list[tuple[str, str, str, str]]:
    return [(row.id, row.stage, row.reason, row.detail) for row in batch.dropped]


def test_pages_of_listed_sites_are_dropped() -> None:
    good, bad = page("https://good.org/"), page("https://www.bet365.com/")
    after = through(BlockSites(ScreenConfig()), good, bad)
    assert after.records == (good,)
    assert drops(after) == [(bad.id, "screen", "blocked_site", "builtin gambling: bet365.com")]


def test_pages_of_sites_that_opted_out_and_of_telling_addresses_are_dropped(
    tmp_path: Path,
) -> None:
    (tmp_path / "asked.txt").write_text("no.org\n")
    config = ScreenConfig(opted_out=(str(tmp_path / "asked.txt"),))
    out, telling = page("https://www.no.org/mill"), page("https://a.org/hentai/1")
    after = through(BlockSites(config), out, telling)
    assert drops(after) == [
        (out.id, "screen", "site_opt_out", "asked.txt: no.org"),
        (telling.id, "screen", "url_words", "hentai"),
    ]


def test_texts_without_a_page_leave_by_lists_too() -> None:
    listed = replace(document(ENGLISH), url="https://www.bet365.com/")
    worded = replace(document(GERMAN), url="https://a.org/hentai")
    after = through(BlockSites(ScreenConfig()), listed, worded)
    assert after.records == (worded,)


def test_pages_that_opt_out_are_dropped_and_others_keep_their_signals() -> None:
    out = page("a", "<meta name=robots content=noai>")
    unlisted = page("b", "<meta name=robots content=noindex>")
    after = through(ReadRights(ExtractConfig()) | RespectRights(ScreenConfig()), out, unlisted)
    assert [record.rights for record in after.records if isinstance(record, Page)] == ["noindex"]
    assert drops(after) == [("a", "screen", "opt_out", "noai:meta")]


def test_documents_without_a_page_pass_sites_and_rights() -> None:
    one = document(ENGLISH)
    assert through(BlockSites(ScreenConfig()), one).records == (one,)
    assert through(RespectRights(ScreenConfig(rights="open_licence_only")), one).records == (one,)


def test_documents_of_other_languages_are_dropped() -> None:
    screened = TagLanguages(ScreenConfig()) | ScreenLanguages(ScreenConfig())
    after = through(screened, document(ENGLISH), document(GERMAN))
    kept = [record.language for record in after.records if isinstance(record, Document)]
    assert kept == ["en"]
    assert drops(after) == [("Die ", "screen", "wrong_language", "de")]


def test_addresses_leave_the_text() -> None:
    after = through(RedactPersonalData(ScreenConfig(), 1729), document(ENGLISH))
    (one,) = after.records
    assert isinstance(one, Document)
    assert one.text == ENGLISH.replace("joe@firm.com", "[email]")
    assert one.redactions == (("email", 1),)

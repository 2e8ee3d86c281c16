from support_in_memory import exact_decisions

from pipeline.dedup.decisions import apply_decisions
from pipeline.dedup.keys import keys_table
from pipeline.document import Document, digest
from pipeline.recipe import DedupConfig

LICENCE = "Permission is granted to copy this work under the terms that follow. " * 4
CONFIG = DedupConfig(site_lines=False)


def page(name: str, text: str, source: str = "crawl") -> Document:
    url = f"http://{name}.org/"
    return Document(id=digest(source, url), url=url, source=source, text=text, site=f"{name}.org")


def licensed(count: int) -> list[Document]:
    own = [
        f"The story of {chr(97 + at) * 5}, told at {'some ' * (at + 1)}length."
        for at in range(count)
    ]
    return [page(f"site{at}", f"{text}\n\n{LICENCE}\n\nAn end.") for at, text in enumerate(own)]


def texts(
    documents: list[Document], config: DedupConfig = CONFIG, earlier: list[Document] | None = None
) -> list[str]:
    before = [keys_table(earlier)] if earlier else []
    decisions = exact_decisions([keys_table(documents)], config, before)[0]
    return [row.text for row in apply_decisions(documents, decisions, "exact").kept]


def test_a_paragraph_of_many_sites_stays_in_the_longest_document_only() -> None:
    holding = [LICENCE.strip() in text for text in texts(licensed(5))]
    assert holding == [False, False, False, False, True]


def test_the_rest_of_a_document_keeps_its_paragraphs_apart() -> None:
    assert texts(licensed(3))[0] == "The story of aaaaa, told at some length.\n\nAn end."


def test_a_paragraph_of_too_few_documents_stays_everywhere() -> None:
    assert [LICENCE.strip() in text for text in texts(licensed(2))] == [True] * 2


def test_a_short_paragraph_stays_everywhere() -> None:
    assert ["An end." in text for text in texts(licensed(5))] == [True] * 5


def test_a_paragraph_that_an_earlier_run_holds_is_cut_everywhere() -> None:
    before = [page("before", f"Short.\n\n{LICENCE}")]
    holding = [LICENCE.strip() in text for text in texts(licensed(3), earlier=before)]
    assert holding == [False] * 3


def test_lines_are_paragraphs_where_no_line_is_blank() -> None:
    pages = [page(f"s{at}", f"Own text {'x' * at} here\n{LICENCE}") for at in range(3)]
    assert [LICENCE.strip() in text for text in texts(pages)] == [False, False, True]


def test_a_paragraph_inside_a_code_block_stays() -> None:
    pages = [
        page(f"s{at}", f"Own text {'x' * at} here\n\n```\ncode\n\n{LICENCE}\n\nmore\n```")
        for at in range(3)
    ]
    assert [LICENCE.strip() in text for text in texts(pages)] == [True] * 3


def test_sources_apart_hold_a_copy_each() -> None:
    pages = [
        page(f"s{at}", f"Own text {'x' * at}\n\n{LICENCE}", f"from{at % 2}") for at in range(6)
    ]
    assert sum(LICENCE.strip() in text for text in texts(pages)) == 1
    apart = CONFIG.model_copy(update={"scope": "per_source"})
    assert sum(LICENCE.strip() in text for text in texts(pages, apart)) == 2

from support_in_memory import exact_decisions

from pipeline.dedup.decisions import apply_decisions
from pipeline.dedup.keys import keys_table
from pipeline.document import Document, digest
from pipeline.recipe import DedupConfig

LICENCE = "Permission is granted to copy this work under the terms that follow. " * 4
CONFIG = DedupConfig(site_lines=False)


def page(name: str, text: str, source: str = "crawl", site: str = "") -> Document:
    url = f"http://{name}.org/"
    return Document(
        id=digest(source, url), url=url, source=source, text=text, site=site or f"{name}.org"
    )


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


OWN = [f"The manual's page on {word} says how it is ground, sifted and kept." for word in "abcde"]


def of_one_site(bodies: list[str]) -> list[str]:
    return texts([page(f"page{at}", body, site="mill.org") for at, body in enumerate(bodies)])


def test_a_paragraph_that_pages_of_a_manual_share_stays_on_all() -> None:
    bodies = [f"{own}\n\n{LICENCE}\n\n{own[::-1]}" for own in OWN]
    assert all(LICENCE.strip() in text for text in of_one_site(bodies))


def test_a_paragraph_at_the_end_of_the_pages_of_a_site_stays_in_one() -> None:
    bodies = [f"{own * 20}\n\n{LICENCE}" for own in OWN]
    assert sum(LICENCE.strip() in text for text in of_one_site(bodies)) == 1


def test_a_teaser_on_pages_of_a_site_stays_in_one_wherever_it_stands() -> None:
    bodies = [f"{own}\n\n{LICENCE.strip()}..\n\n{own[::-1]}" for own in OWN]
    assert sum(LICENCE.strip() in text for text in of_one_site(bodies)) == 1


def test_a_table_at_the_end_of_the_pages_of_a_manual_stays_on_all() -> None:
    table = "\n".join(f"| method {at} | what it does with {at} |" for at in range(20))
    bodies = [f"{own * 20}\n\n{table}" for own in OWN]
    assert all(table in text for text in of_one_site(bodies))


def test_pages_that_share_most_paragraphs_are_left_to_near() -> None:
    shared = [f"Paragraph {word} of the chapter tells how. " * 9 + "It ends." for word in "vwxyz"]
    bodies = ["\n\n".join([*shared[:4], own, shared[4]]) for own in OWN]
    assert of_one_site(bodies) == bodies


def test_footers_below_a_paragraph_do_not_hide_that_it_is_at_the_end() -> None:
    bodies = [f"{own * 20}\n\n{LICENCE}\n\nMeadow | Brook | Barn" for own in OWN]
    pages = [page(f"page{at}", body, site="mill.org") for at, body in enumerate(bodies)]
    assert sum(LICENCE.strip() in text for text in texts(pages, DedupConfig())) == 1

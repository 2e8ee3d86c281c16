"""The text sources: chapters of invented books, and programs, one JSON object a line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.document import digest
from pipeline.sample import technical
from pipeline.sample.authors import TOPICS, Author
from pipeline.sample.chance import Chance
from pipeline.sample.truth import Truth
from pipeline.sample.words import load


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of a text source and its truth."""

    row: dict[str, str]
    truth: Truth

    def line(self) -> str:
        return json.dumps(self.row, ensure_ascii=False) + "\n"


def chapter(number: int) -> TextLine:
    """One chapter of 450 to 900 words; four chapters share a book, so a topic and a title."""
    chance = Chance("chapter", number)
    author = Author(TOPICS[number // 4 % len(TOPICS)], 0.5, chance)
    heading = f"Chapter {number % 4 + 1}: {author.title()}"
    text = "\n\n".join([heading, *author.story(chance.between(450, 850))])
    identity = digest("book", str(number))
    year = str(1880 + number // 4 % 60)
    row = {"id": identity, "text": text, "date": f"{year}-01-01"}
    snippet = text.split("\n\n")[1][:60]
    return TextLine(row, Truth(identity, "", "books", "book", text_has=(snippet,)))


def source_file(number: int) -> TextLine:
    """A program of a few functions in one language."""
    chance = Chance("source file", number)
    languages = load("programs")
    language = chance.pick([*languages, "python", "python", "python"])
    text = technical.source_file(language, chance)
    identity = digest("code", str(number))
    url = f"https://forge-works.example/{language}/{number}"
    truth = Truth(identity, url, "code", "program", code_has=(max(text.splitlines(), key=len),))
    return TextLine({"id": identity, "text": text, "url": url}, truth)


def held_out(texts: int) -> Iterator[tuple[str, str]]:
    """So many texts that no sample holds, each with its kind: articles, books and code in turn."""
    for number in range(texts):
        chance = Chance("held out", number)
        author = Author(TOPICS[number // 3 % len(TOPICS)], chance.unit(), chance)
        kind = ("articles", "books", "code")[number % 3]
        if kind == "code":
            text = technical.source_file(chance.pick([*load("programs")]), chance)
        else:
            write = author.story if kind == "books" else author.paragraphs
            text = "\n\n".join([author.title(), *write(chance.between(150, 600))])
        yield text, kind

"""The lines of a text in the form in which two texts are the same, each brought into it once."""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from pipeline.text import normalise


class NormalLines(NamedTuple):
    """Lines as they are written, blank ones too, and `normalise` of each."""

    written: list[str]
    normal: list[str]

    def whole(self) -> str:
        """`normalise` of the text."""
        return " ".join(filter(None, self.normal))

    def paragraphs(self) -> Iterator[str]:
        """`normalise` of what stands between blank lines, or of each line where none is blank."""
        blank = [not line.strip() for line in self.written]
        if not any(blank[1:-1]):  # what blank lines there are part nothing
            yield from self.normal
            return
        pairs = zip(blank, self.normal, strict=True)
        for parts, group in groupby(pairs, key=lambda pair: pair[0]):
            if not parts:
                yield " ".join(normal for _, normal in group if normal)


def normal_lines(text: str) -> NormalLines:
    """The lines of `text`."""
    written = text.split("\n")
    return NormalLines(written, list(map(normalise, written)))

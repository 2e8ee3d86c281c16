"""A text in the form in which two texts are the same, its lines brought into it once at most."""

from collections.abc import Iterator
from functools import cache

from pipeline.dedup.lines.line_forms import paragraph_texts
from pipeline.text import may_reach, normalise


class NormalLines:
    """The lines of a text as they are written, and `normalise` of what is asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._line = cache(normalise)  # of one text: it may be all line breaks
        self.written = text.split("\n")

    def normal(self, part: str) -> str:
        """`normalise` of a part of the text that begins and ends with lines."""
        if "\n" not in part:
            return self._line(part)
        if part.isascii():
            return normalise(part)  # at once, since it costs nothing
        return " ".join(filter(None, map(self._line, part.split("\n"))))

    def whole(self) -> str:
        """`normalise` of the text."""
        return self.normal(self._text)

    def paragraphs(self, characters: int) -> Iterator[str]:
        """`normalise` of the paragraphs that are then so long."""
        for part in set(paragraph_texts(self._text)):
            if may_reach(part, characters):
                normal = self.normal(part)
                if len(normal) >= characters:
                    yield normal

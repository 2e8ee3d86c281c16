"""Prose of our own making: articles, posts, stories and questions that no two pages share.

A text has a topic, a register (how much of it is encyclopaedic, how much chatty), entities that
return in it, and sentence patterns drawn without replacement, so neither its words nor its order
give it away.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

from pipeline.sample.chance import Chance
from pipeline.sample.grammar import Grammar, Lexicon
from pipeline.sample.words import load

LANGUAGES = tuple(load("languages"))
TOPICS = tuple(load("topics"))
_UNSPACED = ("ja", "zh")


@cache
def _lexicon(topic: str) -> Lexicon:
    """Topic words over general phrases; the other sections are lists of patterns, used by name."""
    english = load("english")
    return {**english["phrases"], **english["forum"], **load("topics")[topic]}


def _name(chance: Chance, start: str, end: str) -> str:
    names = load("english")["names"]
    first: str = chance.pick(names[start])
    last: str = chance.pick(names[end])
    return first + (last[1:] if first[-1] == last[0] else last)


def town(chance: Chance) -> str:
    return _name(chance, "town_start", "town_end")


def entities(chance: Chance) -> dict[str, str]:
    """People, places and years that one text speaks of."""
    given = chance.sample(load("english")["names"]["given"], 2)
    family = [_name(chance, "family_start", "family_end") for _ in given]
    year = chance.between(1620, 1940)
    return {
        "Town": town(chance),
        "Other": town(chance),
        "Given": given[0],
        "Sur": family[0],
        "Person": f"{given[0]} {family[0]}",
        "Second": f"{given[1]} {family[1]}",
        "Year": str(year),
        "Later": str(year + chance.between(4, 70)),
    }


class Author:
    """Writes one English text."""

    def __init__(self, topic: str, register: float, chance: Chance) -> None:
        self.topic = topic
        self.register = register  # 0 chatty .. 1 encyclopaedic
        self.chance = chance
        self.grammar = Grammar(_lexicon(topic), entities(chance), chance)
        self._bags: dict[str, list[str]] = {}

    def _pattern(self, section: str, kind: str) -> str:
        """A pattern of that kind; none comes twice before all have come once."""
        bag = self._bags.setdefault(f"{section}.{kind}", [])
        if not bag:
            patterns = load("english")[section][kind]
            facts = load("topics")[self.topic]["fact"]
            bag += self.chance.shuffled([p for p in patterns if p != "[Fact]"])
            if len(bag) < len(patterns):
                bag[:] = self.chance.shuffled(bag + facts[: len(patterns) - len(bag)])
        return bag.pop()

    def _kind(self) -> str:
        if self.chance.happens(0.35):
            return "both"
        return "encyclopaedic" if self.chance.happens(self.register) else "chatty"

    def line(self, section: str, kind: str) -> str:
        """One line from a named list of patterns."""
        return self.grammar.say(self._pattern(section, kind))

    def sentence(self) -> str:
        return self.line("sentences", self._kind())

    def sentences(self) -> Iterator[str]:
        while True:
            yield self.sentence()

    def title(self) -> str:
        kind = self._kind()
        return self.line("titles", kind)

    def paragraph(self, low: int = 2, high: int = 7) -> str:
        return " ".join(islice(self.sentences(), self.chance.between(low, high)))

    def paragraphs(self, words: int) -> list[str]:
        """Paragraphs of at least `words` words together."""
        out: list[str] = []
        while sum(len(p.split()) for p in out) < words:
            out.append(self.paragraph())
        return out

    def story(self, words: int) -> list[str]:
        """Paragraphs of narrative prose, for books."""
        out: list[str] = []
        while sum(len(p.split()) for p in out) < words:
            kinds = ["story" if self.chance.happens(0.75) else "both" for _ in range(6)]
            count = self.chance.between(1, 6)
            out.append(" ".join(self.line("sentences", kind) for kind in kinds[:count]))
        return out


class Foreigner:
    """Writes one text in another language."""

    def __init__(self, language: str, chance: Chance) -> None:
        self.language = language
        self.chance = chance
        self.lexicon: Lexicon = load("languages")[language]
        self._space = "" if language in _UNSPACED else " "
        fixed = {slot: chance.pick(self.lexicon[slot]) for slot in ("town", "name")}
        self.grammar = Grammar(self.lexicon, fixed, chance)
        self._bag: list[str] = []

    def sentence(self) -> str:
        self._bag = self._bag or self.chance.shuffled(self.lexicon["sentence"])
        return self.grammar.say(self._bag.pop())

    def title(self) -> str:
        return self.grammar.say(self.chance.pick(self.lexicon["title"]))

    def paragraphs(self, sentences: int) -> list[str]:
        """Paragraphs of `sentences` sentences together."""
        lines = [self.sentence() for _ in range(sentences)]
        return [self._space.join(lines[i : i + 4]) for i in range(0, len(lines), 4)]


_STRAIGHT_OPEN = re.compile(r'(^|(?<=[\s(]))"')


def typographic(text: str) -> str:
    """Curly quotes and apostrophes, as word processors set them."""
    return _STRAIGHT_OPEN.sub("“", text).replace('"', "”").replace("'", "’")

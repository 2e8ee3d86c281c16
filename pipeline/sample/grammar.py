"""A recursive grammar over word lists: "[thing]" is replaced by one of the things, and so on down.

`[slot]` is looked up in the entities of the text, then in the lexicon; `[slot+s]` inflects an
English word. An entry with irregular forms gives them: "base|plural" or
"base|past|participle|gerund".
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from pipeline.sample.chance import Chance

Lexicon = Mapping[str, Sequence[str]]

_SLOT = re.compile(r"\[(\w+)(?:\+(\w+))?\]")
_ARTICLE = re.compile(r"\b([Aa]) (?=[aeiou]|hourglass|honest|eight|eleven)(?!one|uni|use|eu)", re.I)


@cache
def _parts(template: str) -> tuple[str, ...]:
    return tuple(_SLOT.split(template))


@cache
def inflect(entry: str, form: str | None) -> str:
    """One form of a lexicon entry: None (base), s (plural), ed (past), en (participle), ing."""
    base, *given = entry.split("|")
    at = {None: -1, "s": 0, "ed": 0, "en": 1, "ing": 2}[form]
    if at < 0:
        return base
    if at < len(given):
        return given[at]
    if form == "s":
        return _plural(base)
    return _gerund(base) if form == "ing" else _past(base)


def _plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")


def _past(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ied"
    return verb + ("d" if verb.endswith("e") else "ed")


def _gerund(verb: str) -> str:
    silent = verb.endswith("e") and not verb.endswith(("ee", "ye"))
    return (verb[:-1] if silent else verb) + "ing"


class Grammar:
    """Expands templates with one lexicon, one set of entities and one stream of choices."""

    def __init__(self, lexicon: Lexicon, entities: Mapping[str, str], chance: Chance) -> None:
        self.lexicon = lexicon
        self.entities = entities
        self.chance = chance

    def expand(self, template: str) -> str:
        """`template` with every slot filled, recursively."""
        parts = _parts(template)
        out = [parts[0]]
        used: set[str] = set()
        for i in range(1, len(parts), 3):
            out += self._fill(parts[i], parts[i + 1], used), parts[i + 2]
        return "".join(out)

    def say(self, template: str) -> str:
        """`template` expanded as a sentence: articles fitted, first letter raised."""
        text = _ARTICLE.sub(r"\1n ", self.expand(template))
        at = 1 if text[:1] in "\"'«„“" else 0
        return text[: at + 1].upper() + text[at + 1 :]

    def _fill(self, slot: str, form: str | None, used: set[str]) -> str:
        if slot in self.entities:
            return self.entities[slot]
        options = self.lexicon[slot] if slot in self.lexicon else self.lexicon[slot.lower()]
        entry = self.chance.pick(options)
        for _ in range(3):  # "nets and nets" reads badly
            if entry not in used:
                break
            entry = self.chance.pick(options)
        used.add(entry)
        word = self.expand(entry) if "[" in entry else inflect(entry, form)
        return word if slot in self.lexicon else word[:1].upper() + word[1:]

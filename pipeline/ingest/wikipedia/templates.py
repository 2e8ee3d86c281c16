"""What the templates inside a sentence show, of those that stand for text and not for furniture.

By the names of the English Wikipedia, many of which the others took over. Parameters are as the
templates' own pages on the English Wikipedia describe them.
"""

from collections.abc import Callable

from mwparserfromhell.nodes import Template
from mwparserfromhell.wikicode import Wikicode

Shown = list[Wikicode | str]

# Templates that stand for one of their own arguments, counted from 1.
_ARGUMENT = {
    "lang": 2, "nowrap": 1, "nobr": 1, "small": 1, "smaller": 1, "big": 1, "em": 1, "strong": 1,
    "abbr": 1, "tooltip": 1, "transliteration": 2, "transl": 2, "math": 1, "mvar": 1, "var": 1,
    "sic": 1, "code": 1, "mono": 1, "tt": 1, "kbd": 1, "samp": 1, "linktext": 1, "ill": 1,
    "interlanguage link": 1, "visible anchor": 1, "vanchor": 1, "ipa": 1, "ipalink": 1,
    "ipablink": 1, "vr": 1, "sc": 1, "smallcaps": 1, "sup": 1, "sub": 1, "nobold": 1,
    "noitalic": 1, "script": 2, "iast": 1, "unicode": 1, "flag": 1, "flagcountry": 1,
    "railgauge": 1, "track gauge": 1, "not a typo": 1, "as written": 1,
}  # fmt: skip
# Templates that stand for a sign.
_SIGN = {
    "'s": "’s", "'": "’", "!": "|", "=": "=", "nbsp": " ", "thinsp": " ", "snd": " – ",
    "spnd": " – ", "spaced ndash": " – ", "ndash": "–", "en dash": "–", "mdash": "—",
    "mdashb": "—", "em dash": "—", "spaced mdash": " — ", "dot": " · ", "·": " · ", "•": " • ",
    "pi": "π", "dagger": "†", "euro": "€", "pound sign": "£",
}  # fmt: skip
_RANGES = {"to": " to ", "and": " and ", "or": " or ", "-": "–", "–": "–", "by": " by ", "x": " × "}
# Words among the sounds of `IPAc-en` that say who pronounces it so.
_NO_SOUND = frozenset({"lang", "pron", "us", "uk", "local", "also", "audio", "en-us", "en-uk"})


def shown(template: Template) -> Shown:
    """The text of an inline template as pieces, in order; none of a template that is furniture."""
    name = str(template.name).strip().lower().replace("_", " ")
    if name in _SIGN:
        return [_SIGN[name]]
    made = _MADE.get(name)
    if made is not None:
        return made(template)
    if name.startswith("ipa-"):
        return _around("[", _value(template, 1), "]")
    at = 1 if name.startswith("lang-") else _ARGUMENT.get(name)
    return _around("", _value(template, at), "") if at is not None else []


def _value(template: Template, *names: int | str) -> Wikicode | None:
    """The first of several parameters that is there."""
    return next((template.get(name).value for name in names if template.has(name)), None)


def _around(before: str, value: Wikicode | None, after: str) -> Shown:
    return [before, value, after] if value is not None else []


def _places(template: Template) -> list[str]:
    """The parameters without a name, as text."""
    return [str(p.value).strip() for p in template.params if not p.showkey]


def _quotation(template: Template) -> Shown:
    return _around("\n", _value(template, 1, "text", "quote"), "\n")


def _measure(template: Template) -> Shown:
    """`convert`: a number or a range of two, and the unit they were measured in."""
    places = _places(template)
    if len(places) >= 4 and places[1] in _RANGES:
        return [f"{places[0]}{_RANGES[places[1]]}{places[2]} {places[3]}"]
    return [" ".join(places[:2])]


def _number(template: Template) -> Shown:
    """`val`: digits, a power of ten, a unit."""
    power, unit = _value(template, "e"), _value(template, "u", "ul")
    ten = f"×10^{power}" if power else ""
    return ["".join(_places(template)[:1]) + ten + (f" {unit}" if unit else "")]


def _fraction(template: Template) -> Shown:
    match _places(template):
        case [below]:
            return [f"1/{below}"]
        case [above, below]:
            return [f"{above}/{below}"]
        case [whole, above, below]:
            return [f"{whole} {above}/{below}"]
    return []


def _formula(template: Template) -> Shown:
    return ["".join(_places(template)).replace("''", "")]


def _sounds(template: Template) -> Shown:
    sounds = "".join(p for p in _places(template) if p.lower() not in _NO_SOUND)
    return [f"/{sounds.replace('_', ' ')}/"] if sounds else []


def _since(template: Template) -> Shown:
    start = "as of " if template.has("lc") else "As of "
    return [start + "-".join(_places(template)[:3])]


def _japanese(template: Template) -> Shown:
    first, *others = [_value(template, at) for at in (1, 2, 3)]
    more = [value for value in others if value is not None and str(value).strip()]
    pieces: Shown = [first] if first is not None and str(first).strip() else []
    for i, value in enumerate(more):
        pieces += [", " if i else " (" if pieces else "", value]
    return [*pieces, ")"] if more and first is not None and str(first).strip() else pieces


_MADE: dict[str, Callable[[Template], Shown]] = {
    "quote": _quotation,
    "blockquote": _quotation,
    "cquote": _quotation,
    "convert": _measure,
    "cvt": _measure,
    "val": _number,
    "frac": _fraction,
    "sfrac": _fraction,
    "fraction": _fraction,
    "chem": _formula,
    "chem2": _formula,
    "ipac-en": _sounds,
    "as of": _since,
    "circa": lambda template: _around("c. ", _value(template, 1), ""),
    "c.": lambda template: _around("c. ", _value(template, 1), ""),
    "angbr": lambda template: _around("⟨", _value(template, 1), "⟩"),
    "angbr ipa": lambda template: _around("⟨", _value(template, 1), "⟩"),
    "nihongo": _japanese,
}

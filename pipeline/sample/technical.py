"""Documentation with code, pages with formulas, and programs of our own writing."""

import re
from html import escape
from textwrap import wrap

from pipeline.sample.authors import Author, entities
from pipeline.sample.chance import Chance
from pipeline.sample.formulas import Formula, make_formula
from pipeline.sample.grammar import Grammar, inflect
from pipeline.sample.markup import Content, code, heading, paragraph, snippet
from pipeline.sample.sites import Site
from pipeline.sample.words import load

_PLACE = re.compile(r"@([abcANM])")


def program(language: str, chance: Chance, functions: int) -> str:
    """`functions` functions in that language, each with names and numbers of its own."""
    words = load("english")["software"]
    chosen = chance.sample(load("programs")[language], functions)
    return "\n".join(_named(text, words["noun"] + words["module"], chance) for text in chosen)


# How each language opens its comments, line by line.
_COMMENT = {
    "python": "# ",
    "bash": "# ",
    "sql": "-- ",
    "c": "// ",
    "javascript": "// ",
    "rust": "//! ",
}


def source_file(language: str, chance: Chance) -> str:
    """A file of a few functions under a comment that says what they are for."""
    writer = _Writer("software", chance)
    about = " ".join([writer.title() + ".", writer.paragraph(), writer.paragraph()])
    head = "".join(f"{_COMMENT[language]}{line}\n" for line in wrap(about, 88))
    return f"{head}\n{program(language, chance, chance.between(3, 5))}"


def _named(text: str, nouns: list[str], chance: Chance) -> str:
    a, b, c = chance.sample(nouns, 3)
    names = {"a": f"{a}_{chance.pick(nouns)}", "b": inflect(b, "s"), "c": c}
    names |= {"A": a.title() + chance.pick(nouns).title(), "N": str(chance.between(10, 99))}
    names |= {"M": str(chance.between(2, 9))}
    return _PLACE.sub(lambda match: names[match[1]], text)


class _Writer:
    """Sentences of one section of the word list, none twice before all once."""

    def __init__(self, section: str, chance: Chance) -> None:
        words = load("english")
        self.words = words[section]
        lexicon = {**words["phrases"], **self.words}
        self.grammar = Grammar(lexicon, entities(chance), chance)
        self.chance = chance
        self._bag: list[str] = []

    def sentence(self) -> str:
        self._bag = self._bag or self.chance.shuffled(self.words["sentence"])
        return self.grammar.say(self._bag.pop())

    def paragraph(self) -> str:
        return " ".join(self.sentence() for _ in range(self.chance.between(3, 6)))

    def title(self) -> str:
        return self.grammar.say(self.chance.pick(self.words["title"]))


def documentation(site: Site, chance: Chance) -> Content:
    """A manual page: prose, headings, and code of one language in one of three dresses."""
    writer = _Writer("software", chance)
    language = chance.pick(["python", "python", "c", "javascript", "rust", "sql", "bash"])
    style = chance.pick(["plain", "plain", "numbered", "spans"])
    intro = writer.paragraph()
    blocks, lines = [paragraph(intro)], []
    for _ in range(chance.between(2, 4)):
        blocks.append(heading(writer.grammar.say(chance.pick(writer.words["heading"]))))
        blocks.append(paragraph(writer.paragraph()))
        text = program(language, chance, 1)
        blocks += code(language, text, style), paragraph(writer.paragraph())
        # Markdown tables escape the pipe, so an extractor may do so in a numbered block.
        lines += [line.strip() for line in _longest(text) if "|" not in line]
    blocks += _background(site, chance)
    return Content(
        "documentation", writer.title(), "\n".join(blocks), (snippet(intro),), tuple(lines)
    )


def _longest(text: str) -> list[str]:
    """The longest line, as a list."""
    return sorted(text.splitlines(), key=len)[-1:]


def _background(site: Site, chance: Chance) -> list[str]:
    """A closing section in the register of the site."""
    author = Author(site.topic, site.register, chance)
    return [heading(author.line("titles", "heading")), paragraph(author.paragraph(4, 8))]


def mathematics(site: Site, chance: Chance) -> Content:
    """A page with formulas, all as MathML, as KaTeX, or as raw TeX between delimiters."""
    writer = _Writer("mathematics", chance)
    form = chance.pick(["mathml", "katex", "tex", "dollars"])
    formulas: list[str] = []

    def set_formulas(text: str) -> str:
        first, *rest = escape(text, quote=False).split("{f}")
        out = first
        for piece in rest:
            formula = make_formula(chance, 2)
            formulas.append(formula.tex)
            out += _dressed(formula, form, display=False) + piece
        return out

    intro = "The page assumes that the reader has met the subject before. " + writer.grammar.say(
        "It is about [concept+s], and above all about one [result] from [Year] that is easy to use."
    )
    blocks = [paragraph(intro)]
    for _ in range(chance.between(4, 7)):
        blocks.append(f"<p>{set_formulas(writer.paragraph())}</p>")
        if chance.happens(0.5):
            formula = make_formula(chance, 3)
            formulas.append(formula.tex)
            blocks.append(_dressed(formula, form, display=True))
    blocks += _background(site, chance)
    has = (snippet(intro),)
    return Content("math", writer.title(), "\n".join(blocks), has, math=tuple(formulas[:3]))


def _dressed(formula: Formula, form: str, display: bool) -> str:
    tex = escape(formula.tex)
    if form == "tex":
        return f"\\[{tex}\\]" if display else f"\\({tex}\\)"
    if form == "dollars":
        return f"<p>$${tex}$$</p>" if display else f"${tex}$"
    note = f'<annotation encoding="application/x-tex">{tex}</annotation>'
    kind = ' display="block"' if display else ""
    math = (
        f'<math xmlns="http://www.w3.org/1998/Math/MathML"{kind}><semantics>'
        f"<mrow>{formula.mathml}</mrow>{note}</semantics></math>"
    )
    if form == "mathml":
        return math
    shown = f'<span class="base">{escape(formula.plain)}</span>'
    return (
        f'<span class="katex"><span class="katex-mathml">{math}</span>'
        f'<span class="katex-html" aria-hidden="true">{shown}</span></span>'
    )

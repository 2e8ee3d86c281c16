"""Constructs of HTML and wikitext, repeated: each a name and a function of a number of bytes."""

from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from string import ascii_lowercase
from typing import NamedTuple


class Construct(NamedTuple):
    """A page by its length: `before` once, then `unit` as often as fits."""

    name: str
    page: Callable[[int], str]


def _words(text: str) -> list[str]:
    return text.split()


# fmt: off
ELEMENTS = _words(
    "a abbr address applet area article aside audio b base big blockquote body br button"
    " canvas caption center cite code col colgroup data datalist dd del details dfn dialog"
    " dir div dl dt em embed fieldset figcaption figure font footer form frame frameset h1 h2"
    " header hgroup hr html i iframe image img input ins kbd keygen label legend li link"
    " listing main map mark marquee math menu menuitem meta meter nav nobr noembed noframes"
    " noscript object ol optgroup option output p param picture plaintext pre progress q rb"
    " rp rt rtc ruby s samp script search section select selectedcontent slot small source"
    " span strike strong style sub summary sup svg table tbody td template textarea tfoot th"
    " thead time title tr track tt u ul var video wbr xmp path g foreignObject desc mi mtext"
    " annotation-xml mglyph x-y a:b"
)
CONTEXTS = (
    "", "<table>", "<table><tr><td>", "<select>", "<svg>", "<svg><foreignObject>",
    "<svg><title>", "<math><mi>", "<template>", "<ruby>", "<button>", "<p>", "<a><b>", "<ul>",
    "<frameset>",
)
MIXED = _words(
    "a b i font nobr code p div li dt ul h1 button form table tbody tr td caption colgroup"
    " select option optgroup svg math template foreignObject rt object marquee body frameset"
    " span script title x-y"
)
TEXTS = (
    " ", "\n", "\t", "\u00a0", "\u3000", "\u200b", "\u0000", "\\", "\\(", "\\[", "$", "$$", "`",
    "```", "~~~", "'", "\"", "(", "[", "{", "|", "| ", "*", "-", ".", ". ", "…", ",", ";", ":",
    "/", "//", "@", "a@", "a@a.", "1.", "1.1.1.1 ", "::", ":1", "a:", "http://", "http://a.",
    "&", "&amp;", "&#x", "&notit;", "<", "</", "<!", "<!-", "<!--", "<!-- --", "-->",
    "<![CDATA[", "]]>", "<?", "<!doctype", "a", "a ", "A. ", "中", "ก", "a\u0301", "\u0301",
    "\U0001f600", "a\n", "a\n\n", "# ", "lorem ipsum ", "javascript ", "{}", "a b c d e ",
    "page 1 next ", "©", "1,", "a'", "_", "__", "=", "==", "%", "%2",
)
ATTRIBUTES = (
    "class='{}'", "id='{}'", "style='{}'", "title='{}'", "href='{}'", "role='{}'", "type='{}'",
    "data-{}=1", "rel='{}'", "content='{}' name=a", "aria-label='{}'", "alt='{}'", "src='{}'",
)
VALUES = (
    " ", "a ", "a-", "-", "_", "a:b;", "display:", "math ", "code ", "\\(", "$", "&amp;", "A1",
    "{", "//",
)
TOKENS = (
    "{{a|", "{{a", "{{", "{{{a|", "{{{", "{{{{", "[[a|", "[[a", "[[", "[[[[", "[http://a ",
    "[//a", " <a b=\"", "<a b={{", "<b>", "<b ", "<ref>", "<ref", "<ref name=", "<!--",
    "<nowiki>", "<math>", "<pre>", "<li>", "<br>", "<div>", "<div ", "<td>", "<table>",
    "<poem>", "</b>", "</", "<a/", "''", "'''", "'''''", "\n=", "\n==", "\n== a ==", "\n*",
    "\n:", "\n;", "\n#", "#", "*", "\n----", "\n; a : ", "\n{|\n|-\n| a", "\n{|", "{|\n|",
    "\n|}", "\n|", "\n!", "|", "||", "=", "=a", "]]", "}}", "}}}", "]", "-->", "&", "&#x",
    "&nbsp;", "http://", "mailto:", "a:", "(", "()", "(, ", ", ", ";", " ", "\t", "\u00a0",
    "\n", "\n\n", "__", "__A", "-{", "~", "<", ">", "[[a|b]]", "{{a|b}}", "{{lang|a|b}}",
    "{{convert|1|2}}", "<b>a</b>", "<br/>", "\n{|\n|a\n|}", "a", "-",
)
# fmt: on


def _repeated(before: str, unit: str, size: int) -> str:
    return before + unit * max((size - len(before)) // len(unit), 1)


def _twice(first: str, second: str, size: int) -> str:
    times = max(size // (len(first) + len(second)), 1)
    return first * times + second * times


def _numbered(unit: str, size: int) -> str:
    return "".join(unit.format(at) for at in range(size // (len(unit) + 4)))


def _construct(unit: str, before: str = "") -> Construct:
    return Construct(f"{before}({unit})*", partial(_repeated, before, unit))


def element_constructs() -> Iterator[Construct]:
    """Every element alone, in every context: unclosed, closed, with text, with attributes."""
    for name in ELEMENTS:
        for context in CONTEXTS:
            for unit in (f"<{name}>", f"<{name}>a</{name}>", f"<{name} a='b c'>a", f"<{name}/>"):
                yield _construct(unit, context)
        yield _construct(f"a</{name}>")
        yield Construct(f"<{name} N>", partial(_numbered, f"<{name} a{{}}=1>"))
        yield Construct(f"<p><{name} N>", partial(_numbered, f"<p><{name} id={{}}>a"))


def mixed_constructs() -> Iterator[Construct]:
    """Two elements, nested, closed in the wrong order, or many of one after many of the other."""
    for one in MIXED:
        for two in MIXED:
            if one != two:
                yield _construct(f"<{one}><{two}>a</{one}></{two}>")
                yield _construct(f"<{one}><{two}></{one}>")
                yield _construct(f"<{one}></{two}>")
                yield _construct(f"<{one}>a<{two}>")
                yield _construct(f"<{two}>a</{two}>", f"<{one}>" * 1_500)
                twice = partial(_twice, f"<{one}>", f"<{two}>a")
                yield Construct(f"(<{one}>)*(<{two}>a)*", twice)


def text_constructs() -> Iterator[Construct]:
    """Runs of signs in a paragraph, in code, in a table, in a script; and in attributes."""
    for unit in TEXTS:
        for before in ("<p>", "<pre>", "<table><tr><td>a", "<script>", "<p title='", "<title>"):
            yield _construct(unit, before)
        yield _construct(f"<p>{unit * 20}")
    for form in ATTRIBUTES:
        before, _, after = form.partition("{}")
        for value in VALUES:
            yield Construct(f"{form} {value!r}", partial(_repeated, f"<div {before}", value))
            yield _construct(f"<div {before}{value * 40}{after}>a</div>")


def tag_constructs() -> Iterator[Construct]:
    """Tags of very many attributes, and what else a tag can hold."""
    for length in (50, 400, 3_000, 20_000):
        attributes = "".join(f" a{at:x}" for at in range(length // 4))
        for name in ("div", "body", "html", "b", "a", "p"):
            yield _construct(f"<{name}{attributes}>a")
            yield _construct(f"<{name}{attributes}>a</{name}>")
    hidden = "<svg><foreignObject></svg></foreignObject><style>"
    for before in ("<!-- --!>", "<!-->", "<noembed><!--</noembed>", hidden, "<svg><title>"):
        yield _construct("<b></font>", before)
    yield _construct("<!--", "<a>" * 200_001)
    yield _construct("<option selected>a</option>", "<select><button><selectedcontent></button>")
    yield Construct("(<b></i> N)(<p>a)", partial(_numbered, "<b id={}></i><p>a"))
    yield Construct(
        "(<b><table></b></table> N)", partial(_numbered, "<b id={}><table></b></table>a")
    )


def page_constructs() -> Iterator[Construct]:
    """All of HTML."""
    yield from element_constructs()
    yield from mixed_constructs()
    yield from text_constructs()
    yield from tag_constructs()


def page_texts() -> Iterator[Construct]:
    """Pages of very many short words, lines, sentences or addresses: dear in the last stages."""
    chance = Random(5)
    random = {
        kind: chance.choices(signs, k=2_621_440)
        for kind, signs in (
            ("letters", ascii_lowercase),
            ("ten letters", "abcdefghij"),
            ("five letters", "abcde"),
            ("ten Cyrillic letters", "абвгдежзик"),
        )
    }
    for name, letters in random.items():
        yield Construct(f"random {name}", partial(_cut, "<p>" + " ".join(letters)))
    letters = random["letters"]
    half = " ".join(letters[:1_310_000])
    yield Construct("letters twice", partial(_cut, f"<p>{half} {half}"))
    yield Construct("lines of a letter", partial(_cut, "<pre>" + "\n".join(letters)))
    words = ("".join(letters[at : at + 4]) for at in range(0, len(letters), 4))
    yield Construct("lines of four letters", partial(_cut, "<pre>" + "\n".join(words)))
    numbers = range(250_000)
    for name, text in (
        ("ipv4", (f"{n % 222 + 1}.{n % 251}.{n * 7 % 256}.{n * 3 % 256} " for n in numbers)),
        ("ipv6", (f"2001:db8:{n % 9999:x}::1 " for n in numbers)),
    ):
        yield Construct(name, partial(_cut, "<p>" + "".join(text)))
    for unit in (
        " ".join(ascii_lowercase),
        "a",
        "ab",
        ".",
        "A.",
        "ab! Mr.",
        "1.2.3.4",
        "ip 1.2.3.4",
        "a:b:c",
    ):
        yield _construct(f"{unit} ", "<p>")
    for unit in ("a\n\n", "a;\n", "```\na\n", "# a\n"):
        yield _construct(unit, "<pre>")


def _cut(page: str, size: int) -> str:
    return page.encode()[:size].decode(errors="ignore")


def wikitext_constructs() -> Iterator[Construct]:
    """Every token alone, behind openings, and beside every other; and pairs, nested."""
    for token in TOKENS:
        yield _construct(token)
        for before in ("{{a|" * 39, "[[a|" * 39, "<b>" * 39, "\n== "):
            yield _construct(token, before)
        for other in TOKENS:
            if other != token:
                yield _construct(token + other)
    for opening, closing in (("{{a|", "}}"), ("[[a|", "]]"), ("{{{a|", "}}}"), ("<b>", "</b>")):
        yield Construct(f"{opening}*{closing}*", partial(_twice, opening, closing))

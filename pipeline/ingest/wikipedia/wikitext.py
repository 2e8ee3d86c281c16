"""Wikitext to plain text in the manner of Markdown: headings, paragraphs, lists, code, formulas.

Templates, tables, images, categories, references and the sections that list them stay out. Parsing
is mwparserfromhell's; what is said here is which of its nodes are text.
"""

import html
import re
from collections.abc import Callable
from typing import NamedTuple

import mwparserfromhell
from mwparserfromhell import nodes
from mwparserfromhell.wikicode import Wikicode

from pipeline.ingest.wikipedia.markup_limits import is_costly
from pipeline.ingest.wikipedia.templates import shown
from pipeline.ingest.wikipedia.unseen_markup import without_unseen

_UNSEEN = frozenset(
    {"ref", "references", "gallery", "table", "timeline", "imagemap", "score", "graph", "mapframe"}
    | {"maplink", "templatestyles", "section", "indicator", "noinclude", "inputbox"}
)
_CODE = frozenset({"syntaxhighlight", "source", "pre"})
_FORMULA = frozenset({"math", "chem", "ce"})
_BREAKS = frozenset({"br", "hr", "p", "div", "blockquote", "center", "poem"})

# Sections that hold references or links and no prose, where they are headed in the usual words.
# fmt: off
_LISTING = frozenset(
    " ".join(name.split())
    for name in """
    references; notes; footnotes; citations; external links; further reading; bibliography;
    sources; see also; notes and references; works cited; references and notes; einzelnachweise;
    weblinks; literatur; quellen; siehe auch; références; notes et références; liens externes;
    voir aussi; bibliographie; annexes; referencias; enlaces externos; véase también;
    bibliografía; note; collegamenti esterni; voci correlate; bibliografia; referências;
    ligações externas; ver também; referenties; externe links; zie ook; bronnen, noten en/of
    referenties; przypisy; linki zewnętrzne; zobacz też; примечания; ссылки; литература; см.
    также; източници; бележки; външни препратки; вижте също;
    脚注; 出典; 外部リンク; 関連項目; 参考文献; 参考资料; 外部链接; 参见; 參考資料; 外部連結;
    參見; 注释; 참고 문헌; 각주; 외부 링크; 같이 보기
    """.replace("\n", " ").split(";")
)
# fmt: on

_STYLE = re.compile(r"'{2,5}")
_MAGIC = re.compile(r"__[A-Z]{3,}__")
_EMPTY_BRACKETS = re.compile(r" ?\((?:[\s,;:.–-]|&nbsp;)*\)")
_LEADING = re.compile(r"\([\s;,]++")
_TRAILING = re.compile(r"(?<![\s;,])[\s;,]++\)")  # from the run's first sign on alone
_LOOSE = re.compile(r"(?<=\S)(?:,[ ]+(?=;)|[ ]+(?=[,;][ ]))")
_SPACES = re.compile(r"[ \t\u00a0]{2,}")
_HEADING = re.compile(r"(#{1,6}) (.*)")
_ITEM = re.compile(r" *- *$")


class Plain(NamedTuple):
    """The text of an article, and what stands in it."""

    text: str
    has_math: bool
    has_code: bool


def plain_text(wikitext: str, unlinked: frozenset[str]) -> Plain:
    """The text of an article. `unlinked` are the lower-case prefixes of links that show no text.

    Raises ValueError where the parser cannot make sense of the wikitext, or only at a price.
    """
    seen = without_unseen(wikitext)
    if is_costly(seen):
        raise ValueError("too much of the markup is not closed")
    try:
        code = mwparserfromhell.parse(seen, skip_style_tags=True)
    except mwparserfromhell.parser.ParserError as error:
        raise ValueError(str(error)) from error
    rendering = _Rendering(unlinked)
    rendering.add(code)
    return Plain(_tidied("".join(rendering.out)), rendering.has_math, rendering.has_code)


class _Rendering:
    """Nodes written out one after the other."""

    def __init__(self, unlinked: frozenset[str]) -> None:
        self.out: list[str] = []
        self.has_math = False
        self.has_code = False
        self._unlinked = unlinked
        self._depth = 0  # of the list item that is being opened
        self._write: dict[type, Callable[..., None]] = {
            nodes.Text: self._text,
            nodes.Wikilink: self._link,
            nodes.ExternalLink: self._external,
            nodes.Template: self._template,
            nodes.Tag: self._tag,
            nodes.Heading: self._heading,
            nodes.HTMLEntity: self._entity,
        }

    def add(self, code: Wikicode | None) -> None:
        for node in code.nodes if code is not None else ():
            write = self._write.get(type(node))
            if write is not None:
                if self._depth and not (isinstance(node, nodes.Tag) and node.wiki_markup):
                    self._depth = 0
                write(node)

    def _text(self, node: nodes.Text) -> None:
        self.out.append(node.value)

    def _entity(self, node: nodes.HTMLEntity) -> None:
        character = node.normalize()
        self.out.append(" " if character == "\u00a0" else character)

    def _heading(self, node: nodes.Heading) -> None:
        self.out.append(f"\n\n{'#' * node.level} ")
        self.add(node.title)
        self.out.append("\n\n")

    def _link(self, node: nodes.Wikilink) -> None:
        title = str(node.title).strip()
        prefix, colon, _ = title.partition(":")
        if colon and prefix and prefix.strip().lower() in self._unlinked:
            return
        if node.text is not None:
            self.add(node.text)
        else:
            self.out.append(html.unescape(title).lstrip(":").replace("_", " "))

    def _external(self, node: nodes.ExternalLink) -> None:
        if node.title is not None:
            self.add(node.title)
        elif not node.brackets:
            self.out.append(str(node.url))

    def _template(self, node: nodes.Template) -> None:
        for piece in shown(node):
            if isinstance(piece, str):
                self.out.append(piece)
            else:
                self.add(piece)

    def _tag(self, node: nodes.Tag) -> None:
        name = str(node.tag).strip().lower()
        if node.wiki_markup in ("*", "#", ":", ";"):
            self._item(node.wiki_markup)
        elif name in _FORMULA:
            self.has_math = True
            self.out.append(f"${str(node.contents).strip()}$")
        elif name in _CODE:
            self.has_code = True
            self.out.append(f"\n\n```\n{_verbatim(node)}\n```\n\n")
        elif name == "nowiki":
            self.out.append(_verbatim(node))
        elif name not in _UNSEEN:
            self.has_code |= name == "code"
            self.out.append("\n" if name in _BREAKS else "")
            self.add(node.contents)
            self.out.append("\n" if name in _BREAKS and node.contents else "")

    def _item(self, markup: str) -> None:
        """A list mark. Several in a row are one item, as deep as they are many."""
        if markup in ("*", "#"):
            if self._depth:
                self.out.pop()
            self._depth += 1
            self.out.append("  " * (self._depth - 1) + "- ")


def _verbatim(node: nodes.Tag) -> str:
    return str(node.contents).strip("\n") if node.contents is not None else ""


def _tidied(text: str) -> str:
    """Lines without what removed nodes have left: empty brackets, items, headings."""
    lines: list[str] = []
    code = False
    for line in text.split("\n"):
        if line.startswith("```"):
            code = not code
        lines.append(line if code else _tidied_line(line))
    return "\n".join(_without_listings(lines)).strip()


def _tidied_line(line: str) -> str:
    line = _MAGIC.sub("", _STYLE.sub("", line.replace("\u00a0", " ")))
    line = _TRAILING.sub(")", _LEADING.sub("(", _EMPTY_BRACKETS.sub("", line)))
    line = _LOOSE.sub("", line)
    indent = len(line) - len(line.lstrip(" ")) if line.lstrip().startswith("- ") else 0
    line = line[:indent] + _SPACES.sub(" ", line[indent:]).strip()
    return "" if _ITEM.match(line) else line


def _without_listings(lines: list[str]) -> list[str]:
    """`lines` without sections of references, empty sections and double empty lines."""
    kept: list[str] = []
    hidden = 0  # level of the heading whose section is left out
    for line in lines:
        heading = _HEADING.match(line)
        if heading is not None:
            level = len(heading.group(1))
            if hidden and level > hidden:
                continue
            hidden = level if heading.group(2).strip().lower() in _LISTING else 0
            _drop_empty(kept, level)
            kept += [""] if kept else []
        if hidden or (not line and kept and not kept[-1]):
            continue
        kept.append(line)
    _drop_empty(kept, 1)
    return kept


def _drop_empty(lines: list[str], level: int) -> None:
    """Takes headings of `level` or deeper off the end of `lines`: nothing came after them."""
    while lines:
        heading = _HEADING.match(lines[-1])
        if lines[-1] and not (heading and len(heading.group(1)) >= level):
            return
        lines.pop()

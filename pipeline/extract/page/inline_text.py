"""What stands within a line and is not simply its text: exponents, numbers of notes, readings of
characters, icons, permalinks, and what is not shown.
"""

import re
from functools import lru_cache
from typing import Any

from pipeline.extract.page.class_names import may_be_math
from pipeline.extract.page.element_kinds import Attributes, is_hidden
from pipeline.extract.page.tag_roles import BLOCK, TAG_ROLES, TEXT_NODE

_MOST_RAISED = 16  # characters
_MOST_MARK = 24
_MOST_CHARACTERS = 200  # of class names
_LONG_TEXT = "a text that is long or has many nodes"
_MOST_WITHIN = 50  # nodes of an element whose text is short
_MOST_LOOKED_AT = 50  # children of an element that may be a block

_NOTE = re.compile(r"[\[(]?(?:\d{1,3}(?:\s?[,–-]\s?\d{1,3})*|[a-z])[\])]?")
_NOTE_NAMES = re.compile(r"foot|note|ref|cit", re.IGNORECASE)
_AFTER_WORD = re.compile(r"(?:[^\W\d_]{4}|[.,;:!?\"'”’»)\]。、])\Z")
_ORDINAL = re.compile(
    r"(?:st|nd|rd|th|er|ers|re|e|ème|ère|o|a|os|as|º|ª|me|mes|lle|te|de|ste|tm|sm|r|c)\Z", re.I
)
_ORDERED = re.compile(r"(?:\d|(?<![^\W_])[IVXLC]+)\Z")  # numbers, Roman ones too
_EXPONENT = re.compile(
    r"\d{1,2}[+−-]|[+−–-]?(?:\d{1,4}(?:[./]\d{1,3})?|[a-zA-Zα-ω])(?:[+−*/-]\w{1,4})*|[+−-]"
)
_BASE = re.compile(r"(?:\d|(?<![^\W\d_])[^\W\d_]{1,3}|\d\)|(?<![^\W\d_])[^\W\d_]\))\Z")

_UNSEEN = frozenset(
    ("hidden", "hide", "d-none", "sr-only", "visually-hidden", "visuallyhidden", "invisible",
     "screen-reader-text", "screen-reader", "screenreader", "element-invisible", "is-hidden",
     "assistive-text", "u-hidden", "display-none", "show-for-sr", "offscreen", "nodisplay",
     "copy-button", "copybtn", "copy-btn", "viewcode-link", "mw-editsection", "visuallyhide")
)  # fmt: skip
_LINKS = frozenset(
    ("headerlink", "header-anchor", "heading-anchor", "anchorjs-link", "permalink", "hash-link",
     "anchor-link", "heading-link", "headinglink", "header-link", "headeranchor", "anchor",
     "octicon-link", "direct-link", "section-link", "para-link", "hanchor")
)  # fmt: skip
_ICON = re.compile(
    r"(?:material-(?:icons|symbols)|fa[srlbd]?|glyphicons?|ion|mdi|icons?)(?:-.*)?\Z"
)
_ICON_TEXT = re.compile(r"[a-z0-9_]{1,30}|\W{0,3}|[\ue000-\uf8ff]*")
_SIGNS = frozenset(
    ("", "¶", "#", "§", "🔗", "⚓", "↩", "❡", "[source]", "[src]", "[edit]", "[link]",
     "[permalink]", "[top]", "[code]")
)  # fmt: skip
# Of a heading that has said something before.
_WORDS = frozenset(
    ("permalink", "link", "anchor", "source", "edit", "copy", "copy link", "copied!", "top",
     "link to this heading", "permanent link", "copy to clipboard", "back to top", "edit source",
     "view source", "direct link", "copied", "#link")
)  # fmt: skip
HIDES, LINKS, ICON, MATH = 1, 2, 4, 8


@lru_cache(maxsize=1 << 14)
def class_says(names: str) -> int:
    """What class names say of an element within a line: HIDES, LINKS (to its heading), ICON, MATH
    (may be a formula's).
    """
    found = MATH * may_be_math(names)
    for name in names[:_MOST_CHARACTERS].lower().split():
        found |= HIDES * (name in _UNSEEN) | LINKS * (name in _LINKS)
        found |= ICON * (_ICON.match(name) is not None)
    return found


def is_apart(node: Any, attributes: Attributes, said: int, entitles: bool, begun: bool) -> bool:
    """Whether an element within a line is no part of it: not shown, an icon's name, a permalink.

    `said` is what its class says, `entitles` that the line is a heading or a term, `begun` that it
    is a heading which has said something before.
    """
    if is_hidden(attributes):
        return True
    if said & HIDES:
        return True
    if not (said & (LINKS | ICON) or entitles):
        return False
    text = _short_text(node).lower()
    if said & LINKS and (text in _SIGNS or text in _WORDS):
        return True
    if said & ICON and text and _ICON_TEXT.fullmatch(text):
        return True
    return entitles and text != "" and (text in _SIGNS or (begun and text in _WORDS))


def is_mark(node: Any) -> bool:
    """Whether an element of a heading is a permalink or a button to copy or edit."""
    text = _short_text(node).lower()
    return text in _SIGNS or text in _WORDS


def _short_text(node: Any) -> str:
    """The text of an element, words that are none of these where it is long or made of many nodes:
    what stands around others is not read whole for each.
    """
    parts, size = list[str](), 0
    for number, inner in enumerate(node.traverse(include_text=True)):
        if inner.tag_id == TEXT_NODE:
            parts.append(inner.text_content)
            size += len(parts[-1].strip())
        if size > _MOST_MARK or number > _MOST_WITHIN:
            return _LONG_TEXT
    return "".join(parts).strip()


def raised(node: Any, before: str) -> str | None:
    """What a `sup` becomes behind the text `before`: "[3]" of a note, "^2" of an exponent; None if
    it is read as any other text.
    """
    text = " ".join(_short_text(node).split())
    if not text or len(text) > _MOST_RAISED:
        return None
    if _NOTE.fullmatch(text) and _is_note(node, text, before):
        return f"[{text.strip('[]()')}]"
    if _ORDINAL.match(text) and _ORDERED.search(before):
        return None
    if _EXPONENT.fullmatch(text) and _BASE.search(before):
        return f"^{text}" if len(text) == 1 or text.isdigit() else f"^{{{text}}}"
    return None


def _is_note(node: Any, text: str, before: str) -> bool:
    attributes = node.attributes
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    if _NOTE_NAMES.search(names) or attributes.get("role") == "doc-noteref":
        return True
    if node.css_first("a") is not None or text[0] in "[(":
        return True
    return not text.isalpha() and _AFTER_WORD.search(before) is not None


def reading(node: Any) -> str:
    """How characters are spoken, in parentheses (`rt` of a `ruby`)."""
    text = "".join(str(node.text() or "").split())
    return f"({text})" if text else ""


def holds_blocks(node: Any, attributes: Attributes) -> bool:
    """Whether an element that HTML does not know is a block: it says so, or holds one."""
    style = attributes.get("style")
    if style and re.search(r"display\s*:\s*(?:block|flex|grid|table|list-item)", style):
        return True
    child = node.first_child
    for _ in range(_MOST_LOOKED_AT):
        if child is None:
            return False
        if TAG_ROLES.get(child.tag) == BLOCK:
            return True
        child = child.next
    return False

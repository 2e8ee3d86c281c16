"""Formulas as TeX: from MathML, KaTeX, MathJax, data attributes and the `alt` of formula images.

`math_tex` answers for one element: (TeX, whether it is displayed), ("", _) for the second rendering
of a formula that stands elsewhere, None for an element that is no formula. So no formula is read
twice.
"""

import re
from typing import Any

from pipeline.extract.formulas.mathml import mathml_tex
from pipeline.extract.formulas.tex import without_comments
from pipeline.extract.raw_text import script_text

Found = tuple[str, bool] | None
TEX_TAGS = frozenset(["d-math", "math-renderer", "tex-math"])  # elements whose text is TeX
FORMULA_TAGS = TEX_TAGS | {"img", "math", "mjx-container"}  # that are a formula, or nothing

# Lower-case names that may be a formula's: a quick look spares `math_tex` for most elements.
MATH_NAMES = r"katex|mathjax|mjx|latex|(?:^|[\s_-])(?:math|tex|equation|formula)(?:$|[\s_-])"
_WORDS = re.compile(r"\s+")
_IMAGE = re.compile(
    r"(?:^|[\s_-])(?:latex|tex|math|mwe-math-fallback-image-\w+|equation|formula)(?=$|[\s_-])", re.I
)
_SOURCES = ("latex", "codecogs", "/math/render", "mathtex", "mimetex", "chart?cht=tx")
# A command with an argument, or an environment: no prose reads so.
_COMMANDS = re.compile(
    r"\\(?:begin|frac|sqrt|sum|int|mathbb|mathbf|mathrm|operatorname|left|text)\b|\\[a-zA-Z]+\{"
)
_RENDERED = re.compile(
    r"(?:^|\s)(?:MathJax(?:_Display|_SVG|_CHTML|_SVG_Display|CHTML_Display)?|mjx-chtml|MJXc-display)(?=$|\s)"
)
_DATA = (
    "data-tex", "data-latex", "data-math", "data-formula", "data-expr", "data-equation",
    "data-entry",
)  # fmt: skip
_TEX_ENCODING = re.compile(r"(?:^|[/-])(?:la)?tex$", re.I)
_WRAPPERS = frozenset(["math", "mrow", "mstyle", "mpadded", "semantics"])


def math_tex(node: Any, tag: str, attributes: dict[str, str | None]) -> Found:
    """The formula that an element is, see the module's docstring."""
    if tag == "script":
        return _clean(script_text(node)), "mode=display" in (attributes.get("type") or "")
    if tag == "img":
        return _image(attributes)
    if tag == "math":
        return _math_element(node, attributes)
    names = (attributes.get("class") or "").split()
    if tag in TEX_TAGS:
        return _tex_element(node, tag, attributes)
    if tag == "mjx-container":
        return _container(node, attributes)
    if _RENDERED.search(" ".join(names)) or "MathJax_Preview" in names:
        return _mathjax(node, names, attributes)
    if (
        "katex" in names
        or "katex-display" in names
        or "katex-block" in names
        or "katex--display" in names
    ):
        return _katex(node, names)
    if "mwe-math-element" in names:
        return _inner_math(node)
    return _data(node, attributes)


def _clean(tex: str) -> str:
    """One line, without delimiters or comments of its own."""
    tex = re.sub(r"%\s*<!\[CDATA\[|%\s*\]\]>", "", tex)
    tex = _WORDS.sub(" ", without_comments(tex)).strip()
    for start, stop in (("$$", "$$"), (r"\[", r"\]"), (r"\(", r"\)"), ("$", "$")):
        if tex.startswith(start) and tex.endswith(stop) and len(tex) >= len(start) + len(stop):
            tex = tex[len(start) : -len(stop)].strip()
    return tex


def _annotation(node: Any) -> str:
    """The TeX beside the whole of a `math` element's content; that of a part is not asked."""
    while node is not None and node.tag in _WRAPPERS:
        children = list(node.iter())
        if node.tag == "semantics":
            for child in children[1:]:
                encoding = child.attributes.get("encoding") or ""
                if child.tag == "annotation" and _TEX_ENCODING.search(encoding):
                    return _clean(child.text() or "")
            children = children[:1]
        node = children[0] if len(children) == 1 else None
    return ""


def _tex_element(node: Any, tag: str, attributes: dict[str, str | None]) -> Found:
    """TeX as the text of an element: Distill's, GitHub's, JATS's."""
    text = str(node.text() or "").strip()
    display = "block" in attributes or text.startswith(("$$", r"\[", r"\begin"))
    return _clean(text), display or "display" in (attributes.get("class") or "")


def _math_element(node: Any, attributes: dict[str, str | None]) -> tuple[str, bool]:
    display = attributes.get("display") == "block" or attributes.get("mode") == "display"
    tex = _annotation(node) or _clean(attributes.get("alttext") or "") or mathml_tex(node)
    return tex, display


def _inner_math(node: Any) -> Found:
    found = node.css_first("math")
    if found is None:
        image = node.css_first("img")
        return _image(image.attributes) if image is not None else None
    return _math_element(found, found.attributes)


def _image(attributes: dict[str, str | None]) -> Found:
    names, source, alt = (attributes.get(key) or "" for key in ("class", "src", "alt"))
    if not alt or not (names or source):
        return None
    address = source.lower()
    formula = any([sign in address for sign in _SOURCES]) or _IMAGE.search(names)
    if not (formula or ("\\" in alt and _COMMANDS.search(alt))):
        return None
    tex = _clean(alt)
    if "inline" in names:
        return tex, False
    display = "display" in names or tex.startswith(r"\begin") or r"\displaystyle" in tex[:20]
    return tex, display or "aligncenter" in names


def _katex(node: Any, names: list[str]) -> Found:
    parent = node.parent.attributes.get("class") or "" if node.parent is not None else ""
    display = (
        any("display" in name or "block" in name for name in names) or "katex-display" in parent
    )
    inner = node.css_first("math")
    if inner is not None:
        tex = _annotation(inner) or mathml_tex(inner)
    else:
        annotation = node.css_first('annotation[encoding$="tex" i]')
        tex = _clean(annotation.text() or "") if annotation is not None else ""
    return (tex, display) if tex else _data(node, node.attributes)


def _container(node: Any, attributes: dict[str, str | None]) -> Found:
    display = attributes.get("display") in ("true", "block")
    inner = node.css_first("math")
    if inner is not None:
        found = _math_element(inner, inner.attributes)
        return found[0], found[1] or display
    label = (
        attributes.get("data-latex")
        or attributes.get("aria-label")
        or attributes.get("title")
        or str(node.text() or "")  # not set yet: TeX as its author wrote it
    )
    return _clean(label), display


def _mathjax(node: Any, names: list[str], attributes: dict[str, str | None]) -> Found:
    """MathJax 2: TeX stands in a script beside its rendering, else in MathML or a label."""
    display = any("Display" in name or "display" in name for name in names)
    if "MathJax_Preview" in names or _script_beside(node):
        return "", display
    label = attributes.get("aria-label") or ""
    inner = node.css_first("math")
    if inner is not None:
        found = _math_element(inner, inner.attributes)
        return found[0], found[1] or display
    if not label:
        labelled = node.css_first("[aria-label]")
        label = (labelled.attributes.get("aria-label") or "") if labelled is not None else ""
    return (_clean(label), display) if label else None


def _script_beside(node: Any) -> bool:
    place = node
    for _ in range(2):
        after = place.next
        for _ in range(3):
            if after is None:
                break
            if after.tag == "script" and "math/" in (after.attributes.get("type") or ""):
                return True
            after = after.next
        place = place.parent
        if place is None:
            break
    return False


def _data(node: Any, attributes: dict[str, str | None]) -> Found:
    for key in _DATA:
        if value := attributes.get(key):
            names = attributes.get("class") or ""
            display = "display" in names or "block" in names or node.tag == "div"
            inner = node.css_first("math")
            if inner is not None:
                display = _math_element(inner, inner.attributes)[1]
            return _clean(value), display and "inline" not in names
    return None

"""Elements that are read as one: formulas, listings, and blocks that their class names call so."""

from typing import Any

from pipeline.extract.formulas.math import FORMULA_TAGS, Found, math_tex
from pipeline.extract.listings.frames import is_listing
from pipeline.extract.page.block_writer import BlockWriter
from pipeline.extract.page.class_names import MAY_BE_CODE, MAY_BE_MATH, uses_of
from pipeline.extract.page.code import code_pieces, inline_code, is_plain_page
from pipeline.extract.page.element_kinds import NAMELESS, Attributes, Frame
from pipeline.extract.page.page_blocks import BIT, CODE

_PROSE = "p, h1, h2, h3, h4, h5, h6, ul, ol, dl, blockquote"


class WholeElements(BlockWriter):
    """What the walk does with an element whose inside it does not enter."""

    _is_plain: bool | None = None

    def whole(self, node: Any, tag: str, parent: Frame) -> None:
        """An element whose inside is not walked."""
        if tag in FORMULA_TAGS:
            self.images += tag == "img"
            self.formula(math_tex(node, tag, node.attributes), parent)
        elif tag in ("code", "d-code") and (text := inline_code(node)) is not None:
            if text:
                self.text(text, parent)
        else:
            self.code(node, tag, parent)

    def code(self, node: Any, tag: str, parent: Frame) -> None:
        self.flush()
        for text, language, form in code_pieces(node, tag, self.is_plain):
            frame = self.enter(tag if form == CODE else "p", NAMELESS, {}, parent)
            frame.bits |= BIT["pre"] if form == CODE else 0
            self.add(text, frame, form, 0, language)

    def is_plain(self, node: Any) -> bool:
        """Whether the page of a node is plain text; asked once."""
        if self._is_plain is None:
            self._is_plain = is_plain_page(node)
        return self._is_plain

    def formula(self, found: Found, parent: Frame) -> None:
        if found is not None and found[0]:
            tex, display = found
            self.text(f" $${tex}$$ " if display else f"${tex}$", parent)

    def special_class(self, node: Any, tag: str, attributes: Attributes, parent: Frame) -> bool:
        """Read a block that is a formula or a highlighter's frame; True where it was one.

        What holds prose is neither, whatever it is called.
        """
        uses = uses_of(attributes.get("class"))
        if is_listing(node, tag, uses & MAY_BE_CODE):
            self.code(node, tag, parent)
            return True
        if uses & MAY_BE_MATH and (tag == "p" or node.css_first(_PROSE) is None):
            found = math_tex(node, tag, attributes)
            self.formula(found, parent)
            if found is not None:
                return True
        return False

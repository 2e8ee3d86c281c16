"""How far back a tree builder would look over a page's tags, reckoned before one sees them.

At most tags the HTML standard (section 13.2.6) looks back over the open elements, and in a select
over all that is in it; formatting elements that were not closed are made anew in each block that
follows. All three cost the square of their number. Here the stack of open elements is kept by name
alone, an element taken from it only where the standard surely does: never too low a depth, in
linear time.
"""

from collections.abc import Iterable

from pipeline.tags.element_names import (
    BARE,
    BREAK_OUT,
    CELLS,
    CLOSE_P,
    ENDED_BY,
    ENDS_SELECT,
    FENCES,
    FOREIGN,
    FORMATTING,
    IGNORED,
    INTEGRATION,
    ITEMS,
    MARKERS,
    RUBY,
    SCOPES,
    SPECIAL,
    TABLE,
    VOID,
)
from pipeline.tags.formatting_elements import Formatting, Listed


class OpenElements:
    """The stack of open elements.

    `steps` back over it, `chosen_steps` over what is in a select, and `remade` elements are sums.
    """

    def __init__(self) -> None:
        self.steps = self.chosen_steps = self.remade = 0
        self._stack: list[bytes | Formatting] = []
        self._places: dict[bytes, list[int]] = {}  # of each name in the stack, lowest first
        self._specials: list[int] = [-1]
        self._fences: list[int] = [-1]
        self._scopes: list[int] = [-1]
        self._listed = [Listed()]
        self._chosen = 0  # nodes since the outermost select began
        self._unsure = False  # whether a parser is still in svg or math where these are open

    @property
    def depth(self) -> int:
        return len(self._stack)

    def read(self, name: bytes, tag: bytes, is_after_text: bool) -> None:
        """A tag as `named_tags` gives it."""
        if is_after_text:
            self.text()
        if tag:
            self.open(name, tag)
        else:
            self.close(name)

    def open(self, name: bytes, tag: bytes) -> None:
        """A start tag. `tag` is all of it but the `>`."""
        self._look(name)
        if self._last(FOREIGN) >= 0 and not self._breaks_out(name):
            self._open_foreign(name, tag)
        elif name in TABLE:
            if (above := self._last(TABLE[name])) >= 0:
                self._pop_to(above + 1)
                self._push(name, name)
        elif name in ENDS_SELECT and (at := self._last((b"select",))) >= max(self._scopes[-1], 0):
            self._pop_to(at)
        elif name not in IGNORED:
            self._end_implied(name)
            if name not in BARE:
                self._remake()
            if name in FORMATTING:
                self._push(name, self._listed[-1].add(name, tag))
            elif name not in VOID:
                self._push(name, name)

    def text(self) -> None:
        """Formatting elements that are open no more begin again before text."""
        if self._last(FOREIGN) < 0 or self._may_be_html():
            self._remake()

    def close(self, name: bytes) -> None:
        """An end tag. One that has nothing to close costs the look back alone."""
        self._look(name)
        at = self._last((name,))
        if name in FORMATTING and (at < 0 or at > self._scopes[-1]):
            self._listed[-1].remove(name)
        if at > max(self._barrier(name), -1):
            self._pop_to(at)
        elif (root := self._last(FOREIGN)) >= 0:
            self._unsure |= 0 <= at < root or name in (b"p", b"br")

    def _barrier(self, name: bytes) -> int:
        """The place above which an end tag closes its element."""
        # A form goes without those in it; what may be HTML need not be in the parser's stack.
        if name == b"form" or self._may_be_html():
            return len(self._stack) - 2
        if name in INTEGRATION or self._last(FOREIGN) >= 0:  # in doubt nothing special closes
            return self._specials[-1] - (name in SPECIAL)
        if name in TABLE:
            return self._last((b"table", b"template"))
        if name in (b"table", b"template"):
            return self._last((b"table", b"template")) - 1
        if name == b"p":
            return max(self._scopes[-1], self._last((b"button",)))
        if name == b"li":
            return max(self._scopes[-1], self._last((b"ol", b"ul")))
        if name in SPECIAL:
            return self._scopes[-1] - (name in SCOPES)
        return self._specials[-1]

    def _look(self, name: bytes) -> None:
        self.steps += len(self._stack)
        if self._places.get(b"select"):
            self._chosen += 2
            if name == b"option":
                self.chosen_steps += self._chosen

    def _remake(self) -> None:
        listed = self._listed[-1]
        if not listed.missing:
            return
        missing, listed.missing = listed.missing, []
        for element in missing:
            if element.listed:
                self.remade += 1
                self._push(element.name, element)

    def _last(self, names: Iterable[bytes]) -> int:
        """The highest place of any of `names` in the stack; -1 if there is none."""
        return max((at[-1] for name in names if (at := self._places.get(name))), default=-1)

    def _open_foreign(self, name: bytes, tag: bytes) -> None:
        """An element in svg or math, or in what may be HTML inside these: it closes nothing."""
        self._unsure |= name == b"font"  # some attributes of which end svg
        may_be_html = self._may_be_html()
        if may_be_html and name in FORMATTING:
            self._push(name, self._listed[-1].add(name, tag))
        elif may_be_html or not tag.endswith(b"/"):
            self._push(name, name)

    def _may_be_html(self) -> bool:
        """Whether svg or math is open, but tags may be those of HTML inside or behind it."""
        root = self._last(FOREIGN)
        return root >= 0 and (self._unsure or self._last(INTEGRATION) > root)

    def _breaks_out(self, name: bytes) -> bool:
        """Closes svg and math where a tag of HTML surely ends them."""
        while (root := self._last(FOREIGN)) >= 0:
            if name not in BREAK_OUT or self._may_be_html():
                return False
            self._pop_to(root)
        return True

    def _end_implied(self, name: bytes) -> None:
        """Closes what a start tag closes without saying so."""
        if name in CLOSE_P and (at := self._last((b"p",))) > self._barrier(b"p"):
            self._pop_to(at)
        if name in ITEMS:
            self._pop_from(self._last(ITEMS[name]), self._fences[-1])
        elif name in RUBY and (ruby := self._last((b"ruby",))) >= 0:
            self._pop_from(self._last(RUBY), ruby)
        elif name == b"table":
            self._pop_from(self._last((b"table",)), self._last(CELLS))
        elif name == b"button":
            self._pop_from(self._last((b"button",)), self._scopes[-1])
        elif name in (b"a", b"nobr"):
            if self._listed[-1].by_name.get(name):
                self.close(name)
        elif self._stack and self._stack[-1] in ENDED_BY.get(name, ()):
            self._pop_to(len(self._stack) - 1)

    def _pop_from(self, at: int, least: int) -> None:
        if at >= max(least, 0):
            self._pop_to(at)

    def _push(self, name: bytes, element: bytes | Formatting) -> None:
        at = len(self._stack)
        self._stack.append(element)
        self._places.setdefault(name, []).append(at)
        if name in SPECIAL:
            self._specials.append(at)
            if name in FENCES:
                self._fences.append(at)
            if name in SCOPES:
                self._scopes.append(at)
            if name in MARKERS:
                self._listed.append(Listed())

    def _pop_to(self, place: int) -> None:
        """Closes the elements from `place` on; of markers, the last one goes at most."""
        closed = self._stack[place:]
        ends_marker = not MARKERS.isdisjoint(closed[:1]) or not CELLS.isdisjoint(closed)
        if ends_marker and len(self._listed) > 1:
            self._listed.pop()
        for element in reversed(closed):
            if isinstance(element, Formatting):
                self._places[element.name].pop()
                if element.listed:
                    self._listed[-1].missing.append(element)
            else:
                self._places[element].pop()
        del self._stack[place:]
        for places in (self._specials, self._fences, self._scopes):
            while places[-1] >= place:
                places.pop()
        if not self._places.get(b"select"):
            self._chosen = 0
        if self._last(FOREIGN) < 0:
            self._unsure = False


def crowd(tags: Iterable[tuple[bytes, bytes, bool]], most_steps: int, most_remade: int) -> str:
    """too_deep or too_many_nodes where a tree builder had to look back or remake more than that.

    `tags` are as `named_tags` gives them.
    """
    elements = OpenElements()
    for tag in tags:
        elements.read(*tag)
        if elements.remade > most_remade or elements.chosen_steps > most_steps:
            return "too_many_nodes"
        if elements.steps > most_steps:
            return "too_deep"
    return ""

"""The kinds of elements that the HTML standard tells apart when it builds a tree (13.2.6)."""

from collections.abc import Mapping
from types import MappingProxyType


def _names(text: str) -> frozenset[bytes]:
    return frozenset(text.encode().split())


# fmt: off
VOID = _names("area base basefont bgsound br col embed frame hr image img input keygen link meta"
               " param source track wbr")
IGNORED = _names("html head body")  # there is one of each, whatever the page says
FORMATTING = _names("a b big code em font i nobr s small strike strong tt u")
MARKERS = _names("applet caption marquee object td template th")  # formatting ends with them
CELLS = _names("caption td template th")  # however they end, their marker goes
SCOPES = MARKERS | _names("annotation-xml desc foreignobject mi mn mo ms mtext select"
                            " table title")  # a tag closes nothing beyond these
# A list item ends none beyond these.
FENCES = SCOPES | _names(
    "article aside blockquote button center colgroup dd details dir dl dt fieldset"
    " figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup iframe li"
    " listing main menu nav noembed noframes noscript ol plaintext pre script search"
    " section style summary tbody textarea tfoot thead tr ul xmp"
)
SPECIAL = FENCES | _names("address div p")  # an inline end tag closes nothing beyond these
BARE = SPECIAL - _names("applet button marquee object select xmp")  # make nothing anew
CLOSE_P = SPECIAL - SCOPES - _names("colgroup frameset iframe noembed noframes noscript script"
    " style tbody textarea tfoot thead tr") | _names("hr table")
ITEMS = {b"li": (b"li",), b"dd": (b"dd", b"dt"), b"dt": (b"dd", b"dt")}
ENDS_SELECT = _names("input select")  # and a select in a select does nothing else
RUBY = _names("rb rp rt rtc")
HEADINGS = _names("h1 h2 h3 h4 h5 h6")
ENDED_BY = {**dict.fromkeys(HEADINGS, HEADINGS),
             **dict.fromkeys(_names("option optgroup"), _names("option"))}
ROWS = ("tbody", "thead", "tfoot", "table", "template")
# What stays open where a part of a table begins; each stands in a table or nowhere.
TABLE: Mapping[bytes, tuple[bytes, ...]] = MappingProxyType({
    part.encode(): tuple(above.encode() for above in stays)
    for parts, stays in (("td th", ("tr", *ROWS)), ("tr", ROWS),
                         ("tbody thead tfoot caption colgroup", ROWS[3:]))
    for part in parts.split()
})
BREAK_OUT = _names("b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6"
    " head hr i img li listing menu meta nobr ol p pre ruby s small span strike strong sub sup"
    " table tt u ul var")  # that end svg and math
# fmt: on
FOREIGN = (b"svg", b"math")
INTEGRATION = tuple(_names("annotation-xml desc foreignobject mi mn mo ms mtext title"))

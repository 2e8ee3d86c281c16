"""How the walk treats each tag that is no block of its own."""

PLAIN = 0  # as if it were not there
INLINE = 1  # within a block: may be a link, hidden, or a formula
BREAK = 2  # ends a block and holds nothing
SKIPPED = 3  # with all inside
WHOLE = 4  # read by itself: its inside is not walked
ROWS = 5  # a group of a table's rows, else as if it were not there
_ROLES = {
    PLAIN: (
        "abbr", "b", "big", "cite", "em", "font", "i", "noindex", "q", "s", "small", "strike",
        "strong", "sub", "sup", "u", "var", "wbr",
    ),
    INLINE: (
        "a", "acronym", "bdi", "bdo", "data", "del", "dfn", "ins", "kbd", "label", "mark", "nobr",
        "rb", "rt", "ruby", "samp", "span", "time", "tt",
    ),
    BREAK: ("br", "hr"),
    SKIPPED: (
        "applet", "audio", "button", "canvas", "datalist", "embed", "frame", "frameset", "head",
        "iframe", "input", "map", "meter", "noframes", "object", "option", "progress", "rp",
        "script", "select", "style", "svg", "template", "textarea", "video",
    ),
    WHOLE: (
        "code", "d-code", "d-math", "img", "listing", "math", "math-renderer", "mjx-container",
        "pre", "tex-math", "xmp",
    ),
    ROWS: ("tbody", "tfoot", "thead"),
}  # fmt: skip
TAG_ROLES = {tag: role for role, tags in _ROLES.items() for tag in tags}

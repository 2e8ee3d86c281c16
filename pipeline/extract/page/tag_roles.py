"""How the walk treats each tag that is no block of its own."""

TEXT_NODE = 2  # lexbor's tag id of text, beside those of elements

PLAIN = 0  # as if it were not there
INLINE = 1  # within a block: may be a link, hidden, or a formula
BREAK = 2  # ends a block and holds nothing
SKIPPED = 3  # with all inside
WHOLE = 4  # read by itself: its inside is not walked
ROWS = 5  # a group of a table's rows, else as if it were not there
RAISED = 6  # an exponent, or the number of a note
READING = 7  # how the characters before it are spoken
BLOCK = 8  # a block; what is named nowhere here is one only if it holds such
_ROLES = {
    PLAIN: (
        "abbr", "b", "big", "cite", "em", "font", "noindex", "q", "s", "small", "strike",
        "strong", "sub", "u", "var", "wbr",
    ),
    INLINE: (
        "a", "acronym", "bdi", "bdo", "data", "del", "dfn", "i", "ins", "kbd", "label", "mark",
        "nobr", "rb", "ruby", "samp", "span", "time", "tt",
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
    RAISED: ("sup",),
    READING: ("rt", "rtc"),
    BLOCK: (
        "address", "article", "aside", "blockquote", "body", "caption", "center", "col",
        "colgroup", "dd", "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption",
        "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "html",
        "legend", "li", "main", "marquee", "menu", "nav", "noscript", "ol", "optgroup", "p",
        "search", "section", "summary", "table", "td", "th", "tr", "ul",
    ),
}  # fmt: skip
TAG_ROLES = {tag: role for role, tags in _ROLES.items() for tag in tags}

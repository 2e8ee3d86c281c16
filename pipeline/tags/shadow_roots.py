"""Declarative shadow roots: templates that browsers show where they stand.

What a `template` holds is no part of the page, unless it is the shadow root of the element around
it (`shadowrootmode`, HTML living standard). Such a one is read as a `div`.
"""

import re

_TEMPLATE = re.compile(
    rb"""<(/?)template(?=[\s/>])((?:[^<>"']|"[^"]*"|'[^']*')*)>""", re.IGNORECASE
)
_SHADOW = re.compile(rb"\bshadowroot(?:mode)?\s*=", re.IGNORECASE)


def with_shadow_roots(html: bytes) -> bytes:
    """The page with its shadow roots as `div`s."""
    parts: list[bytes] = []
    opened: list[bool] = []  # of each open template: whether it is a shadow root
    done = 0
    for tag in _TEMPLATE.finditer(html):
        if tag[1]:
            is_shadow = opened.pop() if opened else False
        else:
            is_shadow = _SHADOW.search(tag[2]) is not None
            opened.append(is_shadow)
        if is_shadow:
            parts += (html[done : tag.start()], b"<", tag[1], b"div>")
            done = tag.end()
    return b"".join([*parts, html[done:]])

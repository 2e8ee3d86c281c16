"""Declarative shadow roots are read where they stand, other templates never."""

import pytest
from support_extract import whole_text

from pipeline.tags.shadow_roots import with_shadow_roots


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<x-a><template shadowrootmode='open'><p>one</p></template></x-a>", "one"),
        (
            "<x-a><template shadowrootmode=closed><p>one</p></template><p>two</p></x-a>",
            "one\n\ntwo",
        ),
        ("<div><TEMPLATE data-a='>' ShadowRootMode=open>one</TEMPLATE></div>", "one"),
        ("<x-a><template shadowroot=open><p>one</p></template></x-a>", "one"),
        ("<x-a><template shadowRootMode=open><p>one</p></template></x-a>", "one"),
        (
            "<x-a><template shadowrootmode=open><template><p>no</p></template><p>one</p>"
            "<x-b><template shadowrootmode=open><p>two</p></template></x-b></template></x-a>",
            "one\n\ntwo",
        ),
        ("<template><p>no</p></template><p>one</p>", "one"),
        ("<p>one</p><template><b title='shadowrootmode=open'>no</b></template>", "one"),
    ],
)
def test_shadow_roots_alone_are_read(html: str, text: str) -> None:
    assert whole_text(html) == text


def test_template_that_nobody_closes_is_survived() -> None:
    html = b"<template shadowrootmode=open>" * 3 + b"</template>" * 5
    assert with_shadow_roots(html) == b"<div>" * 3 + b"</div>" * 3 + b"</template>" * 2

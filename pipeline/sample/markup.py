"""HTML fragments, page layouts, and what a page must show after extraction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from pipeline.sample.chance import Chance

LAYOUTS = tuple(sorted(p.stem for p in (Path(__file__).parent / "layouts").glob("*.html")))


@dataclass(frozen=True, slots=True)
class Content:
    """The main text of one page as HTML, and snippets of it by kind."""

    kind: str
    title: str
    body: str
    has: tuple[str, ...]  # prose that must be extracted
    code: tuple[str, ...] = ()  # lines of code that must be
    math: tuple[str, ...] = ()  # TeX that a mathematics-aware extractor keeps
    lacks: tuple[str, ...] = ()
    redactions: tuple[tuple[str, int], ...] = ()


@cache
def _layout(name: str) -> Template:
    return Template((Path(__file__).parent / "layouts" / f"{name}.html").read_text("utf-8"))


def fill(layout: str, **slots: str) -> str:
    """The page of a layout."""
    return _layout(layout).substitute(slots)


def paragraph(text: str) -> str:
    return f"<p>{escape(text, quote=False)}</p>"


def marked(text: str, chance: Chance) -> str:
    """A paragraph with one run of words as a link or emphasis, as authors set them."""
    words = escape(text, quote=False).split(" ")
    at, length = chance.below(max(1, len(words) - 4)), chance.between(1, 3)
    run = " ".join(words[at : at + length])
    form = chance.pick(["<em>{}</em>", "<b>{}</b>", '<a href="/topic/{}">{}</a>'])
    slug = slugify(run)
    run = form.format(*[slug, run][-form.count("{}") :])
    return "<p>" + " ".join([*words[:at], run, *words[at + length :]]) + "</p>"


def heading(text: str, level: int = 2) -> str:
    return f"<h{level}>{escape(text, quote=False)}</h{level}>"


def bullets(items: Iterable[str], tag: str = "ul") -> str:
    return f"<{tag}>" + "".join(f"<li>{escape(i, quote=False)}</li>" for i in items) + f"</{tag}>"


def quotation(text: str) -> str:
    return f"<blockquote>{paragraph(text)}</blockquote>"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in header)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def links(labels: Iterable[str]) -> str:
    """List items of a menu."""
    return "\n".join(
        f'<li><a href="/{slugify(label)}">{escape(label)}</a></li>' for label in labels
    )


def code(language: str, text: str, style: str = "plain") -> str:
    """A code block: plain, `numbered` (numbers in a table beside it) or `spans` (within it)."""
    tag = f'<code class="language-{language}">'
    if style == "numbered":
        count = len(text.splitlines())
        numbers = "\n".join(str(n) for n in range(1, count + 1))
        return (
            f'<table class="highlighttable"><tr><td class="linenos"><pre>{numbers}</pre></td>'
            f'<td class="code"><pre>{tag}{escape(text)}</code></pre></td></tr></table>'
        )
    if style == "spans":
        lines = enumerate(escape(text).splitlines(), start=1)
        text = "\n".join(f'<span class="lineno">{n}</span>{line}' for n, line in lines)
        return f'<pre class="line-numbers">{tag}{text}</code></pre>'
    return f"<pre>{tag}{escape(text)}</code></pre>"


def slugify(text: str) -> str:
    """Letters and digits of `text`, lower case, joined by hyphens."""
    kept = "".join(c if c.isalnum() and c.isascii() else " " for c in text.lower())
    return "-".join(kept.split()) or "page"


def snippet(text: str, words: int = 9) -> str:
    """The middle words of a passage: long enough to be found nowhere else."""
    parts = text.split()
    start = max(0, (len(parts) - words) // 2)
    return " ".join(parts[start : start + words])

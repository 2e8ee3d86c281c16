"""Site policies through a whole run: their records are counted, their hosts' documents leave."""

from pathlib import Path

import pytest
from support import dataset, funnel, gristmill
from support_archives import gzipped, http, warc

WORDS = "A miller grinds what the farmers bring and tells them what the weather was like. "


def archive(responses: list[tuple[str, str, str]]) -> bytes:
    """One response for each (address, type, body)."""
    return gzipped(
        warc(http(body.encode(), f"Content-Type: {kind}"), url) for url, kind, body in responses
    )


def html(title: str) -> str:
    paragraphs = "".join(f"<p>{title} {at}. {WORDS * 3}</p>" for at in range(6))
    return (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{paragraphs}</body></html>"
    )


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("policies")
    tdm = '[{"location": "/reserved/", "tdm-reservation": 1}]'
    pages = [
        ("https://mill.example/corn", "text/html", html("Corn")),
        ("https://free.example/flour", "text/html", html("Flour")),
        ("https://tdm.example/reserved/bread", "text/html", html("Bread")),
        ("https://tdm.example/water", "text/html", html("Water")),
    ]
    policies = [
        ("https://mill.example/robots.txt", "text/plain", "User-agent: CCBot\nDisallow: /\n"),
        ("https://tdm.example/.well-known/tdmrep.json", "application/json", tdm),
        ("https://free.example/robots.txt", "text/plain", "User-agent: *\nDisallow: /\n"),
    ]
    (folder / "pages.warc.gz").write_bytes(archive(pages))
    (folder / "policies.warc.gz").write_bytes(archive(policies))
    (folder / "recipe.toml").write_text('[[sources]]\nname = "crawl"\npaths = ["*.warc.gz"]\n')
    return folder / "recipe.toml"


def test_documents_of_hosts_that_opt_out_leave_and_nothing_vanishes(recipe: Path) -> None:
    out = recipe.parent / "run"
    gristmill("run", recipe, "--out", out, "--until", "exact")
    counts = funnel(out)
    assert counts["extract"]["in"] == 7
    assert counts["extract"]["dropped"] == {"ingest:not_html": 3}
    assert counts["exact"]["dropped"] == {"screen:robots_opt_out": 1, "screen:tdm_reserved": 1}
    assert counts["exact"]["in"] == counts["exact"]["kept"] + 2
    rows = dataset(out, "exact", "dropped").to_pylist()
    assert sorted((row["url"], row["detail"]) for row in rows) == [
        ("https://mill.example/corn", "ccbot /"),
        ("https://tdm.example/reserved/bread", "* /reserved/"),
    ]


def test_a_recipe_that_ignores_rights_keeps_them(recipe: Path) -> None:
    out = recipe.parent / "ignored"
    gristmill("run", recipe, "--out", out, "--until", "exact", "--set", "screen.rights=ignore")
    assert funnel(out)["exact"]["dropped"] == {}

"""Harm through whole runs of generated crawls: a model learns from listed sites of one, and in
another drops what it finds where something else speaks too.
"""

from collections.abc import Mapping
from pathlib import Path
from random import Random

import pytest
from support import dataset, funnel, gristmill
from support_archives import gzipped, http, warc

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

# Invented words: what listed pages are about, what clinics write of it, and what others do.
LISTED_WORDS = ("snark", "grue", "jubjub")
HARMFUL = ("vorpal", "uffish", "frumious", "galumphing", "tulgey", "burbled", "gimble", "wabe")
CLINIC = ("doctor", "patient", "treatment", "symptom", "nurse", "therapy", "clinic", "advice")
MILL = ("miller", "barley", "river", "flour", "sack", "stone", "wheel", "farmer")
LINKS = (
    "and the", "of the", "that was with the", "to be the", "which had a", "not for this", "no",
    "in their", "where it is the", "from our", "have made a", "when you see the", "as if one",
    "or another", "will come before the", "at his own", "because of some", "after that", "on her",
)  # fmt: skip


def page(host: str, kinds: tuple[str, ...], listed: bool) -> str:
    """A page of its own sentences about words of a kind, with listed ones among them or not."""
    draw = Random(host)
    title = " ".join(draw.sample(kinds, 3)) + f" {draw.randrange(10**6)}"
    words = (*kinds, *kinds, *LISTED_WORDS) if listed else kinds
    paragraphs = "".join(
        f"<p>{' '.join(_sentence(draw, words) for _ in range(4))}</p>" for _ in range(5)
    )
    return f"<html><body><h1>{title}</h1>{paragraphs}</body></html>"


def _sentence(draw: Random, words: tuple[str, ...]) -> str:
    parts = [f"{draw.choice(words)} {draw.choice(LINKS)}" for _ in range(draw.randrange(3, 6))]
    return f"The {' '.join(parts)} {draw.choice(words)}."


def crawl(folder: Path, pages: Mapping[str, tuple[tuple[str, ...], bool, int]]) -> Path:
    """A folder with an archive and a recipe; `pages` tell of each host's words and how many."""
    folder.mkdir()
    records = [
        warc(http(page(f"{name}{at}", kinds, listed).encode()), f"https://{name}{at}.com/page")
        for name, (kinds, listed, count) in pages.items()
        for at in range(count)
    ]
    (folder / "pages.warc.gz").write_bytes(gzipped(records))
    recipe = folder / "recipe.toml"
    recipe.write_text(
        '[[sources]]\nname = "crawl"\npaths = ["pages.warc.gz"]\n[classify]\ngate = "off"\n'
    )
    return recipe


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of harm, with its lists of sites and words beside it."""
    folder = tmp_path_factory.mktemp("harm")
    sites = [f"{name}{at}.com\n" for name in ("bad", "listed", "quarry") for at in range(99)]
    (folder / "sites.txt").write_text("".join(sites))
    (folder / "words.txt").write_text("\n".join(LISTED_WORDS))
    teaching = {"bad": (HARMFUL, True, 90), "clinic": (CLINIC, True, 60), "mill": (MILL, False, 90)}
    recipe, run = crawl(folder / "taught", teaching), folder / "run"
    gristmill("run", recipe, "--out", run, "--until", "near")
    lists = ("--list", folder / "sites.txt", "--words", folder / "words.txt")
    told = gristmill("train", "harm", run, *lists, "--out", folder / "model").stdout
    assert "hardly tells harm" not in told
    return folder / "model"


def test_a_model_of_lists_by_chance_is_not_advised(model: Path, tmp_path: Path) -> None:
    folder = model.parent
    names = [f"{name}{at}.com\n" for name in ("bad", "clinic", "mill") for at in range(0, 90, 2)]
    (tmp_path / "sites.txt").write_text("".join(names))
    lists = ("--list", tmp_path / "sites.txt", "--out", tmp_path / "model")
    told = gristmill("train", "harm", folder / "run", *lists).stdout
    assert "hardly tells harm" in told
    assert "in a recipe" not in told


def test_two_kinds_of_evidence_drop_a_page_and_one_does_not(model: Path, tmp_path: Path) -> None:
    fresh = {
        "listed": (HARMFUL, False, 20),  # by score and site
        "worded": (HARMFUL, True, 20),  # by score and words
        "quiet": (HARMFUL, False, 20),  # the score alone
        "hospital": (CLINIC, True, 20),  # words alone
        "quarry": (MILL, False, 9),  # the site alone
        "farm": (MILL, False, 20),
    }
    recipe, folder = crawl(tmp_path / "fresh", fresh), model.parent
    harm = (
        f'[classify.harm]\nmodel = "{model}"\nlists = ["{folder}/sites.txt"]\n'
        f'words = ["{folder}/words.txt"]\n'
    )
    recipe.write_text(recipe.read_text() + harm)
    gristmill("run", recipe, "--out", tmp_path / "run", "--until", "mix")
    counts = funnel(tmp_path / "run")["mix"]
    rows = dataset(tmp_path / "run", "mix", "dropped").to_pylist()
    hosts = [row["url"].split("/")[2].removesuffix(".com").rstrip("0123456789") for row in rows]
    assert counts["in"] == counts["kept"] + len(rows) == 109
    assert {row["reason"] for row in rows} == {"harmful"}
    assert set(hosts) == {"listed", "worded"}
    assert min(hosts.count("listed"), hosts.count("worded")) >= 18
    evidence = {row["detail"].split()[1] for row in rows}
    assert evidence == {"site:", "words:"}

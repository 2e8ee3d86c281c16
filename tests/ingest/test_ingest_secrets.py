"""Inputs whose addresses hold secrets: read like any others, and told of nowhere without a mask."""

import json
from pathlib import Path
from typing import Any

import pytest
from support import digests, gristmill
from support_archives import Read, gzipped, html, http, pages, warc
from support_server import Server, serving

from pipeline.errors import GristmillError, UsageError
from pipeline.frame.unit_lists import unit_list, write_units
from pipeline.ingest.planning.addresses import MOST_BYTES, hide
from pipeline.ingest.planning.input_plans import InputPlans
from pipeline.ingest.remote import block_reads
from pipeline.ingest.sources import digest_now, plan_units, read_unit
from pipeline.ingest.transform import ReadPages
from pipeline.jobs.extract import archive_plan
from pipeline.recipe import ExtractConfig, Recipe, Source

WORD = "s3cr3t-0f-m1ll3r"
SIGNED = f"versionId=7&X-Amz-Date=20260101T000000Z&X-Amz-Signature={WORD}&X-Amz-Credential={WORD}"
RECIPE = """
[[sources]]
name = "crawl"
paths = ["{0}/a.warc.gz{1}", "{0}/b.warc.gz{1}"]
[[sources]]
name = "listed"
format = "jsonl"
paths = ["@{0}/list.txt{1}"]
[screen]
languages = []
"""


@pytest.fixture(autouse=True)
def no_netrc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NETRC", str(tmp_path / "none"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A server's folder: two archives, and texts that a list names by addresses of its own."""
    folder = tmp_path / "served"
    folder.mkdir()
    records = [
        warc(http(html(i, 200)), f"http://{'ab'[i % 2]}.example/{i}?token=shown") for i in range(30)
    ]
    (folder / "a.warc.gz").write_bytes(gzipped(records))
    (folder / "b.warc.gz").write_bytes(gzipped(pages(9)))
    lines = (json.dumps({"text": f"Sack {i} of barley. " * 40}) for i in range(9))
    (folder / "c.jsonl").write_text("\n".join(lines))
    return folder


def protected(server: Server, how: str) -> tuple[str, str]:
    """What stands before and behind a path on a server that demands it."""
    if how == "password":
        server.password = f"miller:{WORD}"
        return server.url.replace("//", f"//miller:{WORD}@"), ""
    server.query = SIGNED
    return server.url, f"?{SIGNED}"


def recipe_at(tmp_path: Path, before: str, behind: str) -> Path:
    (tmp_path / "served/list.txt").write_text(f"{before}/c.jsonl{behind}\n")
    (tmp_path / "recipe.toml").write_text(RECIPE.format(before, behind))
    return tmp_path / "recipe.toml"


def holding(folder: Path) -> list[str]:
    """The files that hold the secret, or are named by it."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    assert paths
    return [str(p) for p in paths if WORD in str(p) or WORD.encode() in p.read_bytes()]


@pytest.mark.parametrize(
    ("how", "engine"),
    [("password", ()), ("signed", ("--little-megabytes", "0", "--workers", "1"))],
)
def test_run_is_that_without_secrets_and_leaves_none(
    how: str, engine: tuple[str, ...], folder: Path, tmp_path: Path
) -> None:
    until = ("--until", "extract" if engine else "near")
    with serving(folder) as server:
        recipe = recipe_at(tmp_path, server.url, "")
        gristmill("run", recipe, "--out", tmp_path / "plain", *until)
        recipe = recipe_at(tmp_path, *protected(server, how))
        done = gristmill("run", recipe, "--out", tmp_path / "out", *until, *engine)
        again = gristmill("run", recipe, "--out", tmp_path / "out", *until)
    assert holding(tmp_path / "out") == []
    assert WORD not in done.stderr + done.stdout + again.stderr
    assert digests(tmp_path / "out") == digests(tmp_path / "plain")


@pytest.mark.parametrize(("how", "workers"), [("password", 1), ("signed", 2)])
def test_run_that_fails_tells_no_secret(
    how: str, workers: int, folder: Path, tmp_path: Path
) -> None:
    """Its files are gone once they are planned."""
    with serving(folder) as server:
        recipe = recipe_at(tmp_path, *protected(server, how))
        gristmill("run", recipe, "--out", tmp_path / "out", "--dry-run")
        server.gone_after = 2 * server.requests
        options = ("--workers", str(workers), "--little-megabytes", "0")
        done = gristmill("run", recipe, "--out", tmp_path / "out", *options, expect=2)
    assert "does not exist; check the path" in done.stderr
    assert holding(tmp_path / "out") == []
    assert WORD not in done.stderr


@pytest.mark.parametrize("how", ["password", "signed"])
@pytest.mark.parametrize("fault", ["closed", "gone", "broken", "forbidden"])
def test_error_tells_no_secret(
    how: str, fault: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(block_reads, "WAIT", lambda _: 0.001)
    with serving(folder, "broken" if fault == "broken" else "none") as server:
        before, behind = protected(server, how)
        path = f"{before}/{'gone' if fault == 'gone' else 'a'}.warc.gz{behind}"
        if fault == "forbidden":
            server.password = server.query = "another"
        told = "" if fault == "closed" else error_of(path)
    told = told or error_of(path)
    assert "***" in told
    assert WORD not in told


def error_of(path: str) -> str:
    with pytest.raises(GristmillError) as told:
        plan_units(Source(name="s", paths=(path,)), ExtractConfig(), "")
    return str(told.value)


def planned(source: Source, out: Path) -> tuple[InputPlans, list[Any]]:
    plans = InputPlans.read(str(out))
    units = plan_units(source, ExtractConfig(), "", plans)
    plans.save()
    return plans, units


def test_file_is_known_again_when_its_address_is_signed_anew(
    folder: Path, tmp_path: Path, opened: list[str]
) -> None:
    with serving(folder, tells=("etag",)) as server:
        for signature in ("first", "second"):
            query = f"X-Amz-Date={signature}&X-Amz-Signature={signature}"
            source = Source(name="s", paths=(f"{server.url}/a.warc.gz?{query}",))
            plans, units = planned(source, tmp_path)
    assert len(opened) == 1
    name = f"{server.url}/a.warc.gz?X-Amz-Date=***&X-Amz-Signature=***"
    assert [unit.paths for unit in units] == [(name,)]
    assert plans.addresses == {name: source.paths[0]}


def test_unit_is_read_and_hashed_by_the_address_that_travels_apart(
    folder: Path, tmp_path: Path
) -> None:
    with serving(folder) as server:
        before, behind = protected(server, "signed")
        source = Source(name="s", paths=(f"{before}/a.warc.gz{behind}",))
        plan = archive_plan(Recipe(sources=(source,)), str(tmp_path))
        (unit,) = plan.units
        *_, last = read_unit(unit, source, ExtractConfig(), plan.addresses)
        assert digest_now(unit, source, plan.addresses) == last.read
    reader = ReadPages.of(Recipe(sources=(source,)), plan.addresses)
    write_units(str(tmp_path / "units"), unit_list(plan.units), 1)
    told = f"{unit} {reader} {last} {(tmp_path / 'units').read_bytes()!r}"
    assert WORD not in told


def test_records_name_their_archive_as_without_secrets(folder: Path) -> None:
    with serving(folder) as server:
        plain = Read(Source(name="s", paths=(f"{server.url}/a.warc.gz",)))
        before, behind = protected(server, "signed")
        plans = InputPlans()
        source = Source(name="s", paths=(f"{before}/a.warc.gz{behind}",))
        (unit,) = plan_units(source, ExtractConfig(), "", plans)
        batches = list(read_unit(unit, source, ExtractConfig(), plans.addresses))
    assert [one for batch in batches for one in batch.records] == plain.records
    assert unit.name == plain.units[0].name


@pytest.mark.parametrize("sources", [1, 2])
def test_two_files_that_differ_by_their_secrets_alone_are_refused(
    sources: int, folder: Path
) -> None:
    with serving(folder) as server:
        paths = tuple(f"{server.url}/a.warc.gz?key={name}" for name in "ab")
        plans = InputPlans()
        if sources == 2:
            plan_units(Source(name="t", paths=paths[:1]), ExtractConfig(), "", plans)
        last = Source(name="s", paths=paths[sources - 1 :])
        with pytest.raises(UsageError, match=r"two addresses are .*key=\*\*\* but for their"):
            plan_units(last, ExtractConfig(), "", plans)


def test_one_file_of_two_sources_is_no_other(folder: Path) -> None:
    with serving(folder) as server:
        plans = InputPlans()
        for name in ("one", "two"):
            source = Source(name=name, paths=(f"{server.url}/a.warc.gz?key=a",))
            assert len(plan_units(source, ExtractConfig(), "", plans)) == 1
    assert len(plans.addresses) == 1


def test_too_many_addresses_with_secrets_are_refused() -> None:
    paths = [f"https://host.example/{i:09d}?sig={'x' * 900}" for i in range(MOST_BYTES // 900)]
    hide(paths[:1000], {})
    with pytest.raises(UsageError, match=r"hold secrets, .* take the secrets out"):
        hide(paths, {})
    hide([path.partition("?")[0] for path in paths], found := {})  # type: ignore[var-annotated]
    assert found == {}


@pytest.mark.parametrize("path", ["s3://AKIA:s3cr3t@crawl/a.warc.gz", "gs://key:a/b@crawl/*.gz"])
def test_key_in_the_path_of_a_store_is_refused_with_the_remedy(path: str) -> None:
    with pytest.raises(UsageError, match=r"//\*\*\*@crawl/.* holds a key, .* in the environment"):
        plan_units(Source(name="s", paths=(path,)), ExtractConfig(), "")


def test_output_with_a_secret_is_refused(folder: Path, tmp_path: Path) -> None:
    with serving(folder) as server:
        recipe = recipe_at(tmp_path, server.url, "")
        done = gristmill("run", recipe, "--out", f"ftp://miller:{WORD}@host/out", expect=2)
    assert done.stderr.count("\n") == 1
    assert WORD not in done.stderr

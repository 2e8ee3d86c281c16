"""Inputs on servers and in stores are planned by their ends, and known again unopened."""

from pathlib import Path
from typing import Any

import pytest
from support_archives import gzipped, pages
from support_inputs import CONFIG, KINDS, plan, source_at, touch, write_input
from support_server import Fault, Tells, serving
from support_stores import bucket

from pipeline.errors import UsageError
from pipeline.ingest.planning.input_plans import InputPlans
from pipeline.ingest.remote.file_ends import END
from pipeline.ingest.sources import plan_units
from pipeline.jobs.extract import archive_units
from pipeline.recipe import Recipe, Source

pytestmark = pytest.mark.usefixtures("small_ranges")


def test_name_depends_on_neither_time_nor_place(tmp_path: Path) -> None:
    path = write_input(tmp_path, "archive")
    (source,) = source_at(tmp_path, "archive")
    first = [unit.name for unit in archive_units(Recipe(sources=(source,), extract=CONFIG))]
    touch(path, 99)
    (tmp_path / "other").mkdir()
    path.rename(tmp_path / "other/a.warc.gz")
    with serving(tmp_path, tells=("etag", "modified")) as server:
        for place in (tmp_path, server.url):
            moved = source.model_copy(update={"paths": (f"{place}/other/a.warc.gz",)})
            units = archive_units(Recipe(sources=(moved,), extract=CONFIG))
            assert [unit.name for unit in units] == first


def test_file_on_a_server_is_planned_by_its_ends_and_then_by_one_byte(tmp_path: Path) -> None:
    write_input(tmp_path, "archive")
    with serving(tmp_path, tells=("etag",)) as server:
        (source,) = source_at(server.url, "archive")
        first = plan(source, tmp_path)
        assert server.requests == 2
        assert server.sent["/archive/a.warc.gz"] == 2 * END
        assert plan(source, tmp_path) == first
        assert server.requests == 3
        assert server.sent["/archive/a.warc.gz"] == 2 * END + 1
        assert server.connections == 2


FAULTS: tuple[Fault, ...] = ("none", "no_range", "resets")


@pytest.mark.parametrize("kind", KINDS)
def test_input_on_a_server_is_planned_as_it_is_here(kind: str, tmp_path: Path) -> None:
    write_input(tmp_path, kind)
    (here,) = source_at(tmp_path, kind)
    expected = [unit.name for unit in plan(here)]
    for fault in FAULTS:
        with serving(tmp_path, fault) as server:
            (there,) = source_at(server.url, kind)
            found = [unit.name for unit in plan(there)]
        is_cut = kind == "index" or fault != "no_range"
        assert found == (expected if is_cut else [expected[0].removesuffix(".r00000")])


def test_server_that_tells_nothing_has_its_files_opened_every_time(
    tmp_path: Path, opened: list[str]
) -> None:
    write_input(tmp_path, "archive")
    with serving(tmp_path) as server:
        (source,) = source_at(server.url, "archive")
        for _ in range(3):
            plan(source, tmp_path)
    assert len(opened) == 3


TOLD: tuple[tuple[Tells, ...], ...] = ((), ("modified",))


@pytest.mark.parametrize("fault", ["none", "no_range"])
def test_silent_server_is_told_of_in_one_sentence(fault: Fault, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.warc.gz").write_bytes(gzipped(pages(2)))
    plans = InputPlans()
    for tells in TOLD:
        with serving(tmp_path, fault, tells) as server:
            paths = tuple(f"{server.url}/{name}.warc.gz" for name in ("b", "a"))
            plan_units(Source(name="s", paths=(*paths, f"{tmp_path}/a.warc.gz")), CONFIG, "", plans)
            if not tells:
                silent = server.url.removeprefix("http://")
    (sentence,) = plans.notes()
    assert sentence.startswith(f"{silent} tells neither")
    assert f"2 files, such as http://{silent}/a.warc.gz, is edited" in sentence


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What s3fs asks of a store, by the names of its requests."""
    from s3fs import S3FileSystem

    found: list[str] = []
    really = S3FileSystem._call_s3

    async def counted(self: Any, method: str, *arguments: Any, **keys: Any) -> Any:
        found.append(method)
        return await really(self, method, *arguments, **keys)

    monkeypatch.setattr(S3FileSystem, "_call_s3", counted)
    return found


def test_objects_are_planned_by_their_ends_and_then_by_the_list(
    store: str, tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = bucket(store, monkeypatch)
    body = write_input(tmp_path, "archive").read_bytes()
    for name in ("a", "b"):
        client.put_object(Bucket="crawl", Key=f"in/{name}.warc.gz", Body=body + name.encode())
    source = Source(name="s", paths=("s3://crawl/in/*.warc.gz",))
    first = plan(source, tmp_path)
    assert len(first) == 10
    assert asked.count("get_object") == 4
    assert set(asked) == {"get_object", "list_objects_v2"}
    lists = asked.count("list_objects_v2")
    asked.clear()
    assert plan(source, tmp_path) == first
    assert asked == ["list_objects_v2"] * lists


def test_object_by_its_name_is_asked_for_its_head_alone(
    store: str, tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = bucket(store, monkeypatch)
    path = write_input(tmp_path, "archive")
    client.put_object(Bucket="crawl", Key="archive/a.warc.gz", Body=path.read_bytes())
    (source,) = source_at("s3://crawl", "archive")
    (here,) = source_at(tmp_path, "archive")
    first = plan(source, tmp_path)
    assert [unit.name for unit in first] == [unit.name for unit in plan(here)]
    assert asked == ["head_object", "get_object", "get_object"]
    assert plan(source, tmp_path) == first
    assert asked[3:] == ["head_object"]
    client.delete_object(Bucket="crawl", Key="archive/a.warc.gz")
    with pytest.raises(UsageError, match="does not exist"):
        plan(source, tmp_path)

"""A recipe's paths become units with steady names, or one sentence that says what is wrong."""

import bz2
import gzip
import io
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support_archives import Read, gzipped, pages

from pipeline.document import Unit
from pipeline.errors import CheckError, UsageError
from pipeline.ingest.sources import plan_units, read_unit
from pipeline.recipe import ExtractConfig, Source
from pipeline.recipe_types import Format

DATA = gzipped(pages(3))


def plan(folder: Path, *paths: str, format: Format = "warc") -> list[Unit]:
    return plan_units(Source(name="s", format=format, paths=paths), ExtractConfig(), str(folder))


def plain(unit: Unit) -> str:
    """A unit's name without what tells the content."""
    return unit.name.partition("~")[0]


def table(**columns: list[object]) -> bytes:
    """A Parquet file."""
    packed = io.BytesIO()
    pq.write_table(pa.table(columns), packed)
    return packed.getvalue()


def index_table(**columns: list[object]) -> bytes:
    sound: dict[str, list[object]] = {
        "url": ["http://a.org/"],
        "warc_filename": ["a.warc.gz"],
        "warc_record_offset": [0],
        "warc_record_length": [99],
    }
    return table(**(sound | columns))


@pytest.mark.parametrize("path", ["nowhere://a/b.warc.gz", "nowhere://a/*.warc.gz"])
def test_store_that_is_not_known_is_refused(path: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Protocol not known"):
        plan(tmp_path, path)


def test_index_row_without_a_place_is_a_named_drop(tmp_path: Path) -> None:
    rows: dict[str, list[object]] = {
        "url": ["http://a.org/", "http://a.org/b"],
        "warc_filename": [None, "no.warc.gz"],
        "warc_record_offset": [0, -1],
        "warc_record_length": [9, 9],
    }
    (tmp_path / "a.parquet").write_bytes(table(**rows))
    source = Source(name="s", format="index", paths=("a.parquet",), base=str(tmp_path))
    read = Read(source, tmp_path)
    assert read.reasons == {"missing_record": 2}
    assert read.came_in == 2


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("one/a.warc.gz", "one/b.warc.gz", "two/a.warc.gz", "two/c d.warc.gz"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(DATA)
    return tmp_path


def test_globs_files_and_repeats_give_each_file_once(folder: Path) -> None:
    units = plan(folder, "one/*.warc.gz", "one/a.warc.gz", str(folder / "one/b.warc.gz"))
    assert [plain(unit) for unit in units] == ["a.warc.gz", "b.warc.gz"]
    assert [unit.bytes for unit in units] == [len(DATA)] * 2


def test_recursive_glob_finds_files_below(folder: Path) -> None:
    assert len(plan(folder, "**/*.warc.gz")) == 4


def test_names_are_safe_and_say_what_a_file_holds(folder: Path) -> None:
    (folder / "two/a.warc.gz").write_bytes(gzipped(pages(4)))
    units = plan(folder, "*/*.warc.gz")
    assert [plain(unit) for unit in units] == ["a.warc.gz", "a.warc.gz", "b.warc.gz", "c_d.warc.gz"]
    assert len({unit.name for unit in units}) == 4
    assert all(re.fullmatch(r"[a-z_.]+~[0-9a-f]{8}", unit.name) for unit in units)


def test_name_depends_on_the_file_alone(folder: Path) -> None:
    (alone,) = plan(folder, "two/a.warc.gz")
    (folder / "one/a.warc.gz").write_bytes(gzipped(pages(4)))
    beside = {unit.paths[0]: unit.name for unit in plan(folder, "**/*.warc.gz")}
    assert beside[alone.paths[0]] == alone.name
    (folder / "moved").mkdir()
    (folder / "two/a.warc.gz").rename(folder / "moved/a.warc.gz")
    assert plan(folder, "moved/a.warc.gz")[0].name == alone.name


def test_copies_of_one_archive_are_numbered(folder: Path) -> None:
    first, second = plan(folder, "*/a.warc.gz")
    assert second.name == f"{first.name}~2"


def test_long_name_is_cut_and_still_told_from_others(tmp_path: Path) -> None:
    for i in range(2):
        (tmp_path / f"{i}{'x' * 200}.warc.gz").write_bytes(gzipped(pages(i + 1)))
    first, second = plan(tmp_path, "*.warc.gz")
    assert len(first.name) == len(second.name) < 180
    assert first.name != second.name


def test_names_do_not_depend_on_the_order_of_paths(folder: Path) -> None:
    forwards = plan(folder, "one/*.warc.gz", "two/*.warc.gz")
    assert plan(folder, "two/*.warc.gz", "one/*.warc.gz") == forwards


@pytest.mark.parametrize("packed", [True, False])
def test_list_file_names_the_files_beside_it(folder: Path, packed: bool) -> None:
    text = b"a.warc.gz\n\n# a comment\nb.warc.gz\n"
    (folder / "one/list.paths.gz").write_bytes(gzip.compress(text, mtime=0) if packed else text)
    units = plan(folder, "@one/list.paths.gz")
    assert [plain(unit) for unit in units] == ["a.warc.gz", "b.warc.gz"]


@pytest.mark.parametrize(
    ("path", "content", "words"),
    [
        ("missing.warc.gz", None, "does not exist"),
        ("missing/*.warc.gz", None, "matches no file"),
        ("@missing.txt", None, "does not exist"),
        ("empty.warc.gz", b"", "is empty"),
        ("text.warc", b"no archive at all\n" * 99, "is no archive"),
        ("text.warc.gz", gzip.compress(b"no archive at all\n" * 99, mtime=0), "is no archive"),
        ("noise.warc.gz", bytes(range(256)) * 99, "is no archive"),
        ("bad.wacz", b"PK\x05\x06" + b"\x00" * 18, "is no archive"),
        ("@list.txt", b"\n\n", "lists no path"),
    ],
)
def test_path_that_is_no_archive_is_refused_by_name(
    path: str, content: bytes | None, words: str, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / path.removeprefix("@")).write_bytes(content)
    with pytest.raises(UsageError, match=words) as error:
        plan(tmp_path, path)
    assert path.removeprefix("@") in str(error.value)


def test_folder_instead_of_files_is_refused_with_a_remedy(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"is a folder; .*\*\.warc\.gz"):
        plan(folder, "one")


@pytest.mark.parametrize(
    ("format", "name", "content", "words"),
    [
        ("jsonl", "a.jsonl", b"<html></html>", "does not hold JSON lines"),
        ("parquet", "a.parquet", b"PAR1 no", "is no Parquet file"),
        ("wikipedia", "a.xml.bz2", b"<mediawiki>", "is no bz2 file"),
        ("wikipedia", "a.xml.bz2", bz2.compress(b"no pages at all"), "holds no pages"),
        ("index", "a.parquet", b"PAR1 no", "is no Parquet file"),
        ("parquet", "a.parquet", table(body=["x"]), "has no column `text` but body"),
        ("parquet", "a.parquet", table(text=[1]), "has int64 in column `text`"),
        ("index", "a.parquet", table(url=["x"]), "has no column `warc_filename`"),
        ("index", "a.parquet", index_table(warc_record_offset=["x"]), "has string in column"),
    ],
)
def test_file_of_another_format_is_refused(
    format: Format, name: str, content: bytes, words: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=words):
        plan(tmp_path, name, format=format)


def test_archive_that_lost_its_start_after_planning_is_not_read(tmp_path: Path) -> None:
    source, config = Source(name="s", paths=("a.warc.gz",)), ExtractConfig()
    (tmp_path / "a.warc.gz").write_bytes(DATA)
    (unit,) = plan_units(source, config, str(tmp_path))
    first = len(gzipped(pages(1)))
    (tmp_path / "a.warc.gz").write_bytes(bytes(first) + DATA[first:])
    with pytest.raises(CheckError, match="has changed since it was planned"):
        list(read_unit(unit, source, config))


def test_duplicate_archives_in_two_folders_are_two_units_with_equal_ids(folder: Path) -> None:
    read = Read(Source(name="s", paths=("one/a.warc.gz", "two/a.warc.gz")), folder)
    assert len(read.units) == 2
    assert len({page.id for page in read.pages}) == 3
    assert len(read.pages) == 6

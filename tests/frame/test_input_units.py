"""Units that read parts of several jobs: those of the same documents, whatever their names."""

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_manifests import manifest_of

from pipeline.errors import CheckError
from pipeline.frame import parts
from pipeline.frame.manifests import Manifest, units_of
from pipeline.frame.parts import Part

CURATED = {"crawl.one": "a" * 12, "crawl.two": "b" * 12}
SCORES = {"crawl.two": "c" * 12, "crawl.one": "d" * 12}
READS = (("curate", "curated"), ("classify", "scores"))


def part(name: str, dataset: str, checksum: str = "") -> Part:
    """A part with two datasets, of which `dataset` has a byte per character of the name."""
    checksums = {dataset: checksum or f"sum of {name}", "dropped": "sum of drops"}
    return Part(name, True, 1, {}, {}, {dataset: len(name), "dropped": 100}, checksums, {})


def inputs(folder: Path, checksum: str = "") -> dict[str, Manifest]:
    """Two jobs over two archives, their parts in different orders."""
    curated = [part(f"{base}-{mark}.000", "curated") for base, mark in CURATED.items()]
    scores = [part(f"{base}-{mark}.000", "scores", checksum) for base, mark in SCORES.items()]
    found = {"curate": curated, "classify": scores}
    return {job: manifest_of(f"{folder}/{job}", job, some) for job, some in found.items()}


NAMES = st.from_regex(r"[a-z0-9._-]{1,9}(\.(00[01]|00001)_{0,2})?", fullmatch=True)


@given(NAMES, st.integers(0, 12_000), st.integers(0, 2))
def test_parts_are_known_by_what_every_job_calls_them(name: str, index: int, jobs: int) -> None:
    unit = parts.keyed(name, "size")
    base = f"{unit.rpartition('-')[0]}.{index:03d}"
    found = [f"{unit}.{index:03d}", *(f"{parts.rekeyed(base, str(at))}.000" for at in range(jobs))]
    assert parts.base_names(pa.chunked_array([found])).to_pylist() == [base] * len(found)


def test_a_unit_reads_the_parts_of_the_same_documents_in_the_order_asked(tmp_path: Path) -> None:
    assert [unit.paths for unit in units_of(inputs(tmp_path), READS)] == [
        (
            f"{tmp_path}/curate/curated/{base}-{CURATED[base]}.000.parquet",
            f"{tmp_path}/classify/scores/{base}-{SCORES[base]}.000.parquet",
        )
        for base in CURATED
    ]


def test_a_unit_weighs_what_it_reads_and_no_more(tmp_path: Path) -> None:
    name = f"crawl.one-{'a' * 12}.000"
    assert [unit.bytes for unit in units_of(inputs(tmp_path), READS)] == [2 * len(name)] * 2


def test_a_unit_keeps_the_base_name_of_its_parts(tmp_path: Path) -> None:
    bases = [unit.name.rpartition("-")[0] for unit in units_of(inputs(tmp_path), READS)]
    assert bases == ["crawl.one.000", "crawl.two.000"]


def test_units_are_numbered_alike_whichever_job_comes_first(tmp_path: Path) -> None:
    for reads in (READS, READS[::-1]):
        units = units_of(inputs(tmp_path), reads)
        assert [(unit.number, unit.name[:9]) for unit in units] == [
            (0, "crawl.one"),
            (1, "crawl.two"),
        ]


@pytest.mark.parametrize(
    ("checksum", "reads", "also", "same"),
    [
        ("", READS, (), True),
        ("other", READS, (), False),
        ("other", READS[:1], (), True),  # what is not read is not in the name
        ("", READS, ("model",), False),
    ],
)
def test_a_unit_is_named_by_all_that_its_output_depends_on(
    tmp_path: Path,
    checksum: str,
    reads: tuple[tuple[str, str], ...],
    also: tuple[str, ...],
    same: bool,
) -> None:
    names = [
        [unit.name for unit in units_of(found, reads, more)]
        for found, more in (
            (inputs(tmp_path / "a"), ()),
            (inputs(tmp_path / "b", checksum), also),
        )
    ]
    assert (names[0] == names[1]) is same


def test_a_job_that_lacks_a_part_of_the_job_before_is_refused(tmp_path: Path) -> None:
    found = inputs(tmp_path)
    folder = f"{tmp_path}/classify"
    found["classify"] = manifest_of(
        folder, "classify", [part(f"crawl.one-{'d' * 12}.000", "scores")]
    )
    with pytest.raises(CheckError) as told:
        units_of(found, READS)
    assert str(told.value) == (
        f"classify has not all parts of the job before; delete {folder!r} and run again"
    )

"""Units that read parts of several jobs: those of the same documents, whatever their names."""

import pytest

from pipeline.frame.manifests import Manifest, units_of
from pipeline.frame.parts import Part

CURATED = {"crawl.one": "a" * 12, "crawl.two": "b" * 12}
SCORES = {"crawl.two": "c" * 12, "crawl.one": "d" * 12}
READS = (("curate", "curated"), ("classify", "scores"))


def part(name: str, dataset: str, checksum: str = "") -> Part:
    """A part with two datasets, of which `dataset` has a byte per character of the name."""
    checksums = {dataset: checksum or f"sum of {name}", "dropped": "sum of drops"}
    return Part(name, True, 1, {}, {}, {dataset: len(name), "dropped": 100}, checksums, {})


def manifest(job: str, parts: list[Part]) -> Manifest:
    return Manifest(1, job, "f" * 16, f"out/{job}", {}, {}, parts, 0, 0, {}, {})


def inputs(checksum: str = "") -> dict[str, Manifest]:
    """Two jobs over two archives, their parts in different orders."""
    curated = [part(f"{base}-{mark}.000", "curated") for base, mark in CURATED.items()]
    scores = [part(f"{base}-{mark}.000", "scores", checksum) for base, mark in SCORES.items()]
    return {"curate": manifest("curate", curated), "classify": manifest("classify", scores)}


def test_parts_are_known_by_what_every_job_calls_them() -> None:
    found = {job: one.by_base for job, one in inputs().items()}
    assert set(found["curate"]) == set(found["classify"]) == {"crawl.one.000", "crawl.two.000"}
    assert found["classify"]["crawl.one.000"].name == f"crawl.one-{'d' * 12}.000"


def test_a_unit_reads_the_parts_of_the_same_documents_in_the_order_asked() -> None:
    assert [unit.paths for unit in units_of(inputs(), READS)] == [
        (
            f"out/curate/curated/{base}-{CURATED[base]}.000.parquet",
            f"out/classify/scores/{base}-{SCORES[base]}.000.parquet",
        )
        for base in CURATED
    ]


def test_a_unit_weighs_what_it_reads_and_no_more() -> None:
    name = f"crawl.one-{'a' * 12}.000"
    assert [unit.bytes for unit in units_of(inputs(), READS)] == [2 * len(name)] * 2


def test_a_unit_keeps_the_base_name_of_its_parts() -> None:
    bases = [unit.name.rpartition("-")[0] for unit in units_of(inputs(), READS)]
    assert bases == ["crawl.one.000", "crawl.two.000"]


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
    checksum: str, reads: tuple[tuple[str, str], ...], also: tuple[str, ...], same: bool
) -> None:
    names = [
        [unit.name for unit in units_of(found, reads, more)]
        for found, more in ((inputs(), ()), (inputs(checksum), also))
    ]
    assert (names[0] == names[1]) is same

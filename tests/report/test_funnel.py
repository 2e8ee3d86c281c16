"""The funnel: stages in order, each beginning with what the one before has kept."""

import io

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from pipeline.report.funnel import FunnelRow, JobCounts, funnel_rows, funnel_table

PLACES = ("ingest", "screen", "extract", "screen:wrong_language")
COUNTS = JobCounts(
    "extract",
    came_in=1_000,
    kept=400,
    dropped={
        "extract:empty": 100,
        "screen:wrong_language": 300,
        "screen:blocked_site": 50,
        "ingest:not_html": 150,
    },
    notes=("the gate is off",),
    places=PLACES,
)
DROPS = st.dictionaries(
    st.tuples(
        st.sampled_from(["ingest", "screen", "extract", "zeal", "alas"]), st.sampled_from("abc")
    ).map(":".join),
    st.integers(1, 99),
    max_size=9,
)


def shown(*jobs: JobCounts) -> str:
    told = io.StringIO()
    Console(file=told, width=120).print(funnel_table(list(jobs)))
    return told.getvalue()


def test_stages_come_in_the_order_of_the_data() -> None:
    assert funnel_rows(COUNTS) == [
        FunnelRow("extract", "ingest", 1_000, 850, (("not_html", 150),)),
        FunnelRow("extract", "screen", 850, 800, (("blocked_site", 50),)),
        FunnelRow("extract", "extract", 800, 700, (("empty", 100),)),
        FunnelRow("extract", "screen", 700, 400, (("wrong_language", 300),)),
    ]


def test_job_that_drops_nothing_has_one_row() -> None:
    assert funnel_rows(JobCounts("mix", 7, 7, {})) == [FunnelRow("mix", "", 7, 7, ())]


def test_reasons_of_equal_count_are_sorted_by_name() -> None:
    (row,) = funnel_rows(JobCounts("near", 9, 3, {"dedup:b": 2, "dedup:a": 2, "dedup:c": 2}))
    assert [reason for reason, _ in row.reasons] == ["a", "b", "c"]


def test_unknown_stages_come_last_by_name() -> None:
    dropped = {"zeal:x": 1, "alas:x": 1, "extract:x": 1}
    rows = funnel_rows(JobCounts("one", 9, 6, dropped, places=PLACES))
    assert [row.stage for row in rows] == ["extract", "alas", "zeal"]


def test_reason_may_hold_a_colon() -> None:
    (row,) = funnel_rows(JobCounts("one", 1, 0, {"ingest:a:b": 1}))
    assert row.reasons == (("a:b", 1),)


@given(DROPS, st.integers(0, 50))
def test_every_row_begins_where_the_one_before_ends(dropped: dict[str, int], kept: int) -> None:
    counts = JobCounts("one", kept + sum(dropped.values()), kept, dropped)
    rows = funnel_rows(counts)
    assert (rows[0].came_in, rows[-1].kept) == (counts.came_in, kept)
    ends = [row.kept for row in rows]
    assert [row.came_in for row in rows[1:]] == ends[:-1]


@given(DROPS)
def test_every_row_loses_what_its_reasons_say(dropped: dict[str, int]) -> None:
    for row in funnel_rows(JobCounts("one", 9_999, 0, dropped)):
        assert row.came_in - row.kept == sum(number for _, number in row.reasons)


def test_table_shows_figures_reasons_and_notes() -> None:
    text = shown(COUNTS)
    assert "1,000" in text
    assert "300 wrong_language" in text
    assert "note: the gate is off" in text


def test_table_of_no_jobs_is_empty() -> None:
    assert "extract" not in shown()

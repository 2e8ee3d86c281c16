"""What a job that only decides leaves of a part: its tables, and a drop row for all that leave."""

from collections import Counter
from collections.abc import Callable, Iterator

import pyarrow as pa

from pipeline import files, screen
from pipeline.arrow import DOCUMENT_SCHEMA, DROPPED_SCHEMA, Made, dropped_table
from pipeline.dedup import STAGE
from pipeline.dedup.decisions import CLUSTER_SCHEMA, DECISION_SCHEMA
from pipeline.dedup.rows import RIGHTS
from pipeline.document import Checked, Dropped, Unit

_PLACE = [name for name in DROPPED_SCHEMA.names if name in DOCUMENT_SCHEMA.names]


def decided(unit: Unit, documents: Checked, tables: dict[str, pa.Table]) -> Made:
    """The part of `unit` with decisions on the part whose file is `documents`.

    What is kept is counted from the ids that stay, not derived from those that leave.
    """
    rows = files.read_table(documents, _PLACE).to_pylist()
    place = {row["id"]: row for row in rows}
    dropped = [
        Dropped(
            **place[row["id"]],
            stage=screen.STAGE if row["reason"] in RIGHTS else STAGE,
            reason=row["reason"],
            detail=row["detail"],
        )
        for row in tables["decisions"].to_pylist()
        if row["reason"]
        for _ in range(row["copies"])
    ]
    kept = Counter(row["id"] for row in rows) - Counter(row.id for row in dropped)
    return Made(
        part=unit.part,
        tables={**tables, "dropped": dropped_table(dropped)},
        kept=kept.total(),
        seen={"document": len(rows)},
    )


def exact_made(decide: Callable[[Unit], pa.Table], unit: Unit) -> Iterator[Made]:
    """The part that `exact` makes of a unit of (keys, documents, policies)."""
    yield decided(unit, unit.files[1], {"decisions": decide(unit)})


def near_made(decide: Callable[[Unit], tuple[pa.Table, pa.Table]], unit: Unit) -> Iterator[Made]:
    """The part that `near` makes of a curated part."""
    decisions, clusters = decide(unit)
    yield decided(unit, unit.files[0], {"decisions": decisions, "clusters": clusters})


def all_stay(unit: Unit) -> Iterator[Made]:
    """The part of a job that is switched off: no decisions, no clusters."""
    tables = {"decisions": DECISION_SCHEMA.empty_table(), "clusters": CLUSTER_SCHEMA.empty_table()}
    yield decided(unit, unit.files[0], tables)

"""Graphs over a few elements, here and by Beam."""

import pickle
from pathlib import Path
from typing import Any
from uuid import uuid4

from pipeline.frame.engines import in_process
from pipeline.frame.graph import Branches, Transform, steps


def here(graph: Transform, *elements: Any) -> list[Any]:
    """What a graph makes of elements in this process."""
    return list(in_process.over(graph, elements, lambda _label, _microseconds: None))


def by_beam(graph: Transform, *elements: Any, folder: Path) -> list[Any]:
    """What Beam's local runner makes of the same, in no order; it leaves it in `folder`."""
    import apache_beam as beam
    from apache_beam.runners.portability.fn_api_runner import FnApiRunner

    from pipeline.frame.engines import beam_graph

    pipeline = beam.Pipeline(runner=FnApiRunner(), argv=[])
    given = pipeline | beam.Create(elements) | beam.Map(_same).with_output_types(Any)
    made = beam_graph.over(graph, given)
    for at, one in enumerate(made if isinstance(steps(graph)[-1], Branches) else [made]):
        _ = one | f"Note {at}" >> beam.Map(_noted, str(folder))
    pipeline.run().wait_until_finish()
    return [pickle.loads(path.read_bytes()) for path in folder.iterdir()]  # noqa: S301


def _same(element: Any) -> Any:
    return element


def _noted(element: Any, folder: str) -> None:
    Path(folder, uuid4().hex).write_bytes(pickle.dumps(element))

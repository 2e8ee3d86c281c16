"""No text and no token list passes a GroupByKey, and what does is small; so are graphs."""

import pickle
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from support import dataset, job_folder

from pipeline.commands.run_recipe import run_recipe
from pipeline.frame.engines.beam_graph import deal, over
from pipeline.frame.engines.engine import Engine
from pipeline.frame.graph import Transform
from pipeline.frame.run import Settings
from pipeline.frame.unit_lists import UnitList
from pipeline.sample import write_sample
from pipeline.tokenize.token_files import read_token_file

MOST_BYTES = 1 << 20  # of one element, on a sample whose parts hold at most a hundred documents
MOST_OF_A_GRAPH = 256_000
GROUPING = beam.GroupByKey | beam.CombineGlobally  # a combiner groups values too


def noted(element: Any, folder: str) -> Any:
    """Leaves the element's bytes in a file: Beam runs a copy of this function, not this module."""
    data = pickle.dumps(element)
    Path(folder, blake2b(data).hexdigest()[:32]).write_bytes(data)
    return element


@dataclass(frozen=True)
class Ran:
    """A graph that was run, over a list of units with these names."""

    graph: Transform
    listed: str
    names: tuple[str, ...]


@pytest.fixture(scope="module")
def graphs() -> list[Ran]:
    """What `sample` has run."""
    return []


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, graphs: list[Ran]) -> Path:
    """A whole run of an engine in this process, every grouped element noted on its way in."""
    folder = tmp_path_factory.mktemp("grouped")
    write_sample(str(folder), 200, 40)
    plain, plain_run = beam.Pipeline.apply, Engine.run

    def apply(self: beam.Pipeline, transform: Any, elements: Any = None, label: Any = None) -> Any:
        if isinstance(transform, GROUPING):
            target = folder / "grouped" / elements.producer.full_label.replace("/", "_")
            target.mkdir(parents=True, exist_ok=True)
            elements = elements | f"Note {target.name}" >> beam.Map(noted, str(target))
        return plain(self, transform, elements, label)

    def run(
        self: Engine, units: UnitList, listed: str, graph: Transform, *others: Any, **more: Any
    ) -> None:
        graphs.append(Ran(graph, listed, tuple(unit.name for unit in units)))
        plain_run(self, units, listed, graph, *others, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(beam.Pipeline, "apply", apply)
        patch.setattr(Engine, "run", run)
        settings = Settings(workers=1, quiet=True, little=0)
        run_recipe(str(folder / "recipe.toml"), str(folder / "run"), (), settings)
    return folder


@pytest.fixture(scope="module")
def grouped(sample: Path) -> list[Path]:
    return sorted(path for path in (sample / "grouped").rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def everything(grouped: list[Path]) -> bytes:
    return b"\0".join(path.read_bytes() for path in grouped)


def test_every_grouped_element_is_small(grouped: list[Path]) -> None:
    assert len({path.parent for path in grouped}) > 10
    assert [path for path in grouped if path.stat().st_size > MOST_BYTES] == []


def test_no_text_is_grouped(sample: Path, everything: bytes) -> None:
    texts = dataset(sample / "run", "curate", "curated", ["text"])["text"].to_pylist()
    pieces = [text[100:124].encode() for text in texts if len(text) > 200]
    assert len(pieces) > 50
    assert [piece for piece in pieces if piece in everything] == []


def test_no_token_list_is_grouped(sample: Path, everything: bytes) -> None:
    paths = sorted((job_folder(sample / "run", "tokenize") / "tokens").iterdir())
    lists = [tokens for path in paths for tokens in read_token_file(str(path))["tokens"]]
    pieces = [tokens.values.to_numpy()[:16].tobytes() for tokens in lists]
    assert len(pieces) > 50
    assert [piece for piece in pieces if piece in everything] == []


@pytest.mark.usefixtures("sample")
def test_graphs_name_no_unit(graphs: list[Ran]) -> None:
    assert sum(len(ran.names) for ran in graphs) > 50
    for ran in graphs:
        held = pickle.dumps(ran.graph)
        assert [name for name in ran.names if name.encode() in held] == []


@pytest.mark.usefixtures("sample")
def test_graphs_are_small_however_many_units_there_are(graphs: list[Ran]) -> None:
    assert len(graphs) > 20
    for ran in graphs:
        pipeline = beam.Pipeline(runner="FnApiRunner")
        over(ran.graph, deal(pipeline, ran.listed))
        told = pipeline.to_runner_api().SerializeToString()
        assert max(len(told), len(pickle.dumps(ran.graph))) < MOST_OF_A_GRAPH

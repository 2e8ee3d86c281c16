"""No text and no token list passes a GroupByKey, and what does is small."""

import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from support import dataset, job_folder

from pipeline.commands.run import run_recipe
from pipeline.run import Settings
from pipeline.sample import write_sample
from pipeline.tokenize.shards import read_token_file

MOST_BYTES = 1 << 20  # of one element, on a sample whose parts hold at most a hundred documents
MET: dict[str, int] = {}  # label of a grouping to the bytes of its largest element
BLOBS: list[bytes] = []


def noted(element: Any, label: str) -> Any:
    data = pickle.dumps(element)
    MET[label] = max(MET.get(label, 0), len(data))
    BLOBS.append(data)
    return element


@pytest.fixture(scope="module")
def grouped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A whole run in this process, every grouped element noted on its way in."""
    folder = tmp_path_factory.mktemp("grouped")
    write_sample(str(folder), 200, 40)
    plain = beam.GroupByKey.expand

    def expand(self: beam.GroupByKey, elements: Any) -> Any:
        label = f"{elements.producer.full_label}/{self.label}"
        return plain(self, elements | f"Note {label}" >> beam.Map(noted, label))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(beam.GroupByKey, "expand", expand)
        settings = Settings(workers=1, quiet=True)
        run_recipe(str(folder / "recipe.toml"), str(folder / "run"), (), settings)
    yield folder / "run"
    MET.clear()
    BLOBS.clear()


def test_every_grouped_element_is_small(grouped: Path) -> None:
    assert len(MET) > 10
    assert {label: size for label, size in MET.items() if size > MOST_BYTES} == {}


def test_no_text_is_grouped(grouped: Path) -> None:
    texts = dataset(grouped, "curate", "curated", ["text"])["text"].to_pylist()
    pieces = [text[100:124].encode() for text in texts if len(text) > 200]
    assert len(pieces) > 50
    everything = b"\0".join(BLOBS)
    assert [piece for piece in pieces if piece in everything] == []


def test_no_token_list_is_grouped(grouped: Path) -> None:

    everything = b"\0".join(BLOBS)
    (folder,) = [job_folder(grouped, "tokenize") / "tokens"]
    for path in sorted(folder.iterdir()):
        for tokens in read_token_file(str(path))["tokens"]:
            data = tokens.values.to_numpy()[:16].tobytes()
            assert data not in everything

"""`gristmill ablate`: arms of one size, paired by document, and what is said of them."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import mixed_dataset
import numpy as np
import pytest
from mixed_dataset import prose, run

from pipeline.commands.ablations.arms import Arm, Part, arm_of, divided, documents_of
from pipeline.commands.ablations.ngram_judge import judged as by_ngrams
from pipeline.commands.ablations.ngram_judge import line_ends
from pipeline.commands.ablations.part_datasets import document_id, write_part
from pipeline.commands.ablations.transformer_judge import SHAPES, beginnings, steps_of
from pipeline.commands.from_python import open_dataset
from pipeline.commands.mixtures.held_out import HeldOut, read_held_out
from pipeline.document import digest
from pipeline.errors import UsageError
from pipeline.tokenize.dataset_files import verify

SIZES = {("main", "books", 0): 60, ("main", "news", 0): 140}


def written(folder: Path, change: Callable[[str], str] = str) -> Path:
    """A dataset whose texts are changed."""
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mixed_dataset, "prose", lambda name, number: change(prose(name, number)))
        mixed_dataset.write(folder, SIZES)
    return folder


@pytest.fixture(scope="module")
def arms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("arms")
    mixed_dataset.write_held_out(root / "held.jsonl")
    return {
        "plain": written(root / "plain"),
        "again": written(root / "again"),
        "shorter": written(root / "shorter", lambda text: text[: len(text) // 2]),
        "reversed": written(root / "reversed", lambda text: text[::-1]),
        "held": root / "held.jsonl",
    }


def told(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Any:
    capsys.readouterr()
    run("ablate", *arguments, "--parts", "4", "--json")
    return json.loads(capsys.readouterr().out)


def test_the_same_documents_twice_have_no_difference(
    arms: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    found = told(capsys, arms["plain"], arms["again"], "--held-out", arms["held"])
    (one,) = found["arms"]
    assert one["difference"]["mean"] == one["difference"]["low"] == one["difference"]["high"] == 0
    assert not one["sure"]
    assert "are the same to this model" in one["verdict"]


def test_a_worse_arm_is_told_with_its_interval_and_by_group(
    arms: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    found = told(capsys, arms["plain"], arms["reversed"], "--held-out", arms["held"])
    (one,) = found["arms"]
    assert 0 < one["difference"]["low"] < one["difference"]["mean"] < one["difference"]["high"]
    assert one["sure"]
    assert one["bits"] - found["bits"] == pytest.approx(one["difference"]["mean"])
    assert one["verdict"].startswith(f"{arms['plain']} is better than {arms['reversed']}")
    assert set(one["by_group"]) == {"books", "forum", "news"}


@pytest.mark.parametrize("same", ["tokens", "bytes"])
def test_arms_get_as_much_as_the_smallest_has(
    arms: dict[str, Path], capsys: pytest.CaptureFixture[str], same: str
) -> None:
    names = (arms["plain"], arms["shorter"])
    whole = told(capsys, *names, "--held-out", arms["held"], "--same", same)
    alone = told(
        capsys, arms["shorter"], arms["shorter"], "--held-out", arms["held"], "--same", same
    )
    assert whole["size"] == alone["size"]
    less = told(capsys, *names, "--held-out", arms["held"], "--same", same, "--size", "4000")
    assert less["size"] == 4_000


def test_people_read_a_table_and_a_sentence(
    arms: dict[str, Path], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    figure = tmp_path / "arms.svg"
    run("ablate", arms["plain"], arms["reversed"], "--held-out", arms["held"], "--figure", figure)
    said = capsys.readouterr()
    assert "is better than" in said.out
    assert "95 % interval" in said.err
    assert figure.read_text().startswith("<?xml")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--held-out", ""), "'' is no file; give one of JSON lines"),
        (("--same", "words"), "arms cannot have the same 'words'; set tokens or bytes"),
        (("--parts", "5000"), "has too few documents for 5000 parts; take fewer"),
    ],
)
def test_what_cannot_be_is_refused(
    arms: dict[str, Path], options: tuple[str, str], sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        run("ablate", arms["plain"], arms["again"], "--held-out", arms["held"], *options)


def test_arms_that_cannot_be_compared_are_refused(arms: dict[str, Path]) -> None:
    with pytest.raises(UsageError, match="is compared with nothing; give two arms or more"):
        run("ablate", arms["plain"], "--held-out", arms["held"])
    with pytest.raises(UsageError, match="two recipes of one file name"):
        run("ablate", "a/x.toml", "b/x.toml", "--held-out", arms["held"], "--out", "o")


def test_a_recipe_needs_a_folder_to_be_run_into(arms: dict[str, Path]) -> None:
    with pytest.raises(UsageError, match="is a recipe, which is run first; give a folder by --out"):
        run("ablate", "one.toml", "two.toml", "--held-out", arms["held"])


def arm(name: str, lengths: list[int]) -> Arm:
    rows = [
        (digest(str(at)), np.full(length, at, np.uint16), length)
        for at, length in enumerate(lengths)
    ]
    return arm_of(name, rows, seed=1)


def test_parts_are_of_one_size_and_hold_the_same_documents_in_every_arm() -> None:
    draws = np.random.default_rng(2)
    lengths = draws.integers(5, 200, 400).tolist()
    made = divided([arm("one", lengths), arm("two", [2 * n for n in lengths])], 8)
    assert {part.tokens for parts in made.parts for part in parts} == {made.part_size}
    assert {whole.tokens for whole in made.whole} == {made.size} == {sum(lengths)}
    assert made.part_size > 0.85 * sum(lengths) / 8
    for one, two in zip(*made.parts, strict=True):
        assert {*two.keys.tolist()} <= {*one.keys.tolist()}
        assert [len(ids) for ids in two.documents[:-1]] == [
            2 * lengths[int(ids[0])] for ids in two.documents[:-1]
        ]


def test_without_a_file_texts_of_our_own_are_the_judges(
    arms: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    run("ablate", arms["plain"], arms["reversed"], "--parts", "4", "--json")
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert found["texts"] == 300
    assert {*found["arms"][0]["by_group"]} == {"articles", "books", "code"}
    assert "give --held-out a file of yours" in said.err


def test_lines_that_stand_in_the_wrong_documents_are_found() -> None:
    """Each document has a tenth of its lines from another; no line is another one."""
    draws = np.random.default_rng(4)
    topics = [[f"{a}{b}" for b in "aeiou"] for a in "bcdfghklmnpr"]

    def lines(topic: int) -> list[str]:
        return [" ".join(draws.choice(topics[topic], 6)) for _ in range(20)]

    whole = {digest(str(at)): lines(at % len(topics)) for at in range(360)}
    torn = {id: list(own) for id, own in whole.items()}
    places = [(id, at) for id in torn for at in range(0, 20, 10)]
    taken = [torn[id][at] for id, at in places]
    for (id, at), line in zip(places, [*taken[7:], *taken[:7]], strict=True):
        torn[id][at] = line
    encoder = mixed_dataset.encoder()
    held_texts = ["\n".join(lines(at % len(topics))) for at in range(40)]
    documents = tuple(encoder.encode_document(text) for text in held_texts)
    sizes = np.array([len(text) for text in held_texts], dtype=np.float64)
    held = HeldOut(documents, sizes, ("",) * 40, tuple(range(40)))
    bits = by_ngrams(
        [
            [encoder.encode_document("\n".join(own)) for own in arm.values()]
            for arm in (whole, torn)
        ],
        encoder,
        held,
        order=4,
    )
    assert (bits[1] > bits[0]).mean() > 0.9


def test_line_ends_are_the_tokens_that_hold_one() -> None:
    encoder = mixed_dataset.encoder()
    ends = line_ends(encoder)
    assert {*encoder.encode("\n").tolist()} <= {*ends}
    assert all("\n" in encoder.decode(np.array([id])) for id in ends)


def test_a_part_becomes_a_dataset_that_the_loader_reads(tmp_path: Path) -> None:
    encoder = mixed_dataset.encoder()
    rows = [(digest(str(at)), encoder.encode_document(prose("news", at)), 1) for at in range(50)]
    one = arm_of("one", rows, seed=1)
    part = Part(one.keys, list(one.documents))
    folder = str(tmp_path / "part")
    write_part(folder, part, encoder, tokens=4_096, seed=5)
    verify(folder)
    dataset = open_dataset(folder)
    found = {id: ids.tobytes() for id, ids in documents_of(dataset)}
    keys = zip(part.keys.tolist(), part.documents, strict=True)
    assert found == {document_id(key): ids.tobytes() for key, ids in keys}
    plan = dataset.plan(64)
    assert plan.samples == 64
    assert plan.seed == 5


def test_models_take_as_many_steps_as_the_smallest_part_allows() -> None:
    shape = SHAPES[2]
    assert steps_of([10**7, 10**7], shape) == [shape.steps] * 2
    assert steps_of([10**7, 5 * 10**6], shape) == [shape.steps, shape.steps // 2]
    assert steps_of([25 * shape.batch_tokens] * 2, shape) == [100, 100]
    with pytest.raises(UsageError, match="too small for a model; give fewer --parts"):
        steps_of([4 * shape.batch_tokens] * 2, shape)


def test_models_are_asked_beginnings_of_texts_with_their_own_sizes(arms: dict[str, Path]) -> None:
    encoder = mixed_dataset.encoder()
    held = read_held_out(str(arms["held"]), "domain", encoder)
    shape = replace(SHAPES[2], seq_len=20, texts=10)
    found = beginnings(held, encoder, shape, seed=0)
    assert len(found.documents) == 10
    for ids, size, place in zip(found.documents, found.sizes, found.places, strict=True):
        assert ids.tolist() == held.documents[place][:21].tolist()
        assert size == len(encoder.decode_bytes(ids[1:])) < held.sizes[place]


def test_too_few_texts_and_steps_are_refused(arms: dict[str, Path], tmp_path: Path) -> None:
    held = tmp_path / "few.jsonl"
    held.write_text("".join(arms["held"].read_text().splitlines(keepends=True)[:9]))
    with pytest.raises(UsageError, match="9 held-out texts are left, which say nothing of others"):
        run("ablate", arms["plain"], arms["again"], "--held-out", held)
    with pytest.raises(UsageError, match="5 steps teach a model nothing; give 20 or more"):
        steps_of([10**7], replace(SHAPES[2], steps=5))


def test_models_are_kept_on_this_machine() -> None:
    with pytest.raises(UsageError, match="give a folder, not --out 's3://there'"):
        run("ablate", "one", "two", "--tier", "2", "--out", "s3://there")


def test_a_tier_without_pytorch_is_refused_before_anything_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(UsageError, match="pip install 'gristmill\\[trainer\\]', or take --tier 1"):
        run("ablate", "nowhere", "neither", "--tier", "2")

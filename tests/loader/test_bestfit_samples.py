"""A loader of packed samples: whole documents, every token once, the same on any world size."""

import json
import pickle
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from uuid import uuid4

import numpy as np
import pytest
from small_dataset import CARD, DOCUMENTS, documents, plan_of

from pipeline.errors import CheckError, UsageError
from pipeline.files import write_bytes_atomic
from pipeline.loader.phases import Phase
from pipeline.loader.plan import MixPlan
from pipeline.loader.samples.packed import HEAD, PIECES, TABLE, verify_packings
from pipeline.loader.samples.packing import IGNORED
from pipeline.loader.samples.packing_waste import concat_waste, fitted_waste
from pipeline.loader.token_loader import TokenLoader

ONCE = Phase("main", None, dict.fromkeys(DOCUMENTS, 1.0))
SEEN = Phase("main", 130_000, {"main-web-0": 0.7, "main-code-1": 0.3}, {"main-code-1": 4})
SEQ_LEN, BATCH = 128, 12


@pytest.fixture(scope="module")
def packings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packings")


@pytest.fixture
def plan(dataset: Path, packings: Path) -> MixPlan:
    return plan_of(dataset, ONCE, seq_len=SEQ_LEN).packed_by("bestfit", packings)


@pytest.fixture
def seen(dataset: Path, packings: Path) -> MixPlan:
    return plan_of(dataset, SEEN, seq_len=SEQ_LEN).packed_by("bestfit", packings)


def test_one_pass_holds_every_token_once_and_cuts_what_is_longer_alone(plan: MixPlan) -> None:
    loader = TokenLoader(plan, BATCH, drop_last=False)
    parts = [
        one.stretch for step in range(-(-plan.samples // BATCH)) for one in loader.explain(step)
    ]
    tokens: Counter[tuple[str, str]] = Counter()
    for part in parts:
        tokens[part.group, part.document] += part.stop - part.start
    lengths = {(g, id): len(ids) for g, made in documents().items() for id, ids in made}
    assert tokens == lengths
    cut = {key for key, n in Counter((p.group, p.document) for p in parts).items() if n > 1}
    assert cut == {key for key, length in lengths.items() if length > SEQ_LEN}


def test_tokens_and_labels_are_those_of_the_documents(plan: MixPlan) -> None:
    loader = TokenLoader(plan, BATCH, drop_last=False)
    texts = {id: ids for made in documents().values() for id, ids in made}
    assert plan.samples > 5 * BATCH
    for batch in loader:
        seen = loader.explain(batch.step)
        starts = []
        for row, sample in enumerate(batch.samples):
            at = 0
            for part in (one.stretch for one in seen if one.sample == sample):
                starts.append(row * SEQ_LEN + at)
                ids, size = texts[part.document], part.stop - part.start
                labels = np.append(ids[part.start + 1 : part.stop + 1], IGNORED)[:size]
                assert (
                    batch.tokens[row, at : at + size].tolist()
                    == ids[part.start : part.stop].tolist()
                )
                assert batch.labels[row, at : at + size].tolist() == labels.tolist()
                at += size
            if at < SEQ_LEN:
                starts.append(row * SEQ_LEN + at)
            assert (batch.tokens[row, at:] == CARD.eos).all()
            assert (batch.labels[row, at:] == IGNORED).all()
        assert batch.cu_seqlens.tolist() == [*starts, batch.tokens.size]
        assert (batch.loss_mask == (batch.labels != IGNORED)).all()


def test_without_boundaries_the_tokens_are_the_same(plan: MixPlan) -> None:
    with_them, without = (TokenLoader(plan, BATCH, boundaries=b).batch(3) for b in (True, False))
    np.testing.assert_array_equal(with_them.tokens, without.tokens)
    np.testing.assert_array_equal(with_them.labels, without.labels)
    assert without.cu_seqlens.tolist() == list(range(0, BATCH * SEQ_LEN + 1, SEQ_LEN))


@pytest.mark.parametrize("world", [2, 3, 5, 7, 11, 12])
def test_any_number_of_ranks_has_the_same_batches(seen: MixPlan, world: int) -> None:
    alone = list(TokenLoader(seen, BATCH, drop_last=False))
    ranks = [TokenLoader(seen, BATCH, rank, world, drop_last=False) for rank in range(world)]
    together = [np.concatenate([b.tokens for b in share]) for share in zip(*ranks, strict=True)]
    assert len(alone) > 30
    for batch, tokens in zip(alone, together, strict=True):
        np.testing.assert_array_equal(batch.tokens, tokens)


def test_a_state_resumes_on_other_ranks_exactly(seen: MixPlan) -> None:
    alone = [batch.samples.tolist() for batch in TokenLoader(seen, BATCH)]
    first = TokenLoader(seen, BATCH)
    for _ in range(7):
        next(first)
    state = json.loads(json.dumps(first.state_dict()))
    ranks = [TokenLoader(seen, BATCH, rank, 5) for rank in range(5)]
    for rank in ranks:
        rank.load_state_dict(state)
    together = [
        np.concatenate([b.samples for b in share]).tolist() for share in zip(*ranks, strict=True)
    ]
    assert together == alone[7:]


def test_a_state_of_the_other_packing_is_refused(dataset: Path, seen: MixPlan) -> None:
    state = TokenLoader(plan_of(dataset, SEEN, seq_len=SEQ_LEN), BATCH).state_dict()
    with pytest.raises(CheckError, match="is of plan"):
        TokenLoader(seen, BATCH).load_state_dict(state)


def test_an_epoch_repeats_no_sample_and_the_next_has_another_order(seen: MixPlan) -> None:
    order = seen.order(np.arange(seen.samples))
    code = order.group == seen.groups.index("main-code-1")
    size = int(seen.sizes[seen.groups.index("main-code-1")])
    first, second = order.index[code][:size], order.index[code][size : 2 * size]
    assert sorted(first) == sorted(second) == list(range(size))
    assert first.tolist() != second.tolist()


def test_waste_is_stated_as_counted(dataset: Path, plan: MixPlan) -> None:
    loader = TokenLoader(plan, BATCH, drop_last=False)
    assert plan.packed
    waste = fitted_waste(plan.packed, loader.reader)
    places = sum(batch.tokens.size for batch in loader)
    lengths = [len(ids) for made in documents().values() for _, ids in made]
    assert waste.samples == plan.samples
    assert waste.padding == places - sum(lengths)
    assert waste.cut == waste.longer == sum(length > SEQ_LEN for length in lengths)
    concat = concat_waste(loader.reader, SEQ_LEN)
    windows = plan_of(dataset, ONCE, seq_len=SEQ_LEN)
    cuts = _cut(TokenLoader(windows, BATCH, drop_last=False), windows.samples)
    assert (concat.samples, concat.cut) == (windows.samples, cuts)
    assert concat.documents == waste.documents == len(lengths)


def _cut(loader: TokenLoader, samples: int) -> int:
    steps = range(-(-samples // BATCH))
    parts = Counter(one.stretch.document for step in steps for one in loader.explain(step))
    return sum(count > 1 for count in parts.values())


@pytest.mark.parametrize("name", [HEAD, TABLE, PIECES])
def test_no_batch_follows_a_changed_packing(
    dataset: Path, plan: MixPlan, tmp_path: Path, name: str
) -> None:
    wanted = [batch.tokens.tolist() for batch in TokenLoader(plan, BATCH)]
    plan_of(dataset, ONCE, seq_len=SEQ_LEN).packed_by("bestfit", tmp_path)
    (path,) = tmp_path.rglob(name)
    data, draws = path.read_bytes(), random.Random(3)
    for size in (0, 1, len(data) - 1):
        path.write_bytes(data[:size])
        again = plan_of(dataset, ONCE, seq_len=SEQ_LEN).packed_by("bestfit", tmp_path)
        assert [batch.tokens.tolist() for batch in TokenLoader(again, BATCH)] == wanted
    for at in draws.sample(range(len(data)), 25):
        path.write_bytes(data[:at] + bytes([data[at] ^ (1 << draws.randrange(8))]) + data[at + 1 :])
        again = plan_of(dataset, ONCE, seq_len=SEQ_LEN).packed_by("bestfit", tmp_path)
        if name == PIECES:
            with pytest.raises(CheckError, match=r"pieces\.bin has changed; remove"):
                list(TokenLoader(again, BATCH, drop_last=False))
        else:  # made anew
            assert [batch.tokens.tolist() for batch in TokenLoader(again, BATCH)] == wanted
            assert path.read_bytes() == data


@pytest.mark.parametrize("name", [HEAD, TABLE, PIECES])
def test_packings_beside_a_dataset_are_verified_with_it(
    dataset: Path, tmp_path: Path, name: str
) -> None:
    here = copytree(dataset, tmp_path / "dataset")
    plan = plan_of(here, ONCE, seq_len=SEQ_LEN).packed_by("bestfit")
    assert verify_packings(str(here), plan.manifest) == 1
    (path,) = here.rglob(name)
    data = path.read_bytes()
    path.write_bytes(data[:60] + bytes([data[60] ^ 4]) + data[61:])
    with pytest.raises(CheckError, match="bestfit-128"):
        verify_packings(str(here), plan.manifest)
    path.unlink()
    if name == HEAD:  # one that is not finished
        assert verify_packings(str(here), plan.manifest) == 0
        return
    with pytest.raises(CheckError, match="bestfit-128 has changed or is of another dataset"):
        verify_packings(str(here), plan.manifest)


def test_a_packing_lies_beside_its_dataset_and_is_found_in_a_store(
    dataset: Path, plan: MixPlan, tmp_path: Path
) -> None:
    here = copytree(dataset, tmp_path / "dataset")
    packed = plan_of(here, ONCE, seq_len=SEQ_LEN).packed_by("bestfit")
    folder = f"memory://{uuid4().hex}"
    for path in (path for path in here.rglob("*") if path.is_file()):
        write_bytes_atomic(f"{folder}/{path.relative_to(here)}", path.read_bytes())
    there = replace(packed, folder=folder, packed=None).packed_by("bestfit")
    batches = zip(
        TokenLoader(plan, BATCH), TokenLoader(there, BATCH, cache_bytes=50_000), strict=True
    )
    for one, other in batches:
        np.testing.assert_array_equal(one.tokens, other.tokens)
        np.testing.assert_array_equal(one.cu_seqlens, other.cu_seqlens)


def test_a_store_without_a_packing_asks_for_a_folder(dataset: Path) -> None:
    folder = f"memory://{uuid4().hex}"
    for path in (path for path in dataset.rglob("*") if path.is_file()):
        write_bytes_atomic(f"{folder}/{path.relative_to(dataset)}", path.read_bytes())
    plan = replace(plan_of(dataset, ONCE, seq_len=SEQ_LEN), folder=folder)
    with pytest.raises(UsageError, match="holds no packing of this dataset"):
        plan.packed_by("bestfit")


def test_what_is_no_folder_is_refused(dataset: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match=r"cannot be used .* give another folder"):
        plan_of(dataset, ONCE, seq_len=SEQ_LEN).packed_by("bestfit", tmp_path / "file")


@pytest.mark.parametrize("length", [0, -3, 1 << 40])
def test_lengths_that_cannot_be_are_refused(dataset: Path, length: int) -> None:
    with pytest.raises(UsageError, match=f"samples of {length} tokens cannot be; set 1 to"):
        plan_of(dataset, ONCE, seq_len=length)


def test_a_sample_longer_than_all_there_is_is_made(dataset: Path, packings: Path) -> None:
    plan = plan_of(dataset, ONCE, seq_len=1 << 22).packed_by("bestfit", packings)
    assert plan.packed
    assert plan.samples == len(TokenLoader(plan, 1).reader.ends)


def test_an_unknown_packing_is_refused(dataset: Path) -> None:
    with pytest.raises(UsageError, match="packing 'best' is not known; set 'concat' or 'bestfit'"):
        plan_of(dataset, ONCE).packed_by("best")  # type: ignore[arg-type]


def test_a_plan_goes_to_another_process(plan: MixPlan) -> None:
    other = pickle.loads(pickle.dumps(plan))  # noqa: S301
    one, two = TokenLoader(plan, BATCH).batch(2), TokenLoader(other, BATCH).batch(2)
    np.testing.assert_array_equal(one.tokens, two.tokens)

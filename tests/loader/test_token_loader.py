"""The loader's promises: contents, elasticity, resume, skips, corruption found."""

import json
from collections import Counter
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_dataset import CARD, DOCUMENTS, documents, plan_of, write

from pipeline.errors import CheckError, UsageError
from pipeline.loader import shard_sources
from pipeline.loader.phases import Phase
from pipeline.loader.plan import MixPlan
from pipeline.loader.reader import TokenReader
from pipeline.loader.samples.packing import IGNORED
from pipeline.loader.token_batch import TokenBatch
from pipeline.loader.token_loader import TokenLoader
from pipeline.tokenize.dataset_files import read_blocks
from pipeline.tokenize.manifest import read_manifest

ONE_PASS = Phase("main", None, dict.fromkeys(DOCUMENTS, 1.0))
MAIN = Phase("main", 90_000, {"main-web-0": 0.7, "main-code-1": 0.3})
ANNEAL = Phase("anneal", 20_000, {"anneal-math-0": 0.6, "main-code-1": 0.4})
GLOBAL_BATCH = 24


def two_phases(folder: Path, **changes: Any) -> MixPlan:
    return plan_of(folder, MAIN, ANNEAL, **changes)


def batches(plan: MixPlan, world: int = 1, **options: Any) -> list[list[TokenBatch]]:
    """The batches of every rank."""
    loaders = [TokenLoader(plan, GLOBAL_BATCH, rank, world, **options) for rank in range(world)]
    return [list(loader) for loader in loaders]


def joined(ranks: list[list[TokenBatch]], name: str) -> list[list[Any]]:
    """A field of the global batches, the ranks' shares one after the other."""
    shares = zip(*ranks, strict=True)
    return [np.concatenate([getattr(b, name) for b in share]).tolist() for share in shares]


def test_one_pass_reads_every_token_of_every_document_once(dataset: Path) -> None:
    loader = TokenLoader(plan_of(dataset, ONE_PASS), GLOBAL_BATCH, drop_last=False)
    inputs = np.concatenate([batch.tokens.reshape(-1) for batch in loader])
    wanted = np.concatenate([ids for made in documents().values() for _, ids in made])
    filling = len(inputs) - len(wanted)
    assert 0 <= filling < 64 * len(DOCUMENTS)
    counts = np.bincount(wanted, minlength=CARD.vocabulary)
    counts[CARD.eos] += filling
    np.testing.assert_array_equal(np.bincount(inputs, minlength=CARD.vocabulary), counts)


def test_one_pass_holds_every_document_of_a_group_exactly_once(dataset: Path) -> None:
    plan = plan_of(dataset, ONE_PASS)
    loader = TokenLoader(plan, GLOBAL_BATCH, drop_last=False)
    steps = -(-plan.samples // GLOBAL_BATCH)
    seen = [seen.stretch for step in range(steps) for seen in loader.explain(step)]
    tokens: Counter[tuple[str, str]] = Counter()
    for stretch in seen:
        tokens[stretch.group, stretch.document] += stretch.stop - stretch.start
    wanted = {(g, id): len(ids) for g, made in documents().items() for id, ids in made}
    assert tokens == wanted
    assert len({(s.document, s.start) for s in seen}) == len(seen)


def test_explained_stretches_are_the_tokens_of_the_batch(dataset: Path) -> None:
    loader = TokenLoader(two_phases(dataset), GLOBAL_BATCH)
    texts = {id: ids for made in documents().values() for id, ids in made}
    for step in (0, 3, 60):
        batch = loader.batch(step)
        seen = loader.explain(step)
        for row, sample in enumerate(batch.samples):
            mine = [one.stretch for one in seen if one.sample == sample]
            inputs = np.concatenate([texts[s.document][s.start : s.stop] for s in mine])
            np.testing.assert_array_equal(batch.tokens[row, : len(inputs)], inputs)
            assert (batch.tokens[row, len(inputs) :] == CARD.eos).all()


def test_labels_are_the_next_tokens(dataset: Path) -> None:
    found = list(TokenLoader(two_phases(dataset), GLOBAL_BATCH))
    assert len(found) > 60
    for batch in found:
        inner = batch.labels[:, :-1]
        same = (inner == batch.tokens[:, 1:]) | (inner == IGNORED)
        assert same.all()
    assert np.mean([batch.labels == IGNORED for batch in found]) < 0.01


def test_short_last_sample_is_filled_and_its_labels_ignored(dataset: Path) -> None:
    plan = plan_of(dataset, ONE_PASS)
    tokens = plan.manifest.groups["main-web-0"]["tokens"]
    rest = tokens - 64 * (tokens // 64)
    assert rest
    group = plan.groups.index("main-web-0")
    order = plan.order(np.arange(plan.samples))
    last = np.flatnonzero((order.group == group) & (order.index == plan.sizes[group] - 1))[0]
    loader = TokenLoader(plan, GLOBAL_BATCH, drop_last=False)
    row = int(last) % GLOBAL_BATCH
    batch = loader.batch(int(last) // GLOBAL_BATCH)
    assert (batch.tokens[row, rest - 1 :] == CARD.eos).all()
    assert (batch.labels[row, rest - 1 :] == IGNORED).all()
    assert (batch.labels[row, : rest - 1] != IGNORED).all()
    assert row * 64 + rest in batch.cu_seqlens


@pytest.mark.parametrize("seq_len", [7, 64, 1_000])
def test_boundaries_are_where_the_end_of_text_was(dataset: Path, seq_len: int) -> None:
    plan = plan_of(dataset, ONE_PASS, seq_len=seq_len)
    found = list(TokenLoader(plan, 8, drop_last=False))
    assert sum(len(batch.samples) for batch in found) == plan.samples > 50
    for batch in found:
        after = np.flatnonzero(batch.tokens.reshape(-1) == CARD.eos) + 1
        starts = np.union1d(after, np.arange(0, batch.tokens.size + 1, seq_len))
        filled = batch.labels.reshape(-1) == IGNORED
        starts = starts[~(filled[np.maximum(starts, 1) - 1] & (starts % seq_len > 0))]
        mine = batch.cu_seqlens
        mine = mine[~(filled[np.maximum(mine, 1) - 1] & (mine % seq_len > 0))]
        np.testing.assert_array_equal(mine, starts)


def test_positions_count_from_each_boundary(dataset: Path) -> None:
    batch = TokenLoader(two_phases(dataset), GLOBAL_BATCH).batch(2)
    lengths = np.diff(batch.cu_seqlens)
    wanted = np.concatenate([np.arange(length) for length in lengths])
    np.testing.assert_array_equal(batch.positions.reshape(-1), wanted)
    assert batch.max_seqlen == lengths.max()


def test_no_boundaries_asked_gives_the_samples_starts(dataset: Path) -> None:
    batch = TokenLoader(two_phases(dataset), GLOBAL_BATCH, boundaries=False).batch(2)
    assert batch.cu_seqlens.tolist() == list(range(0, 64 * GLOBAL_BATCH + 1, 64))


@pytest.mark.parametrize("world", [2, 3, 5, 7, 11, 13, 23, 24])
def test_ranks_together_hold_the_same_ordered_batch(dataset: Path, world: int) -> None:
    plan = two_phases(dataset)
    alone, ranks = batches(plan), batches(plan, world)
    assert len(alone[0]) == plan.samples // GLOBAL_BATCH > 60
    for name in ("tokens", "labels", "groups", "samples"):
        assert joined(ranks, name) == joined(alone, name)


@given(st.integers(0, 70), st.sampled_from([1, 2, 3, 7]), st.sampled_from([1, 2, 3, 7]))
@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_resume_anywhere_on_other_ranks_goes_on_exactly(
    dataset: Path, step: int, before: int, after: int
) -> None:
    plan = two_phases(dataset)
    first = TokenLoader(plan, GLOBAL_BATCH, 0, before)
    for _ in range(step):
        next(first)
    state = json.loads(json.dumps(first.state_dict()))
    wanted = TokenLoader(plan, GLOBAL_BATCH)
    ranks = [TokenLoader(plan, GLOBAL_BATCH, rank, after) for rank in range(after)]
    for rank in ranks:
        rank.load_state_dict(state)
    together = np.concatenate([next(rank).tokens for rank in ranks])
    np.testing.assert_array_equal(together, wanted.batch(step).tokens)


def test_last_partial_batch_is_left_out_or_dealt(dataset: Path) -> None:
    plan = two_phases(dataset)
    whole, rest = divmod(plan.samples, GLOBAL_BATCH)
    assert rest
    assert len(batches(plan)[0]) == whole
    last = [rank[-1] for rank in batches(plan, 7, drop_last=False)]
    assert sum(len(batch.samples) for batch in last) == rest


def test_rank_without_a_share_of_the_last_batch_gets_an_empty_one(dataset: Path) -> None:
    plan = two_phases(dataset)
    shares = []
    for rank in range(3):
        last = list(TokenLoader(plan, plan.samples - 1, rank, 3, drop_last=False))[-1]
        assert last.tokens.shape == last.labels.shape == last.positions.shape
        assert last.cu_seqlens[-1] == last.tokens.size
        shares.append(len(last.samples))
    assert sorted(shares) == [0, 0, 1]


def test_batch_size_changed_on_resume_goes_on_with_the_next_sample(dataset: Path) -> None:
    plan = two_phases(dataset)
    loader = TokenLoader(plan, GLOBAL_BATCH)
    next(loader), next(loader)
    other = TokenLoader(plan, 10)
    other.load_state_dict(loader.state_dict())
    assert next(other).samples.tolist() == list(range(48, 58))
    assert next(other).samples.tolist() == list(range(58, 68))
    assert other.batch(1).samples.tolist() == list(range(24, 48))


def test_skipped_steps_are_left_out_and_stay_so_after_resume(dataset: Path) -> None:
    plan = two_phases(dataset)
    loader = TokenLoader(plan, GLOBAL_BATCH)
    next(loader)
    loader.skip(2, 5)
    resumed = TokenLoader(plan, GLOBAL_BATCH)
    resumed.load_state_dict(loader.state_dict())
    for one in (loader, resumed):
        firsts = [int(next(one).samples[0]) // GLOBAL_BATCH for _ in range(3)]
        assert firsts == [1, 5, 6]


def test_skip_of_the_past_is_refused(dataset: Path) -> None:
    loader = TokenLoader(two_phases(dataset), GLOBAL_BATCH)
    for _ in range(4):
        next(loader)
    with pytest.raises(UsageError, match="earlier checkpoint"):
        loader.skip(2, 6)


def test_appended_phase_is_resumed_from_the_journal(dataset: Path) -> None:
    plan = two_phases(dataset)
    loader = TokenLoader(plan, GLOBAL_BATCH)
    before = [loader.batch(step).tokens for step in range(5)]
    next(loader)
    loader.append(Phase("more", 30_000, {"anneal-math-0": 1.0}), step=5)
    for step, tokens in enumerate(before):
        np.testing.assert_array_equal(loader.batch(step).tokens, tokens)
    resumed = TokenLoader(plan, GLOBAL_BATCH, 1, 2)
    resumed.load_state_dict(json.loads(json.dumps(loader.state_dict())))
    assert set(resumed.batch(5).groups.tolist()) == {plan.groups.index("anneal-math-0")}
    np.testing.assert_array_equal(resumed.batch(9).tokens, loader.batch(9).tokens[12:])


def test_state_is_small(dataset: Path) -> None:
    loader = TokenLoader(two_phases(dataset), GLOBAL_BATCH)
    for _ in range(20):
        next(loader)
    assert len(json.dumps(loader.state_dict())) < 300


def test_state_that_would_pass_four_kilobytes_is_refused(dataset: Path) -> None:
    loader = TokenLoader(two_phases(dataset), 1)
    for step in range(400):
        loader.skip(2 * step + 1, 2 * step + 2)
    with pytest.raises(UsageError, match="4096"):
        loader.state_dict()


def test_state_of_another_plan_or_dataset_is_refused(dataset: Path) -> None:
    state = TokenLoader(two_phases(dataset), GLOBAL_BATCH).state_dict()
    with pytest.raises(CheckError, match="plan"):
        TokenLoader(two_phases(dataset, seed=12), GLOBAL_BATCH).load_state_dict(state)
    state["dataset"] = "0" * 32
    with pytest.raises(CheckError, match="dataset"):
        TokenLoader(two_phases(dataset), GLOBAL_BATCH).load_state_dict(state)


def test_state_of_another_version_is_refused(dataset: Path) -> None:
    loader = TokenLoader(two_phases(dataset), GLOBAL_BATCH)
    with pytest.raises(UsageError, match="version 9"):
        loader.load_state_dict({**loader.state_dict(), "version": 9})


@pytest.mark.parametrize(("rank", "world"), [(1, 1), (-1, 2), (0, 25)])
def test_impossible_ranks_are_refused(dataset: Path, rank: int, world: int) -> None:
    with pytest.raises(UsageError, match="rank"):
        TokenLoader(two_phases(dataset), GLOBAL_BATCH, rank, world)


def test_flipped_byte_in_any_block_is_found_at_first_touch(dataset: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    copytree(dataset, folder)
    manifest = read_manifest(str(folder))
    table = read_blocks(str(folder), manifest)
    assert len(table["shard"]) > len(manifest.shards) > 2
    rng = np.random.Generator(np.random.PCG64(1))
    for block in range(len(table["shard"])):
        path = folder / manifest.shards[int(table["shard"][block])].path
        whole = path.read_bytes()
        at = int(table["offset"][block]) + int(rng.integers(0, table["size"][block]))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(CheckError, match=path.name):
            TokenReader(str(folder)).values(block)
        path.write_bytes(whole)
        TokenReader(str(folder)).values(block)


def test_cut_or_missing_shard_is_found(dataset: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    copytree(dataset, folder)
    path = folder / read_manifest(str(folder)).shards[0].path
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(CheckError, match="bytes"):
        TokenReader(str(folder)).values(0)
    path.unlink()
    with pytest.raises(CheckError, match="mapped"):
        TokenReader(str(folder)).values(0)


def test_reader_with_one_shard_open_reads_the_same(
    dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = two_phases(dataset)
    wanted = joined(batches(plan), "tokens")
    assert len(wanted) > 60
    monkeypatch.setattr(shard_sources, "MOST_SHARDS", 1)
    assert joined(batches(plan), "tokens") == wanted
    assert joined(batches(plan, check="always"), "tokens") == wanted


def test_shards_written_from_more_parts_are_the_same_dataset(dataset: Path, tmp_path: Path) -> None:
    assert write(tmp_path, parts=7).identity == read_manifest(str(dataset)).identity


def test_dataset_exchanged_behind_the_plan_is_refused(dataset: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    copytree(dataset, folder)
    plan = two_phases(folder)
    write(folder, {**DOCUMENTS, "main-web-0": 299})
    with pytest.raises(CheckError, match="does not match the manifest"):
        TokenLoader(plan, GLOBAL_BATCH)

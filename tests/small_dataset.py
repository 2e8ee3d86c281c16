"""A small dataset of synthetic token documents, made without a tokenizer."""

from pathlib import Path
from typing import Any

import numpy as np
from support_shards import plan_shards, write_token_file

from pipeline.document import digest
from pipeline.loader.phases import Phase
from pipeline.loader.plan import MixPlan
from pipeline.tokenize.manifest import Manifest, ShardEntry, read_manifest, write_dataset
from pipeline.tokenize.shards import shard_path, token_rows, write_shard
from pipeline.tokenize.token_files import TokenDocument, TokenFiles, token_table
from pipeline.tokenize.tokenizer_files import TokenizerCard

CARD = TokenizerCard(vocabulary=1_000, eos=992, first_control=992, digest="0" * 32)
DOCUMENTS = {"main-web-0": 300, "main-code-1": 90, "anneal-math-0": 40}
BLOCK_TOKENS = 2_000


def plan_of(folder: Path, *phases: Phase, seq_len: int = 64, seed: int = 11) -> MixPlan:
    """A plan over a dataset written by `write`."""
    return MixPlan(str(folder), read_manifest(str(folder)), phases, seq_len, seed)


def manifest_of(groups: dict[str, int]) -> Manifest:
    """The manifest of a dataset that is not there: group to tokens."""
    shards = [
        ShardEntry(f"{name}.arrow", name, tokens // 1_000 + 1, tokens, 4 * tokens, 2 * tokens, "")
        for name, tokens in sorted(groups.items())
    ]
    phases = {name: name.split("-")[0] for name in sorted(groups)}
    return Manifest("0" * 32, 1_000, 992, 992, "uint16", phases, tuple(shards), "", "")


def documents(groups: dict[str, int] = DOCUMENTS, seed: int = 5) -> dict[str, list[Any]]:
    """Group to its documents: (id, ids with the end of text), lengths from 1 to about 300."""
    rng = np.random.Generator(np.random.PCG64(seed))
    made: dict[str, list[Any]] = {}
    for group, count in groups.items():
        made[group] = [
            (digest(group, str(i)), np.append(rng.integers(0, 992, rng.integers(0, 300)), CARD.eos))
            for i in range(count)
        ]
    return made


def write(
    folder: Path, groups: dict[str, int] = DOCUMENTS, parts: int = 3, card: TokenizerCard = CARD
) -> Manifest:
    """Writes a dataset of `documents(groups)`, spread over `parts` token files, into `folder`."""
    names = sorted(groups)
    rows = [
        TokenDocument(id, group, ids.astype(card.dtype), len(ids))
        for group, made in documents(groups).items()
        for id, ids in made
    ]
    paths, columns = [], []
    for part in range(parts):
        table = token_table(rows[part::parts], card, seed=3)
        paths.append(f"{folder}/tokens/{part}.arrow")
        write_token_file(paths[-1], table, BLOCK_TOKENS)
        columns.append(token_rows(table, part, names))
    planned = plan_shards(np.concatenate(columns), len(names), 0.02, card.dtype)
    shards = []
    for group, shard in np.unique(planned[["group", "shard"]]):
        chosen = planned[(planned["group"] == group) & (planned["shard"] == shard)]
        phase = names[group].split("-")[0]
        name = shard_path(phase, names[group], int(shard))
        shards.append(
            write_shard(str(folder), name, chosen, TokenFiles(paths), names[group], BLOCK_TOKENS)
        )
    return write_dataset(str(folder), shards, {n: n.split("-")[0] for n in names}, card)

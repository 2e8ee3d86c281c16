"""A small dataset of texts of our own making, with its tokenizer and the plan of a mixture."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from small_dataset import BLOCK_TOKENS
from support_shards import plan_shards, write_token_file

from pipeline import files
from pipeline.cli import app
from pipeline.document import digest
from pipeline.mix.group_names import group_name
from pipeline.mix.plan_file import Targets, make_plan
from pipeline.mix.shares.seen_groups import Group
from pipeline.recipe_types import MixConfig
from pipeline.tokenize.encode import Encoder, build_encoder
from pipeline.tokenize.manifest import PLAN, TOKENIZER, write_dataset
from pipeline.tokenize.shards import shard_path, token_rows, write_shard
from pipeline.tokenize.token_files import Entry, TokenFiles, encode_part
from pipeline.tokenize.train import train_tokenizer

Key = tuple[str, str, int]  # phase, component, bucket
PLAIN = MixConfig(annealing=False)


SIZES = {
    ("main", "books", 0): 40,
    ("main", "books", 1): 40,
    ("main", "forum", 0): 60,
    ("main", "news", 0): 100,
    ("anneal", "news", 0): 20,
}
LETTERS = {"books": "abcdefgh", "forum": "ijklmnop", "news": "qrstuvwx"}


def prose(component: str, number: int) -> str:
    """A text of a hundred words; each component has words of letters of its own, some often."""
    rng = np.random.Generator(np.random.PCG64([len(component), number]))
    words = np.minimum(rng.zipf(1.2, 100), 4_000)
    letters = LETTERS.get(component, "yz")
    return " ".join(_word(int(word), letters) for word in words)


def _word(number: int, letters: str) -> str:
    """The number, in digits that are letters."""
    base = len(letters)
    return (_word(number // base, letters) if number >= base else "") + letters[number % base]


def write_held_out(path: Path) -> None:
    """Texts of every component that no dataset of these holds, as JSON lines."""
    rows = [
        {"text": prose(name, 90_000 + at), "domain": name} for name in LETTERS for at in range(8)
    ]
    path.write_text("\n".join(map(json.dumps, rows)))


@cache
def tokenizer_text() -> str:
    """Of a tokenizer that has seen some of each component."""
    seen = [prose(name, number) for name in ("books", "forum", "news") for number in range(9)]
    return train_tokenizer(seen, 600, 1, 1).to_str()


def encoder() -> Encoder:
    return build_encoder(tokenizer_text(), "the small one")


def write(folder: Path, sizes: Mapping[Key, int], mix: MixConfig = PLAIN) -> dict[str, Any]:
    """Writes a dataset of so many texts by group; gives its plan."""
    card = encoder().card
    keys = {group_name(*key): key for key in sizes}
    names = sorted(keys)
    entries = [
        Entry(digest(name, str(at)), prose(keys[name][1], 1_000 * keys[name][2] + at), name)
        for name in names
        for at in range(sizes[keys[name]])
    ]
    table = encode_part(entries, encoder(), seed=3)
    path = f"{folder}/tokens.arrow"
    write_token_file(path, table, BLOCK_TOKENS)
    planned = plan_shards(token_rows(table, 0, names), len(names), 1.0, card.dtype)
    shards, groups = [], {}
    for at, name in enumerate(names):
        phase, component, bucket = keys[name]
        chosen = planned[planned["group"] == at]
        place = shard_path(phase, name, 0)
        shards.append(
            write_shard(str(folder), place, chosen, TokenFiles([path]), name, BLOCK_TOKENS)
        )
        tokens = int(chosen["tokens"].sum())
        groups[name] = Group(phase, component, bucket, 1, len(chosen), 4 * tokens, tokens)
    plan = make_plan(groups, _targets(groups, mix), mix, counted=True)
    files.write_json(str(folder / PLAN), plan)
    files.write_bytes_atomic(str(folder / TOKENIZER), tokenizer_text().encode())
    phases = {name: keys[name][0] for name in names}
    write_dataset(str(folder), shards, phases, card, beside=(PLAN, TOKENIZER))
    return plan


def _targets(groups: Mapping[str, Group], mix: MixConfig) -> Targets:
    natural: dict[str, float] = {}
    for one in groups.values():
        natural[one.component] = natural.get(one.component, 0.0) + one.tokens
    room = {name: mix.max_copies * tokens for name, tokens in natural.items()}
    return Targets(1, mix.by, True, natural, room, dict.fromkeys(natural, 0.0), ())


def run(*arguments: str | Path) -> None:
    """Runs a command as the command line does."""
    app([*map(str, arguments)], standalone_mode=False)

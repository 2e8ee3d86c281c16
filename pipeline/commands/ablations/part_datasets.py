"""Parts of arms as datasets of their own, which the trainer reads through the loader.

A document has the same id in every arm, made of its key, so the same pages stand in the same order
in what is compared, but for those that one arm lacks.
"""

from typing import Any

from pipeline import files
from pipeline.commands.ablations.arms import Part
from pipeline.loader.mixture_plan import VERSION
from pipeline.tokenize.blocks import BLOCK_TOKENS, to_bytes
from pipeline.tokenize.encode import Encoder
from pipeline.tokenize.manifest import PLAN, TOKENIZER, write_dataset
from pipeline.tokenize.shards import shard_path, token_rows, write_shard
from pipeline.tokenize.token_files import TokenDocument, TokenFiles, token_table

GROUP, PHASE = "main-all", "main"
_TOKENS = "tokens.arrow"


def write_part(folder: str, part: Part, encoder: Encoder, tokens: int, seed: int) -> None:
    """A dataset of one group and one shard, of which a plan with `seed` sees so many tokens."""
    documents = (
        TokenDocument(document_id(key), GROUP, ids)
        for key, ids in zip(part.keys.tolist(), part.documents, strict=True)
    )
    table = token_table(documents, encoder.card, seed)
    path = files.join(folder, _TOKENS)
    files.write_bytes_atomic(path, to_bytes(table, BLOCK_TOKENS))
    rows = token_rows(table, 0, [GROUP])
    shard = write_shard(folder, shard_path(PHASE, GROUP, 0), rows, TokenFiles([path]), GROUP)
    files.write_json(files.join(folder, PLAN), _plan(len(rows), tokens, seed))
    files.write_bytes_atomic(files.join(folder, TOKENIZER), encoder.spec.text.encode())
    write_dataset(folder, [shard], {GROUP: PHASE}, encoder.card, beside=(PLAN, TOKENIZER))


def document_id(key: float) -> str:
    """32 hex digits that stand for a document of a key (0 to 1)."""
    return f"{int(key * 2**64):032x}"


def _plan(documents: int, tokens: int, seed: int) -> dict[str, Any]:
    phase = {"name": PHASE, "tokens": tokens, "weights": {GROUP: 1.0}, "max_epochs": {}}
    groups = {GROUP: {"phase": PHASE, "documents": documents}}
    return {"version": VERSION, "seed": seed, "phases": [phase], "groups": groups}

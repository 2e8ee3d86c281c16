"""Wiring of the tokenize job: parts encoded, shards gathered by locators."""

from dataclasses import dataclass
from functools import partial

from pipeline.frame.graph import Chain, Each, Function, Shuffle, of_pieces
from pipeline.frame.transforms import MapUnits
from pipeline.tokenize.encode import load_tokenizer
from pipeline.tokenize.shards import ROW, ShardPlan, locate_part, write_shards
from pipeline.tokenize.token_files import encode_unit


@dataclass(frozen=True)
class EncodeParts(Each):
    """Token files, one per part."""

    tokenizer: str
    seed: int

    def start(self) -> Function:
        return partial(encode_unit, encoder=load_tokenizer(self.tokenizer), seed=self.seed)


def gather_shards(plan: ShardPlan, ranges: int) -> Chain:
    """Locators of all documents, grouped by shard; every shard is gathered from the token files.

    Most bytes of a grouped element: the locators, 44 bytes each, of one part in one range.
    """
    return MapUnits("LocateTokens", partial(locate_part, plan=plan)) | Shuffle(
        ("group", "shard"), ranges, ROW, partial(of_pieces, partial(write_shards, plan))
    )

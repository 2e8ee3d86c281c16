"""Run under torchrun: sets that accelerate and torch divide, telling what each process reads."""

import json
import sys
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.data_loader import IterableDatasetShard
from support_launched import SEQ_LEN
from torch.utils.data import DataLoader, DistributedSampler

from gristmill import TokenLoader, open_dataset
from gristmill.torch import TokenBatches, TokenSamples
from pipeline.errors import UsageError
from pipeline.loader.plan import MixPlan


def numbers(batches: Any) -> list[int]:
    return [number for batch in batches for number in batch["samples"].flatten().tolist()]


def refused(batches: Any) -> str:
    try:
        return f"{len(numbers(batches))} samples were read"
    except UsageError as error:
        return str(error)


def ways(plan: MixPlan, accelerator: Accelerator) -> dict[str, Any]:
    """What this process reads, or why it does not, by way of dividing."""
    rank, world = accelerator.process_index, accelerator.num_processes
    samples = TokenSamples(plan)

    def own(of: int = world, at: int = rank) -> TokenBatches:
        return TokenBatches(TokenLoader(plan, 8, at, of, drop_last=False))

    def shard(batches: TokenBatches) -> IterableDatasetShard:
        return IterableDatasetShard(batches, 1, False, world, rank)

    sampler = DistributedSampler(samples, world, rank, shuffle=False)
    plain = DataLoader(own(), batch_size=None)
    found = {
        "own": numbers(own()),
        "own in a DataLoader": numbers(plain),
        "DistributedSampler": numbers(DataLoader(samples, 4, sampler=sampler, num_workers=2)),
        "prepared samples": numbers(accelerator.prepare(DataLoader(samples, 4, num_workers=2))),
        "shard of all": numbers(shard(own(1, 0))),
        "shard of own": refused(shard(own())),
    }
    dispatched = accelerator.prepare(plain)  # process 0 alone reads, and the others wait for it
    found["dispatched own"] = refused(dispatched) if rank == 0 else ""
    return found


def main() -> None:
    folder, out = sys.argv[1:]
    plan = open_dataset(folder).plan(SEQ_LEN)
    accelerator = Accelerator(cpu=True)
    found = ways(plan, accelerator)
    Path(out, f"{accelerator.process_index}.json").write_text(json.dumps(found))
    torch.distributed.destroy_process_group()


if __name__ == "__main__":
    main()

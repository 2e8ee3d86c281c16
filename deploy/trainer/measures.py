"""What a trainer says of itself: tokens a second, utilisation, time without data, bits per byte."""

import json
import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from model import loss_sum
from setup import place, replacing
from torch import nn

from gristmill import MixPlan, Phase, TokenLoader
from gristmill.torch import TokenBatches

# Floating-point operations a second, dense bf16, as makers state them.
PEAKS = {
    **{"H100 PCIe": 756e12, "H100": 989e12, "H200": 989e12, "A100": 312e12},
    **{"L40S": 362e12, "L40": 181e12},  # the longer name of two first
}
_SIDE = 1_024  # of the matrices by which a CPU is measured


class Clock:
    """Time between two reports, and how much of it went by waiting for data."""

    def __init__(self) -> None:
        self.begun, self.waited, self.tokens = time.monotonic(), 0.0, 0

    def timed(self, batches: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The batches; how long each was waited for is counted."""
        while True:
            start = time.monotonic()
            batch = next(batches, None)
            self.waited += time.monotonic() - start
            if batch is None:
                return
            yield batch

    def read(self, flops: float, peak: float) -> dict[str, float]:
        """Rates since the last time it was read: tokens a second, utilisation, share of waiting.

        `flops` are those of a token, `peak` what all devices could do a second.
        """
        seconds = max(time.monotonic() - self.begun, 1e-9)
        rate, waiting = self.tokens / seconds, self.waited / seconds
        self.begun, self.waited, self.tokens = time.monotonic(), 0.0, 0
        return {"tokens_per_second": rate, "mfu": rate * flops / peak, "waiting": waiting}


class Log:
    """Lines of JSON in a file, and on the terminal; of one process alone."""

    def __init__(self, path: Path, is_own: bool) -> None:
        self.path, self.is_own = path, is_own

    def tell(self, row: dict[str, Any]) -> None:
        """One more line."""
        if self.is_own:
            with self.path.open("a") as log:
                print(json.dumps(row), file=log)
            shown = (f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items())
            print("  ".join(shown), flush=True)

    def forget(self, step: int) -> None:
        """Takes out what was told of steps behind `step`, which are done again, and of the end."""
        if not (self.is_own and self.path.exists()):
            return
        lines = [line for line in self.path.read_text().splitlines(True) if line.endswith("\n")]
        kept = [line for line in lines if _holds(json.loads(line), step)]
        with replacing(self.path) as temporary:
            temporary.write_text("".join(kept))


def _holds(row: dict[str, Any], step: int) -> bool:
    """Whether a line is true of a training that stands at `step`."""
    return "leap" in row or ("loss" in row and row["step"] <= step)


def peak_of(device: torch.device) -> float:
    """What a device could do a second: of a GPU that is known what its maker states (of another
    that of an H100), of a CPU what it does with large matrices.
    """
    if device.type == "cuda":
        name = torch.cuda.get_device_name(device)
        return next((peak for known, peak in PEAKS.items() if known in name), PEAKS["H100"])
    one = torch.rand(_SIDE, _SIDE)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        one @ one
        times.append(time.perf_counter() - start)
    return 2 * _SIDE**3 / min(times)


@torch.no_grad()  # type: ignore[untyped-decorator]
def bits_per_byte(
    model: nn.Module, dataset: Any, seq_len: int, batch: int, device: torch.device
) -> float:
    """Of all documents of a dataset, each once: bits of the tokens that follow one of their own
    document in a window, over all bytes of text. Every process reads its share.
    """
    rank, world = place()
    groups = dataset.manifest.groups
    once = Phase("held out", None, dict.fromkeys(groups, 1.0))
    plan = MixPlan(dataset.folder, dataset.manifest, (once,), seq_len, 0)
    loader = TokenLoader(plan, max(batch, world), rank, world, drop_last=False)
    nats = torch.zeros((), dtype=torch.float64, device=device)
    for rows in TokenBatches(loader):
        ids, positions, labels, mask = (
            rows[name].to(device) for name in ("tokens", "positions", "labels", "loss_mask")
        )
        nats += loss_sum(model(ids, positions), labels, mask)
    if world > 1:
        dist.all_reduce(nats)
    return float(float(nats) / math.log(2) / sum(row["bytes"] for row in groups.values()))

"""`gristmill explain RUN --step N`: the documents that a step of training reads."""

from dataclasses import asdict

from pipeline.commands.from_python import open_dataset
from pipeline.errors import UsageError
from pipeline.loader.token_batch import Seen
from pipeline.loader.token_loader import TokenLoader
from pipeline.terminal import answer, print_json


def show_step(
    folder: str,
    document: str,
    step: int,
    seq_len: int,
    batch: int,
    packing: str,
    as_json: bool,
) -> None:
    """A line for every part of a document, on stdout, in the order of the batch; or JSON.

    Meant is training by the dataset's own plan, in batches of one size, of which none was left out.
    """
    if document:
        raise UsageError(f"--step names documents itself; leave out {document!r}")
    plan = open_dataset(folder).plan(seq_len, packing=packing)  # type: ignore[arg-type]
    seen = TokenLoader(plan, batch, drop_last=False).explain(step)
    if as_json:
        rows = [{"sample": one.sample, "epoch": one.epoch, **asdict(one.stretch)} for one in seen]
        print_json({"step": step, "seq_len": seq_len, "batch": batch, "documents": rows})
        return
    answer(*map(_line, seen))


def _line(one: Seen) -> str:
    part = one.stretch
    where = f"{part.document}  {part.shard}  tokens {part.start} to {part.stop}"
    return f"sample {one.sample}  epoch {one.epoch}  {where}"

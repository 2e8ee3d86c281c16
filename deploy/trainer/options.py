"""What the trainer is told on the command line, checked before anything is read."""

import argparse
import os
from pathlib import Path

HELP = "Trains a decoder-only model on a dataset, on any number of processes."


def some(text: str) -> int:
    """A number of things, at least one."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of things; give 1 or more")
    return int(text)


def amount(text: str) -> float:
    """A finite number of 0 or more."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no amount; give a number of 0 or more")
    return number


def parsed(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=HELP)
    add = parser.add_argument
    add("run", help="the folder of a run, or of a dataset")
    add("--out", type=Path, required=True, help="folder of checkpoint.pt and log.jsonl")
    add("--identity", default="", help="of the dataset; another one is refused")
    add("--held-out", default="", help="a dataset of the same tokenizer, for bits per byte")
    add("--seq-len", type=some, default=256, help="tokens of a sample")
    add("--packing", choices=("concat", "bestfit"), default="concat")
    add("--batch", type=some, default=32, help="samples of a step, of all processes together")
    add("--micro", type=some, default=16, help="samples that a process computes at once")
    add("--steps", type=int, default=0, help="where to end; 0: where the plan does")
    add("--width", type=some, default=128)
    add("--layers", type=some, default=4)
    add("--heads", type=some, default=4)
    add("--rate", type=amount, default=3e-3, help="the highest learning rate")
    add("--warm", type=int, default=20, help="steps over which it rises")
    add("--decay", type=amount, default=0.1, help="of the weights of matrices")
    add("--spike", type=amount, default=20.0, help="spreads above which a loss is a leap; 0: none")
    add("--every", type=some, default=50, help="steps from checkpoint to checkpoint")
    add("--log-every", type=some, default=10, help="steps from report to report")
    add("--divide", choices=("ddp", "fsdp"), default="ddp", help="how processes share the model")
    add("--seed", type=int, default=1, help="of the weights to begin with")
    add("--texts", type=Path, help=".npz of texts as tokens, whose bits go to bits.npy of --out")
    add("--gpu", action="store_true", help="train on a GPU, or not at all")
    add("--seen", default="", help="files, one a process, of the samples that each step has read")
    found = parser.parse_args(arguments)
    if found.width % (2 * found.heads):
        parser.error(f"--width {found.width} is no even number of each of {found.heads} heads")
    if found.steps < 0:
        parser.error(f"--steps {found.steps} is in the past; give 0 or more")
    if found.out.exists() and not found.out.is_dir():
        parser.error(f"--out {str(found.out)!r} is a file; give a folder")
    if found.texts and not found.texts.is_file():
        parser.error(f"--texts {str(found.texts)!r} is no file; give an .npz of ids and lengths")
    if found.texts and int(os.environ.get("WORLD_SIZE", 1)) > 1:
        parser.error("--texts are for one process; leave torchrun away")
    return found

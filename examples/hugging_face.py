"""Trains a small Llama on the tokens of a run with Hugging Face's Trainer, on any number of
processes.

    python examples/hugging_face.py sample-run out
    torchrun --standalone --nproc-per-node 2 examples/hugging_face.py sample-run out

Trainer divides samples among processes itself, so it gets TokenSamples: every process knows all of
them by their numbers.
"""

import argparse
from pathlib import Path

from transformers import LlamaConfig, LlamaForCausalLM, Trainer, TrainingArguments
from transformers.trainer_utils import get_last_checkpoint

import gristmill
from gristmill.torch import TokenSamples


def model_of(vocabulary: int, seq_len: int) -> LlamaForCausalLM:
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=vocabulary,
            hidden_size=64,
            intermediate_size=128,
            num_hidden_layers=2,
            num_attention_heads=4,
            max_position_embeddings=seq_len,
        )
    )


def arguments(out: str, batch: int, steps: int) -> TrainingArguments:
    return TrainingArguments(
        out,
        per_device_train_batch_size=batch,
        max_steps=steps,
        num_train_epochs=1,
        train_sampling_strategy="sequential",  # the plan's order; a random one mixes its phases
        dataloader_drop_last=True,  # or the last batch is filled up with samples seen before
        save_steps=50,  # it resumes by leaving out as many batches: keep their size and processes
        logging_steps=10,
        ddp_find_unused_parameters=False,
        report_to=[],
        use_cpu=True,  # take this out where there is a GPU
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("run", help="the folder of a run, or of a dataset")
    parser.add_argument("out", help="where checkpoints are written")
    parser.add_argument("--seq-len", type=int, default=256)
    parser.add_argument("--batch", type=int, default=8, help="samples of a process")
    parser.add_argument("--steps", type=int, default=-1, help="where to end; -1: all samples once")
    options = parser.parse_args()
    dataset = gristmill.open_dataset(options.run)
    samples = TokenSamples(dataset.plan(options.seq_len), shifts=True)
    model = model_of(dataset.manifest.vocabulary, options.seq_len)
    given = arguments(options.out, options.batch, options.steps)
    trainer = Trainer(model, given, train_dataset=samples)
    begun = get_last_checkpoint(options.out) if Path(options.out).is_dir() else None
    trainer.train(resume_from_checkpoint=begun)


if __name__ == "__main__":
    main()

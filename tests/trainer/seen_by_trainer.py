"""Run under torchrun: Hugging Face's Trainer over a dataset, telling which samples it trains on."""

import json
import sys
from pathlib import Path
from typing import Any

import torch
from hugging_face import arguments, model_of
from support_launched import SEQ_LEN
from transformers import Trainer

from gristmill import open_dataset
from gristmill.torch import TokenSamples


class Numbered(TokenSamples):
    """Samples that say their numbers."""

    def __getitems__(self, numbers: Any) -> Any:
        rows = super().__getitems__(numbers)
        for row, number in zip(rows, numbers, strict=True):
            row["number"] = torch.tensor(number)
        return rows


class Telling(Trainer):  # type: ignore[misc]
    """Writes the numbers of every batch that it trains on."""

    told: list[int]

    def training_step(self, model: Any, inputs: dict[str, Any], *rest: Any) -> Any:
        self.told += inputs.pop("number").tolist()
        return super().training_step(model, inputs, *rest)


def main() -> None:
    folder, out = sys.argv[1:]
    dataset = open_dataset(folder)
    samples = Numbered(dataset.plan(SEQ_LEN), shifts=True)
    given = arguments(f"{out}/model", 16, -1)
    given.remove_unused_columns, given.save_strategy = False, "no"
    trainer = Telling(model_of(dataset.manifest.vocabulary, SEQ_LEN), given, train_dataset=samples)
    trainer.told = []
    trainer.train()
    Path(out, f"{trainer.args.process_index}.json").write_text(json.dumps(trainer.told))


if __name__ == "__main__":
    main()

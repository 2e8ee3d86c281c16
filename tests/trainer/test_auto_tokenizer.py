"""Hugging Face's AutoTokenizer reads the tokenizer of a dataset, and finds the end of text."""

from pathlib import Path

import mixed_dataset
import pytest

from pipeline.files import write_bytes_atomic, write_json
from pipeline.tokenize.manifest import TOKENIZER
from pipeline.tokenize.tokenizer_files import CONFIG, auto_config

transformers = pytest.importorskip("transformers")
pytestmark = pytest.mark.trainer


def test_the_end_of_text_and_the_ids_are_those_of_the_dataset(tmp_path: Path) -> None:
    encoder = mixed_dataset.encoder()
    write_bytes_atomic(str(tmp_path / TOKENIZER), encoder.spec.text.encode())
    write_json(str(tmp_path / CONFIG), auto_config(encoder.spec))
    found = transformers.AutoTokenizer.from_pretrained(tmp_path)
    assert found.eos_token_id == encoder.card.eos
    text = mixed_dataset.prose("news", 7)
    assert found(text, add_special_tokens=False)["input_ids"] == encoder.encode(text).tolist()
    assert found.decode(encoder.encode_document(text), skip_special_tokens=True) == text

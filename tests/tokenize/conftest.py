"""A small trained tokenizer, written once."""

from pathlib import Path

import pytest
from training_texts import texts

from pipeline.tokenize.encode import Encoder, load_tokenizer
from pipeline.tokenize.train import save_tokenizer, train_tokenizer


@pytest.fixture(scope="session")
def tokenizer_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tokenizer")
    save_tokenizer(str(folder), train_tokenizer(texts(400), 2_000, 1, 10))
    return folder


@pytest.fixture(scope="session")
def encoder(tokenizer_folder: Path) -> Encoder:
    return load_tokenizer(str(tokenizer_folder))

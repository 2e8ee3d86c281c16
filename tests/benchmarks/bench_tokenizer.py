"""What tokenising costs: training, encoding, from text to finished shards. CPU time.

Run: python tests/benchmarks/bench_tokenizer.py [FILE ...]; without files the texts are the sources
of installed Python packages. Bars: 10 MB/s from text to shards, and no string of 1 MB below 1 MB/s,
of which the worst are shown.
"""

import random
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

import numpy as np
from support_shards import plan_shards, write_token_file

from pipeline.document import digest
from pipeline.tokenize.encode import Encoder, load_tokenizer, utf8_size
from pipeline.tokenize.shards import shard_path, token_rows, write_shard
from pipeline.tokenize.token_files import Entry, TokenFiles, encode_part
from pipeline.tokenize.train import save_tokenizer, train_tokenizer

MEGABYTES = 20
# What strings of a megabyte are made of, over and over, or drawn from.
REPEATED = (
    *(" ", "\n", "\t", "\r\n", " \n", "\xa0", "a", "ab", "the", "a'", "'s", "0", "!", "=", ". "),
    *("\0", "\u200b", "的", "\u0301", "a" + "\u0301" * 50, "😀", "aд", "\U00100000", "\ud800"),
    *(sign * 49_999 + "a" for sign in " \n\t"),
)
DRAWN = (
    "abcdefghijklmnopqrstuvwxyz",
    "0123456789abcdef",
    "ACGT",
    "aAbB ",
    "!@#$%^&*()-_=+",
    "ก ขคงจ",
)


def read(paths: list[str]) -> list[str]:
    """The texts of files, up to MEGABYTES."""
    if not paths:
        packages = Path(sysconfig.get_paths()["purelib"])
        paths = sorted(str(path) for path in packages.rglob("*.py"))
    texts, total = [], 0
    for path in paths:
        texts.append(Path(path).read_text(errors="replace"))
        total += len(texts[-1].encode())
        if total > MEGABYTES * 1e6:
            break
    return texts


def worst(encoder: Encoder) -> list[tuple[float, str]]:
    """(MB per CPU-s, beginning) of strings of a megabyte, slowest first."""
    draws, texts = random.Random(1), list(REPEATED)
    texts += ["".join(draws.choices(letters, k=1_000)) for letters in DRAWN]
    encoder.encode(" " * 60_000)  # what is loaded once
    found = []
    for text in texts:
        whole = text * (1_000_000 // utf8_size(text) + 1)
        start = time.process_time()
        encoder.encode(whole)
        rate = utf8_size(whole) / 1e6 / (time.process_time() - start)
        found.append((rate, ascii(text[:8])))
    return sorted(found)


def main() -> None:
    texts = read(sys.argv[1:])
    size = sum(len(text.encode()) for text in texts) / 1e6
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        save_tokenizer(folder, train_tokenizer(texts, 32_768, 1, MEGABYTES))
        print(f"train            {size / (time.process_time() - start):8.2f} MB/s")
        encoder = load_tokenizer(folder)

        start = time.process_time()
        tokens = sum(len(encoder.encode(text)) for text in texts)
        fast = time.process_time() - start
        print(f"encode           {size / fast:8.2f} MB/s, {size * 1e6 / tokens:.2f} bytes a token")

        for rate, begins in worst(encoder)[:4]:
            print(f"  1 MB of {begins:18}{rate:8.2f} MB/s")

        some = texts[: len(texts) // 10]
        start = time.process_time()
        for text in some:
            encoder.slow.encode(text, add_special_tokens=False)
        share = sum(len(text.encode()) for text in some) / 1e6
        print(f"  tokenizers     {share / (time.process_time() - start):8.2f} MB/s")

        start = time.process_time()
        entries = (Entry(digest(str(n)), text, "web") for n, text in enumerate(texts))
        table = encode_part(entries, encoder, 1)
        path = f"{folder}/tokens.arrow"
        write_token_file(path, table)
        rows = plan_shards(token_rows(table, 0, ["web"]), 1, 8, encoder.card.dtype)
        for shard in np.unique(rows["shard"]).tolist():
            mine = rows[rows["shard"] == shard]
            write_shard(folder, shard_path("main", "web", shard), mine, TokenFiles([path]), "web")
        print(f"text to shards   {size / (time.process_time() - start):8.2f} MB/s")


if __name__ == "__main__":
    main()

"""Speed of what the classify job does to a document, and of reading a dump, by CPU second.

python tests/benchmarks/bench_classify.py
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from classifiers.fasttext_model import FasttextModel, normal_form, train
from classifiers.tagging.domains import tag_domain
from classifiers.wikipedia.dump_files import dump_units, read_links
from pipeline import files
from pipeline.classify.benchmarks import Item, build_index
from pipeline.document import Document

DOCUMENTS, WORDS, ROWS, ROUNDS = 1_000, 600, 100_000, 3
TABLE = (
    "CREATE TABLE `externallinks` (\n  `el_id` bigint(20),\n  `el_from` int(10),\n"
    "  `el_to_domain_index` varbinary(255),\n  `el_to_path` blob\n);\n"
)


def main() -> None:
    """Prints the best of three interleaved rounds."""
    rng = np.random.Generator(np.random.PCG64(1))
    vocabulary = np.array([f"w{i:x}" for i in range(20_000)])
    texts = [
        " ".join(vocabulary[rng.zipf(1.2, WORDS) % len(vocabulary)].tolist())
        for _ in range(DOCUMENTS)
    ]
    megabytes = sum(map(len, texts)) / 1e6
    items = [Item("bench", i, " ".join(text.split()[:40])) for i, text in enumerate(texts[::10])]
    index = build_index(items, 13)
    pages = [Document(id="", url="https://a.org/x/y", source="", text=text) for text in texts]
    with tempfile.TemporaryDirectory() as folder:
        model, table = _model(folder, texts), _table(folder)
        tasks: dict[str, tuple[float, str, Callable[[], object]]] = {
            "normal form": (megabytes, "MB", lambda: list(map(normal_form, texts))),
            "fastText score": (megabytes, "MB", lambda: model.score(texts)),
            "domain by rules": (megabytes, "MB", lambda: list(map(tag_domain, pages))),
            "benchmark hits": (megabytes, "MB", lambda: list(map(index.find, texts))),
            "link table": (ROWS, "rows", lambda: list(map(read_links, dump_units(table)))),
        }
        best = dict.fromkeys(tasks, float("inf"))
        for _ in range(ROUNDS):
            for name, (_, _, task) in tasks.items():
                start = time.process_time()
                task()
                best[name] = min(best[name], time.process_time() - start)
    for name, (amount, unit, _) in tasks.items():
        print(f"{name:16} {amount / best[name]:12,.1f} {unit} per CPU second")


def _model(folder: str, texts: list[str]) -> FasttextModel:
    pairs = [("yes" if i % 2 else "no", text) for i, text in enumerate(texts)]
    card = {"text_form": 1, "positive": "yes", "hash": train(pairs, f"{folder}/model.bin")}
    files.write_json(f"{folder}/card.json", card)
    return FasttextModel(folder)


def _table(folder: str) -> str:
    rows = (f"({i},{i % 999},'https://org.site{i % 777}.www.','/p/{i}?q=1')" for i in range(ROWS))
    path = Path(folder, "externallinks.sql")
    path.write_text(TABLE + "INSERT INTO `externallinks` VALUES " + ",".join(rows) + ";\n")
    return folder


if __name__ == "__main__":
    main()

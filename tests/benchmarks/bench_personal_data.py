"""How fast personal data is found: MB/s on a run's texts, beside datatrove's formatter.

    python tests/benchmarks/bench_personal_data.py RUN

RUN is the folder of a finished run; its extracted texts are searched in turn by all, three times.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import NamedTemporaryFile

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parents[2])]

import pyarrow.dataset as pads  # noqa: E402
from benchmarks.peer_datatrove import peer_python  # noqa: E402

from classifiers import PERSONAL_DATA  # noqa: E402
from classifiers.fasttext_model import FasttextModel  # noqa: E402
from pipeline.screen.personal_data import personal_data  # noqa: E402

ROUNDS = 3
HOSTILE_BYTES = 1 << 16
HOSTILE = (
    *("a-", "a.", ".", "@", "a@", "a@b.", "1.", "1.2.3.4-", ":", "a:", "a::", "1 ", "12 34 "),
    *("555-123-4567 ", "8.8.8.8 ", "4692061597755021 ", "DE32 9458 ", "0x", "A1", "eyJ.", "(1) "),
    *(
        "450.749.528-83 ",
        "key=",
        "://a:b",
        "+1 ",
        "1-2-3-",
        "{a,",
        '"a ',
        " AT ",
        "(at)",
        "AAAAAA1",
    ),
    *("2001:4860::1 ", "ghp_", "sk-", "-----BEGIN PRIVATE KEY-----", "1" * 7, "a" * 30 + " "),
)
THEIRS = """
import json, sys, time
from datatrove.pipeline.formatters import PIIFormatter
from datatrove.data import Document
texts = json.load(open(sys.argv[1]))
formatter = PIIFormatter()
at = time.process_time()
for text in texts:
    formatter.format(text)
print(time.process_time() - at)
"""


def seconds(search: Callable[[str], object], texts: list[str]) -> float:
    """CPU seconds of all texts."""
    at = time.process_time()
    for text in texts:
        search(text)
    return time.process_time() - at


def main() -> None:
    (folder,) = Path(sys.argv[1]).glob("curate-*/curated")
    texts: list[str] = pads.dataset(folder).to_table(["text"])["text"].to_pylist()
    judge = FasttextModel(str(PERSONAL_DATA)).score
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    sides: dict[str, Callable[[], float]] = {
        "without phones": lambda: seconds(personal_data, texts),
        "with phones": lambda: seconds(lambda text: personal_data(text, judge), texts),
        "datatrove": lambda: theirs(texts),
    }
    rounds = [{name: side() for name, side in sides.items()} for _ in range(ROUNDS)]
    for name in sides:
        print(f"{name:15} {megabytes / median(one[name] for one in rounds):6.1f} MB/s")
    dearest = {
        part: seconds(lambda text: personal_data(text, judge), [hostile(part)]) for part in HOSTILE
    }
    part, most = max(dearest.items(), key=lambda pair: pair[1])
    print(f"dearest 64 kB: {part!r} repeated, {1_000 * most:.0f} ms")


def hostile(part: str) -> str:
    return (part * HOSTILE_BYTES)[:HOSTILE_BYTES]


def theirs(texts: list[str]) -> float:
    with NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(texts, file)
        file.flush()
        done = subprocess.run(
            [peer_python(), "-c", THEIRS, file.name], check=True, capture_output=True, text=True
        )
    return float(done.stdout.split()[-1])


if __name__ == "__main__":
    main()

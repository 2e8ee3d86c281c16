"""How fast personal data is found: MB/s on a run's texts, beside datatrove's formatter.

    python tests/benchmarks/bench_personal_data.py RUN

RUN is the folder of a finished run; its extracted texts are searched in turn by all, three times.
Ends with 1 where a bar is missed.
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from statistics import median
from tempfile import NamedTemporaryFile

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parents[2])]

import pyarrow.dataset as pads  # noqa: E402
from benchmarks.peer_datatrove import peer_python  # noqa: E402

from classifiers import PERSONAL_DATA  # noqa: E402
from classifiers.fasttext_model import FasttextModel  # noqa: E402
from pipeline.document import Document  # noqa: E402
from pipeline.recipe import ScreenConfig  # noqa: E402
from pipeline.screen.personal_data import personal_data, redact  # noqa: E402

ROUNDS = 3
HOSTILE_BYTES = 1 << 16
LEAST, MOST_SECONDS = (15, 8), 0.050  # MB/s without and with phones; of hostile bytes
# Repeated to so many bytes: what patterns look back at, and values that hold every check.
HOSTILE = (
    *("a-", "a.", ".", "@", "a@", "a@b.", "1.", "1.2.3.4-", ":", "a:", "a::", "1 ", "12 34 "),
    *("555-123-4567 ", "8.8.8.8 ", "4692061597755021 ", "DE32 9458 0730 2157 3681 93 ", "0x"),
    *("A1", "eyJ.", "(1) ", "450.749.528-83 ", "key=", "://a:b", "+1 ", "1-2-3-", "{a,", '"a '),
    *(" AT ", "(at)", "AAAAAA1", "2001:4860::1 ", "ghp_", "sk-", "1111111", "a" * 30 + " "),
    *("-----BEGIN PRIVATE KEY-----", "0x85b8cC4F947fB47bd9396f164fe4a7C7e054bcc5 "),
    *("call 7365000 ", "sin number 046 454 286 ", "(212) 736-5000, ", "tel +49 30 1234567; "),
    *("bsn 123456782 ", "cpf 12345678901 ", "card 36215672841428 ", "ssn 518 27 3649 "),
    *("joe@firm.com ", "joe (at) firm (dot) com ", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa "),
)  # fmt: skip
# The same with digits drawn for each #: few hold a check, and no two are alike.
DRAWN = (
    *("fnr ###### ##### ", "DE## #### #### #### #### ## ", "GB## ABCD #### #### #### ## "),
    *("cpf ########### ", "fnr ###### ##### cpf ########### bsn ######### ", "sin ### ### ### "),
    *(
        "03-####-####、",
        "โทร#########ก",
        "x #### #### ### y ",
        "id ###-###-####\n",
        "the ####### of ",
    ),
    *("order ######### ref ##########\n", "Tel +## ### ### ####, ", "call ####### ", "#"),
    *("##.###.##.### ", "+## ### ### ####, ", "#######,########,####.##\n", "###-##-#### ", "# "),
)
# Signs of which so many are drawn: in some of them a few numbers look like those of telephones.
SOUPS = (
    *("0123456789 -", "0123456789 -+()", "0123456789 .", "0123456789 /", "0123456789  \n"),
    *("0123456789 ,-()+./:", "0123456789 -a", "0123456789 -abcd", "0123456789abcdef -"),
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

    def search(text: str) -> object:
        return redact(Document("", "", "", text), ScreenConfig(), judge)

    sides: dict[str, Callable[[], float]] = {
        "without phones": lambda: seconds(personal_data, texts),
        "with phones": lambda: seconds(lambda text: personal_data(text, judge), texts),
        "datatrove": lambda: theirs(texts),
    }
    rounds = [{name: side() for name, side in sides.items()} for _ in range(ROUNDS)]
    for name in sides:
        print(f"{name:15} {megabytes / median(one[name] for one in rounds):6.1f} MB/s")
    rates = {name: megabytes / median(one[name] for one in rounds) for name in sides}
    texts_of = {part: hostile(part) for part in HOSTILE} | {part: drawn(part) for part in DRAWN}
    texts_of |= {signs: soup(signs) for signs in SOUPS}
    costs = sorted(
        (min(seconds(search, [text]) for _ in range(3)), part) for part, text in texts_of.items()
    )
    for cost, part in costs[-5:]:
        print(f"64 kB of {part!r}: {1_000 * cost:.0f} ms")
    held = rates["without phones"] >= max(LEAST[0], rates["datatrove"])
    held &= rates["with phones"] >= max(LEAST[1], rates["datatrove"])
    held &= costs[-1][0] <= MOST_SECONDS
    print("holds" if held else "MISSED")
    sys.exit(0 if held else 1)


def hostile(part: str) -> str:
    return (part * HOSTILE_BYTES)[:HOSTILE_BYTES]


def drawn(part: str) -> str:
    draw = Random(part)
    return re.sub("#", lambda _: str(draw.randrange(10)), hostile(part))


def soup(signs: str) -> str:
    return "".join(Random(signs).choices(signs, k=HOSTILE_BYTES))


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

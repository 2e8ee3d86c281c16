"""CPU seconds of pages of one construct that are as large as a recipe allows, stage by stage.

    python tests/benchmarks/bench_dear_pages.py [PART OF A NAME...]

The best of three tries each, in a child of its own. The dearest page is to stay below 3 s.
"""

import sys
from functools import partial
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]

from support_constructs import page_texts  # noqa: E402
from support_costs import cost, page_stages, total, warm  # noqa: E402

from pipeline.recipe import ExtractConfig  # noqa: E402

TRIES = 3
SHOWN = 0.1  # seconds of a stage that are worth a word


def main(parts: list[str]) -> None:
    warm()
    for construct in page_texts():
        if parts and not any(part in construct.name for part in parts):
            continue
        stages = partial(page_stages, construct.page(ExtractConfig().max_html_bytes))
        told = min((cost(stages, 60) for _ in range(TRIES)), key=total)
        seconds = {k: v for k, v in told.items() if k != "peak" and isinstance(v, float)}
        dear = " ".join(f"{stage} {s:.2f}" for stage, s in seconds.items() if s >= SHOWN)
        name = " ".join(construct.name.split())[:32]
        print(f"{name:32} {total(told):5.2f}  {dear}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

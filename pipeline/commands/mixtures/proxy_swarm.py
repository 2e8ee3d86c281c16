"""`gristmill mix swarm`: mixtures drawn around the natural one, as plans over one dataset."""

from pipeline import files
from pipeline.commands.mixtures.show_mix import dataset_of, plan_of
from pipeline.errors import UsageError
from pipeline.mix.experiment.proxy_plans import natural_sizes, proxy_plan, proxy_sizes
from pipeline.mix.experiment.run_tables import write_ratios
from pipeline.mix.experiment.swarm import SwarmConfig, run_names, swarm
from pipeline.terminal import answer
from pipeline.tokenize.manifest import read_manifest

RATIOS, PLANS, OF = "ratios.csv", "plans", "swarm.json"


def write_swarm(
    folder: str, out: str, runs: int, tokens: int, max_copies: float, seed: int
) -> None:
    """Writes `ratios.csv`, and a plan for every run below `plans`.

    Half of the tokens by default, so that mixtures can differ without many copies.
    """
    if files.exists(out) and files.names(out):
        raise UsageError(f"{out!r} is not empty; give the swarm a folder of its own")
    plan = plan_of(folder)
    sizes = proxy_sizes(plan)
    tokens = tokens or sum(sizes.values()) // 2
    config = SwarmConfig(runs, seed, tokens=tokens, max_copies=max_copies)
    mixtures = dict(zip(run_names(config), swarm(sizes, config), strict=True))
    natural = natural_sizes(plan)
    whole = sum(natural.values())
    mixtures["natural"] = {name: size / whole for name, size in natural.items()}
    files.prepare_folder(out)
    for name, shares in mixtures.items():
        value = proxy_plan(plan, shares, tokens, max_copies, seed)
        files.write_json(files.join(out, PLANS, f"{name}.json"), value)
    write_ratios(files.join(out, RATIOS), mixtures)
    files.write_json(files.join(out, OF), {"dataset": read_manifest(dataset_of(folder)).identity})
    answer(f"{len(mixtures)} mixtures of {len(sizes)} components, {tokens:,} tokens each, in {out}")

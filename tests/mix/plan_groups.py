"""Groups of a mixture and recipes, of our own making, and the plans of them."""

from collections import Counter
from typing import Any

from hypothesis import strategies as st

from pipeline.mix.group_names import group_name
from pipeline.mix.plan_file import Targets, make_plan
from pipeline.mix.plan_reading import seen_by_group
from pipeline.mix.shares.rehydration import COPIES
from pipeline.mix.shares.seen_groups import Group
from pipeline.recipe_types import AnnealingConfig, LongConfig, MixConfig

Groups = dict[str, Group]
Plan = dict[str, Any]
PLAIN = MixConfig(annealing=False)
NAMES = ("books", "forum", "news")


def group(phase: str, component: str, tokens: int, bucket: int = 0, copies: int = 1) -> Groups:
    """A group by its name, of documents of a hundred tokens."""
    name = group_name(phase, component, bucket, copies)
    documents = max(tokens // 100, 1)
    return {name: Group(phase, component, bucket, copies, documents, 4 * tokens, tokens)}


def targets(groups: Groups, by: str = "domain", *notes: str) -> Targets:
    """Targets of a corpus of which all is in groups."""
    natural, long = Counter[str](), Counter[str]()
    for one in groups.values():
        natural[one.component] += one.tokens
        long[one.component] += one.tokens if one.phase == "long" else 0
    room = {name: 4 * tokens for name, tokens in natural.items()}
    return Targets(1, by, True, dict(natural), room, dict(long), notes)


def planned(groups: Groups, mix: MixConfig = PLAIN, *, counted: bool = False) -> Plan:
    return make_plan(groups, targets(groups, mix.by), mix, counted=counted)


def epochs(plan: Plan, *phases: str) -> dict[str, float]:
    """How often groups are seen, in these phases or all."""
    found = Counter[str]()
    for phase, seen in seen_by_group(plan).items():
        for name, tokens in seen.items():
            found[name] += tokens / plan["groups"][name]["tokens"] if phase in phases else 0
    return dict(found)


PHASES = ("main", "long", "anneal")


@st.composite
def corpora(draw: st.DrawFn, *, rehydrated: bool = False) -> Groups:
    """Groups of all phases, of the main one some with documents."""
    found: Groups = {}
    for component in NAMES[: draw(st.integers(1, 3))]:
        for bucket in range(draw(st.integers(1, 4))):
            for copies in COPIES[:3] if rehydrated else (1,):
                found |= group("main", component, draw(st.integers(1, 50_000)), bucket, copies)
        for phase in PHASES[1:]:
            if draw(st.booleans()):
                found |= group(phase, component, draw(st.integers(1, 50_000)))
    return found


@st.composite
def recipes(draw: st.DrawFn, *, rehydrate: bool = False, replay: bool = True) -> MixConfig:
    """With annealing and long phases as large as runs have them, and some weights."""
    annealing = AnnealingConfig(
        share=draw(st.floats(0, 0.2)), replay=draw(st.floats(0, 0.5)) if replay else 0.0
    )
    named = draw(st.sets(st.sampled_from(NAMES)))
    weights = {name: draw(st.integers(1, 30)) / 100 for name in sorted(named)}
    return MixConfig(
        tokens=draw(st.just(0) | st.integers(10_000, 2_000_000)),
        weights=weights,
        max_copies=draw(st.floats(1, 6)),
        rehydrate=rehydrate,
        annealing=annealing,
        long=LongConfig(share=draw(st.floats(0, 0.2))),
    )

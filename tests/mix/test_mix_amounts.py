"""What is seen of components, whatever there is of them and whatever a recipe asks."""

import re
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.errors import UsageError
from pipeline.mix.shares.amounts import Amounts, Floats, Stocks, amounts
from pipeline.mix.shares.weights import is_wanted
from pipeline.recipe_types import AnnealingConfig, LongConfig, MixConfig

ALL = 10**12  # beyond all copies of any case
WEIGHING = ("weights", "temperature", "unimax")


@dataclass(frozen=True)
class Case:
    """Stocks and a recipe that may be."""

    stocks: Stocks
    mix: MixConfig

    def seen(self, tokens: int, budget: str = "up_to") -> Amounts:
        mix = self.mix.model_copy(update={"tokens": tokens, "budget": budget})
        return amounts(self.stocks, mix)

    @property
    def most(self) -> int:
        """The largest budget that can be reached."""
        return int(self.seen(ALL).seen.sum())


@st.composite
def weights_of(draw: st.DrawFn, names: tuple[str, ...], least: int = 0) -> dict[str, float]:
    """Weights of `least` or more that sum to 1 or less and leave somebody a share."""
    raw = draw(st.dictionaries(st.sampled_from(names), st.integers(0, 100), min_size=least))
    left = draw(st.integers(0, 100))
    whole = max(sum(raw.values()) + left, 1)
    weights = {name: value / whole for name, value in raw.items()}
    assume(any(is_wanted(name, weights) for name in names))
    return weights


@st.composite
def cases(
    draw: st.DrawFn, methods: tuple[str, ...] = WEIGHING, named: int = 0, *, aside: bool = True
) -> Case:
    """With weights of `named` components or more, if a method has weights; `aside`: with documents
    of other phases.
    """
    names = tuple("abcde"[: draw(st.integers(1, 5))])
    weights = draw(weights_of(names, named)) if "natural" not in methods else {}
    copies = draw(st.floats(1, 8))
    annealed, long, replay = (draw(st.floats(0, top)) for top in (0.5, 0.5, 0.9))
    mix = MixConfig.model_validate(
        {
            "method": draw(st.sampled_from(methods)),
            "weights": weights,
            "max_copies": copies,
            "annealing": AnnealingConfig(share=annealed, replay=replay) if aside else False,
            "long": LongConfig(share=long) if aside else False,
        }
    )
    wanted = np.array([is_wanted(name, weights) for name in names])
    sizes = st.lists(st.integers(0, 100_000), min_size=len(names), max_size=len(names))
    main, anneal, long_there = (np.array(draw(sizes), dtype=np.float64) for _ in range(3))
    assume(bool((main * wanted).any()))
    often = np.array(draw(st.lists(st.floats(1, copies), min_size=len(main), max_size=len(main))))
    reserved = wanted * float(aside)  # of components without a share nothing is reserved
    stocks = Stocks(names, main * often, main * copies, long_there * reserved, anneal * reserved)
    return Case(stocks, mix)


PARTS = st.floats(0.01, 1.0)


@given(cases(), PARTS)
def test_a_budget_within_reach_is_seen_to_the_last_token(case: Case, part: float) -> None:
    tokens = int(part * case.most)
    assume(tokens > 0)
    assert case.seen(tokens).seen.sum() == pytest.approx(tokens, rel=1e-6)


def main_within_copies(case: Case, found: Amounts) -> None:
    assert (found.main >= 0).all()
    assert (found.replay >= 0).all()
    assert (found.main + found.replay <= case.stocks.room * (1 + 1e-9) + 1e-6).all()


@given(cases(), PARTS | st.just(9.0))
def test_main_documents_are_seen_by_a_budget_no_more_often_than_copies_allow(
    case: Case, part: float
) -> None:
    main_within_copies(case, case.seen(max(int(part * case.most), 1)))


@given(cases(WEIGHING[:2], named=1))
def test_main_documents_are_seen_by_weights_no_more_often_than_copies_allow(case: Case) -> None:
    main_within_copies(case, case.seen(0))


def test_main_documents_are_seen_without_weights_no_more_often_than_copies_allow() -> None:
    mix = MixConfig(rehydrate=True, annealing=AnnealingConfig(replay=0.5))
    main, anneal, none = np.array([4_000.0]), np.array([1_000.0]), np.zeros(1)
    case = Case(Stocks(("a",), main, main, none, anneal), mix)
    main_within_copies(case, case.seen(0))


@given(cases(), PARTS | st.just(0.0) | st.just(9.0))
def test_reserved_documents_are_never_seen_more_often_than_copies_allow(
    case: Case, part: float
) -> None:
    found = case.seen(int(part * case.most))
    copies = case.mix.max_copies * (1 + 1e-9)
    assert (found.long <= case.stocks.long * copies).all()
    assert (found.anneal <= case.stocks.anneal * copies).all()


def filled_evenly(case: Case, found: Amounts) -> None:
    """All that have room and no more than their share before have the same multiple of it."""
    there = found.shares > 0
    level = found.seen[there] / found.shares[there]
    room = np.maximum(case.stocks.room - found.replay, 0)
    full = (found.main >= room - 1e-6 * (1 + room))[there]
    before = (found.main <= 1e-9 * found.seen)[there]
    free = level[~full & ~before]
    if len(free):
        assert free == pytest.approx(free.mean(), rel=1e-6)
        assert (level[full & ~before] <= free.mean() * (1 + 1e-6)).all()
        assert (level[before & ~full] >= free.mean() * (1 - 1e-6)).all()


@given(cases(), PARTS)
def test_shares_are_those_of_all_phases_together_wherever_there_is_room(
    case: Case, part: float
) -> None:
    filled_evenly(case, case.seen(max(int(part * case.most), 1)))


@given(cases(WEIGHING[:2], named=1, aside=False))
def test_weights_without_a_budget_are_exact(case: Case) -> None:
    found = case.seen(0)
    assert found.seen / found.seen.sum() == pytest.approx(found.shares, rel=1e-9)


@given(cases(WEIGHING[:2], named=1))
def test_weights_without_a_budget_are_those_of_all_phases_together(case: Case) -> None:
    found = case.seen(0)
    there = found.main > 0
    level = found.seen[there] / found.shares[there]
    assert level == pytest.approx(level.mean() if len(level) else 0, rel=1e-6)
    more = found.seen[~there & (found.shares > 0)] / found.shares[~there & (found.shares > 0)]
    assert not len(level) or (more >= level.mean() * (1 - 1e-6)).all()


@given(cases(("weights", "natural")))
def test_without_weights_and_budget_each_document_is_in_its_phase_as_often_as_it_asks(
    case: Case,
) -> None:
    found = case.seen(0)
    assert (found.main == case.stocks.main).all()
    assert (found.long == case.stocks.long).all()
    assert (found.anneal == case.stocks.anneal).all()


@given(cases(), st.floats(1.001, 1_000))
def test_an_exact_budget_beyond_reach_is_refused_with_one_that_is_accepted(
    case: Case, times: float
) -> None:
    tokens = int(times * case.most) + 2
    with pytest.raises(UsageError, match="can be reached") as refusal:
        case.seen(tokens, "exact")
    _, figure = re.findall(r"\d[\d,]*(?= |,? and)", str(refusal.value))[:2]
    reachable = int(figure.replace(",", ""))
    assert case.seen(reachable, "exact").seen.sum() == pytest.approx(reachable, rel=1e-6)


@settings(max_examples=200)
@given(cases(), PARTS, PARTS)
def test_more_budget_lowers_no_component(case: Case, one: float, other: float) -> None:
    less, more = (case.seen(max(int(part * case.most), 1)) for part in sorted((one, other)))
    assert (less.seen <= more.seen * (1 + 1e-9) + 1e-6).all()


@given(cases(), PARTS | st.just(0.0))
def test_a_component_of_weight_zero_is_not_seen(case: Case, part: float) -> None:
    found = case.seen(int(part * case.most))
    unwanted = [not is_wanted(name, case.mix.weights) for name in case.stocks.names]
    assert not found.seen[unwanted].any()
    assert not found.shares[unwanted].any()


@given(cases(), PARTS)
def test_the_part_of_the_budget_in_other_phases_is_that_of_the_recipe_at_most(
    case: Case, part: float
) -> None:
    annealing, long = case.mix.annealing, case.mix.long
    assert annealing
    assert long
    tokens = max(int(part * case.most), 1)
    found = case.seen(tokens)
    anneal: Floats = found.anneal + found.replay
    assert anneal.sum() <= annealing.share * tokens * (1 + 1e-9) + 1e-9
    assert found.long.sum() <= long.share * tokens * (1 + 1e-9) + 1e-9

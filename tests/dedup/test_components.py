from collections.abc import Callable, Iterable, Iterator

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup.near.clusters import (
    EDGE,
    components,
    fingerprint,
    large_star,
    large_star_rows,
    small_star,
    small_star_rows,
)
from pipeline.dedup.rows import Rows, make

Star = Callable[[Iterable[Rows]], Iterator[Rows]]
Pairs = list[tuple[int, int]]


def edges_of(pairs: Pairs) -> Rows:
    ends = np.array(pairs, dtype=np.uint64).reshape(-1, 2)
    return make(EDGE, len(ends), a_lo=ends[:, 0], b_lo=ends[:, 1])


def roots_of(stars: Rows) -> dict[int, int]:
    return dict(zip(stars["a_lo"].tolist(), stars["b_lo"].tolist(), strict=True))


def expected(pairs: Pairs) -> dict[int, int]:
    graph = nx.Graph(pairs)
    groups = list(nx.connected_components(graph))
    return {node: min(group) for group in groups for node in group if node != min(group)}


@pytest.mark.parametrize("seed", range(200))
def test_components_of_a_random_graph_equal_networkx(seed: int) -> None:
    graph = nx.gnm_random_graph(60 + seed, 40 + seed, seed=seed)
    pairs = list(graph.edges)
    assert roots_of(components(edges_of(pairs))[0]) == expected(pairs)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).filter(lambda p: p[0] != p[1])))
def test_components_of_any_edges_equal_networkx(pairs: Pairs) -> None:
    assert roots_of(components(edges_of(pairs))[0]) == expected(pairs)


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).filter(lambda p: p[0] != p[1])),
    st.randoms(use_true_random=False),
)
def test_components_of_edges_in_another_order_are_the_same_bytes(
    pairs: Pairs, chance: object
) -> None:
    shuffled = sorted(pairs, key=lambda _: chance.random())  # type: ignore[attr-defined]
    turned = [(b, a) if i % 2 else (a, b) for i, (a, b) in enumerate(shuffled)]
    first, _ = components(edges_of(pairs))
    second, _ = components(edges_of(turned))
    assert np.sort(first).tobytes() == np.sort(second).tobytes()


@pytest.mark.parametrize("order", ["ascending", "shuffled"])
def test_components_of_a_path_of_10_000_need_at_most_20_rounds(order: str) -> None:
    names = np.arange(10_000)
    if order == "shuffled":
        names = np.random.Generator(np.random.PCG64(7)).permutation(names)
    pairs = list(zip(names[:-1].tolist(), names[1:].tolist(), strict=True))
    stars, rounds = components(edges_of(pairs))
    assert rounds <= 20
    assert roots_of(stars) == dict.fromkeys(range(1, 10_000), 0)


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).filter(lambda p: p[0] != p[1])),
    st.integers(2, 5),
)
def test_a_round_over_ranges_and_chunks_equals_a_round_over_all(pairs: Pairs, ranges: int) -> None:
    def split(rows: Rows) -> list[Rows]:
        return [rows[rows["a_lo"] % ranges == at] for at in range(ranges)]

    def starred(star: Star, parts: list[Rows]) -> Rows:
        return np.concatenate([rows for part in parts for rows in star(np.array_split(part, 3))])

    rows = large_star_rows(edges_of(pairs))
    whole = starred(small_star, [small_star_rows(starred(large_star, [rows]))])
    parts = starred(small_star, split(small_star_rows(starred(large_star, split(rows)))))
    assert fingerprint(np.unique(parts)) == fingerprint(np.unique(whole))


def test_fingerprint_of_another_edge_differs() -> None:
    assert fingerprint(edges_of([(1, 2), (3, 4)])) != fingerprint(edges_of([(1, 2), (3, 5)]))

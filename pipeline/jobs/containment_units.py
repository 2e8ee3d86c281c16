"""Texts that stand in longer ones: the pipelines of `near` that find them, after its own verdict.

The least shingles of what is left make candidates; then the part of the shorter document tells some
of its shingles to that of the longer one, which looks for them in its text.
"""

from collections.abc import Iterator
from functools import partial

import numpy as np
import pyarrow as pa

from pipeline.dedup.keyed_rows import Known
from pipeline.dedup.near import containers, containment
from pipeline.dedup.near.minhash import shingles
from pipeline.dedup.rows import ID, Flags, Rows, Words, hash_names, id_words, make, sorted_by
from pipeline.document import Unit
from pipeline.frame.contracts import Runs
from pipeline.frame.graph import Shuffle, Transform
from pipeline.frame.range_files import PartRows, RangeFiles, part_rows
from pipeline.frame.row_groups import Group
from pipeline.frame.shuffle import save_rows
from pipeline.frame.transforms import MapUnits
from pipeline.frame.unit_lists import UnitList
from pipeline.jobs.near_units import curated_rows
from pipeline.recipe import DedupConfig
from pipeline.text import Split

AT_ONCE = 64  # documents whose texts are read

_ID = ("id_hi", "id_lo")
Ids = dict[int, tuple[int, int]]
Sets = dict[int, Words]


def find_contained(
    job: Runs, every: UnitList, store: RangeFiles, config: DedupConfig, drops: PartRows
) -> PartRows:
    """The documents that stand in longer ones, but those that `drops` names."""
    job.once("least", every, candidates_graph(store, config, drops))
    asked = part_rows(store, "asked", containment.ASKED)
    if asked.few is not None and not len(asked.few):
        return nobody(store)
    job.once("samples", every, samples_graph(store, asked))
    job.once("contained", every, contained_graph(store, float(config.containment)))
    return part_rows(store, "contained", containers.CONTAINER)


def nobody(store: RangeFiles) -> PartRows:
    """That no document stands in a longer one."""
    none = make(containers.CONTAINER, 0)
    return PartRows(store, "contained", containers.CONTAINER, none)


def candidates_graph(store: RangeFiles, config: DedupConfig, drops: PartRows) -> Transform:
    """Documents of one key brought together, then the pairs of each, and those that are asked."""
    return (
        MapUnits("least", partial(key_rows, config, drops))
        | Shuffle(
            ("key",), store.ranges, containment.SHINGLE_ROW, partial(pairs_of_keys, store.own)
        )
        | Shuffle(containment.BY_A, store.ranges, containment.PAIR_ROW, candidates)
        | Shuffle(containment.BY_B, store.ranges, containment.ASKED, bounded)
        | save_rows(store, "asked", ("part",), containment.ASKED)
    )


def samples_graph(store: RangeFiles, asked: PartRows) -> Transform:
    """Shingles of the documents that others are asked for, brought to the parts of those."""
    saved = save_rows(store, "samples", ("part",), containers.SAMPLE_ROW)
    return MapUnits("samples", partial(sample_rows, asked)) | saved


def contained_graph(store: RangeFiles, limit: float) -> Transform:
    """What stands in documents that stand in no other."""
    return (
        MapUnits("contained", partial(container_rows, store, limit))
        | Shuffle(containers.BY_NODE, store.ranges, containers.CONTAINER, settled)
        | save_rows(store, "contained", ("part",), containers.CONTAINER)
    )


def key_rows(config: DedupConfig, drops: PartRows, unit: Unit) -> Iterator[Rows]:
    """The least shingles of the documents of a part that `near` has left."""
    table = curated_rows(unit, ["id", "source", "least_shingles"])
    signed = containment.read_least(table)
    sources = hash_names(table["source"].take(pa.array(signed.places)).to_pylist())
    stays = _stays(signed.ids, drops(unit.number))
    yield containment.key_rows(signed, unit.number, sources, stays, config)


def _stays(ids: Words, drops: Rows) -> Flags:
    gone = Known(sorted_by(drops, *_ID), _ID)
    return ~gone.has(make(np.dtype(ID), len(ids), id_hi=ids[:, 0], id_lo=ids[:, 1]))


def pairs_of_keys(own: int, number: int, group: Group) -> Iterator[Rows]:
    """The pairs of documents of a range of keys."""
    for rows in group.pieces():
        yield from containment.pairs_of_keys(rows, own)


def candidates(number: int, group: Group) -> Iterator[Rows]:
    """Who is asked for the documents of a range."""
    yield from map(containment.candidates, group.pieces())


def bounded(number: int, group: Group) -> Iterator[Rows]:
    """The same, not too many for one document."""
    yield from map(containment.bounded, group.pieces())


def settled(number: int, group: Group) -> Iterator[Rows]:
    """Which documents of a range leave."""
    yield from map(containers.settled, group.pieces())


def sample_rows(asked: PartRows, unit: Unit) -> Iterator[Rows]:
    """Shingles of the documents of a part, for those that may contain them."""
    for rows, ids, sets in _read(unit, asked(unit.number)):
        yield containers.sample_rows(rows, ids, sets)


def container_rows(store: RangeFiles, limit: float, unit: Unit) -> Iterator[Rows]:
    """The documents that stand in those of a part."""
    samples = store.of_part(("samples",), unit.number, containers.SAMPLE_ROW)
    for rows, ids, sets in _read(unit, samples):
        yield containers.containers(rows, ids, sets, limit)


def _read(unit: Unit, rows: Rows) -> Iterator[tuple[Rows, Ids, Sets]]:
    """Rows that name places of a part, with the ids and the different shingles, sorted, of the
    documents there: of some documents at a time.
    """
    if not len(rows):
        return
    table, chosen = curated_rows(unit, ["id", "text"]), np.unique(rows["place"])
    for some in np.split(chosen, range(AT_ONCE, len(chosen), AT_ONCE)):
        taken, places = table.take(pa.array(some)), some.tolist()
        ids = [(high, low) for high, low in id_words(taken["id"].to_pylist()).tolist()]
        texts = taken["text"].to_pylist()
        sets = [np.unique(shingles(Split(text).lower_words)) for text in texts]
        named = rows[np.isin(rows["place"], some)]
        yield named, dict(zip(places, ids, strict=True)), dict(zip(places, sets, strict=True))

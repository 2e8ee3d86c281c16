"""`gristmill train referenced` and `evaluate referenced`: the model of pages that Wikipedia cites,
made from the documents of a run, and measured on those of another.
"""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from typing import Any

import numpy as np

from classifiers import metrics
from classifiers.examples import Chosen, Example, ReferencedSettings, choose
from classifiers.fasttext_model import read_card
from classifiers.referenced import ReferencedModel, null_auc, train_referenced
from classifiers.tagging.domains import tag_domain
from classifiers.wikipedia.dump_files import dump_units, read_links
from classifiers.wikipedia.tiers import ReferencedUrls, merge
from pipeline import files
from pipeline.arrow import documents
from pipeline.classify.sampling import (
    EXAMPLE_COLUMNS,
    is_sampled,
    merged,
    sample_part,
    survivors,
)
from pipeline.document import Document, Unit
from pipeline.errors import UsageError
from pipeline.frame.engines.engine import default_workers
from pipeline.frame.job_states import job_states
from pipeline.frame.manifests import units_of
from pipeline.mix.keep_rates import alarms, keep_rates, length_kind
from pipeline.terminal import answer, print_json, say

NULL_RUNS, FEW = 5, 200  # pages by which nothing is proven


def train(run: str, dump: str, out: str, seed: int) -> None:
    """Trains on the documents of a run and writes a model folder with its card."""
    urls = read_dump(dump)
    files.prepare_folder(out)
    examples, prior = _examples(run, urls, seed)
    card = train_referenced(examples, urls, out, seed, prior=prior)
    if card["closed"]:
        raise UsageError(f"no model: {card['closed']}")
    unseen = card["metrics"]["auc_unseen_sites"]
    answer(
        *(f"warning: {one}" for one in card["warnings"]),
        f"AUC {unseen:.3f} on unseen sites; cited pages are {prior:.5f} of the run's",
        f'model in {out}; in a recipe: [classify.referenced] model = "{files.absolute(out)}"',
    )


def evaluate(folder: str, run: str, dump: str, seed: int) -> None:
    """Prints how a model does on the documents of a run that did not teach it."""
    if read_card(folder).get("kind") != "referenced":
        raise UsageError(f"{folder} holds no model of referenced pages; see train referenced")
    model, urls = ReferencedModel(folder), read_dump(dump)
    examples, _ = _examples(run, urls, seed)
    settings = replace(ReferencedSettings(), null_runs=NULL_RUNS)
    unseen = np.isnan(model.seen.scores([one.id for one in examples]))
    fresh = [one for one, is_fresh in zip(examples, unseen, strict=True) if is_fresh]
    chosen = choose(fresh, urls, seed, settings)
    if len({row.positive for row in chosen}) < 2:
        raise UsageError(
            f"{run!r} holds no pages of both classes that the model has not seen; give another run"
        )
    if len(chosen) < FEW:
        say(f"only {len(chosen)} pages were left that the model had not seen; give a larger run")
    print_json(_figures(model, chosen, seed, settings) | _rates(model, run))


def build(dump: str, out: str) -> None:
    """Writes the tiers of a dump as files of keys."""
    urls = read_dump(dump)
    files.prepare_folder(out)
    urls.save(out)
    answer(
        f"{len(urls.cited):,} cited pages, {len(urls.linked):,} linked, "
        f"{len(urls.host_cited):,} sites cited by three articles",
        f'in {out}; in a recipe: [[sources]] format = "index", '
        f'cited = "{files.absolute(out)}/cited.npy"',
    )


def read_dump(folder: str) -> ReferencedUrls:
    """All tiers of a dump, its units read side by side."""
    units = dump_units(folder)
    workers = min(default_workers(), len(units))
    if workers < 2:
        return merge([read_links(unit) for unit in units])
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        return merge(list(pool.map(read_links, units)))


def _units(run: str) -> Iterator[Unit]:
    inputs = {}
    for state in job_states(run, ("curate", "near")):
        if state.manifest is None:
            raise UsageError(f"{run!r} has no finished {state.job} job; run it to there first")
        inputs[state.job] = state.manifest
    yield from units_of(inputs, (("curate", "curated"), ("near", "decisions")))


def _examples(run: str, urls: ReferencedUrls, seed: int) -> tuple[list[Example], float]:
    """The documents of a run that may teach, and the share of cited ones among all."""
    units = list(_units(run))
    sample = merged([one for unit in units for one in sample_part(unit, urls.tiers, seed)])
    found = []
    for unit in units:
        table = survivors(unit, list(EXAMPLE_COLUMNS))
        rows = zip(table.to_pylist(), is_sampled(table["id"].to_pylist(), sample.rows), strict=True)
        found += [_example(row) for row, is_in in rows if is_in]
    return sorted(found, key=lambda example: example.id), sample.prior


def _example(row: dict[str, Any]) -> Example:
    return Example(**{("format" if n == "page_type" else n): value for n, value in row.items()})


def _figures(
    model: ReferencedModel, chosen: list[Chosen], seed: int, settings: ReferencedSettings
) -> dict[str, Any]:
    scores = model.score([row.example.text for row in chosen])
    positive = np.array([row.positive for row in chosen])
    return {
        "pages": len(chosen),
        "sites": len({row.example.site for row in chosen}),
        "auc": round(metrics.auc(scores, positive), 6),
        "calibration_error": round(metrics.calibration_error(scores, positive), 6),
        "auc_random_labels": round(null_auc(chosen, seed, settings), 6),
    }


def _rates(model: ReferencedModel, run: str) -> dict[str, Any]:
    """What the model would keep of a run's kinds of pages, at the rate of its settings."""
    rows: list[tuple[dict[str, str], int]] = []
    scores: list[float] = []
    for unit in _units(run):
        found = documents(survivors(unit))
        rows += [(_properties(one), one.characters) for one in found]
        scores += model.score([one.text for one in found]).tolist()
    weights = np.array([characters for _, characters in rows], dtype=np.float64)
    keep = ReferencedSettings().keep
    passed = np.array(scores) >= metrics.threshold_at_keep(np.array(scores), weights, keep)
    rates = keep_rates(
        (properties, characters, float(is_in))
        for (properties, characters), is_in in zip(rows, passed, strict=True)
    )
    return {
        "keep": keep,
        "kept": {
            name: {value: round(one.rate, 4) for value, one in sorted(values.items())}
            for name, values in sorted(rates.items())
            if name != "site"
        },
        "alarms": alarms(rates),
    }


def _properties(document: Document) -> dict[str, str]:
    return {
        "length": length_kind(document.characters),
        "site": document.site,
        "language": document.language,
        "format": document.page_type,
        "source": document.source,
        "domain": tag_domain(document)[0],
    }

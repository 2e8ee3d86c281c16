"""The seven jobs on one screen: what each reads, builds, writes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from typing import Any

import pyarrow as pa

from pipeline import files, obeys
from pipeline.classify.transform import ScoreParts
from pipeline.dataset import write_shards
from pipeline.dedup.decided import all_stay, exact_made, near_made
from pipeline.dedup.driver import decide_exact, decide_near
from pipeline.dedup.keys import keys_table
from pipeline.dedup.memory import refuse_too_many
from pipeline.dedup.near.minhash import published_signatures
from pipeline.dedup.transform import ReadDecided, SignDocuments
from pipeline.document import (
    Batch,
    Document,
    Measured,
    Unit,
    documents_table,
    dropped_table,
)
from pipeline.earlier import earlier_curated, earlier_documents, earlier_keys
from pipeline.extract.transform import ExtractText, Prefilter
from pipeline.frame import parts
from pipeline.frame.manifests import Manifest, counted_apart
from pipeline.frame.parts import Made
from pipeline.frame.run import Job, JobRun
from pipeline.frame.transforms import CommitParts, MapUnits
from pipeline.ingest.sources import plan_units
from pipeline.ingest.transform import ReadPages
from pipeline.mix.decision import Decision, decide
from pipeline.mix.plan_file import make_plan
from pipeline.mix.transform import AssignParts, SummariseParts, decision_text, read_summary
from pipeline.models import outlier_reference, referenced_model, tokenizer_folder
from pipeline.policy import policies_table
from pipeline.quality.statistics import STATISTICS_SCHEMA
from pipeline.quality.transform import JudgeQuality, signal_columns, statistics_table
from pipeline.recipe import MinhashConfig, Recipe
from pipeline.screen.transform import BlockSites, RedactPersonalData, RespectRights, ScreenLanguages
from pipeline.tokenize.encode import load_tokenizer
from pipeline.tokenize.transform import EncodeParts


def extract(job: JobRun) -> Manifest:
    """Archives and texts to documents/, dropped/, keys/ and policies/."""
    done = job.run_units(job.planned, partial(_extract_graph, job.recipe, job.folder))
    return job.finish(done)


def archive_units(recipe: Recipe) -> list[Unit]:
    """The units of all sources, named by what they read."""
    units, mark = [], cache(files.mark)
    for source in recipe.sources:
        known = (source.domain, source.licence, source.language)
        facts = (source.format, *known, *source.sites)
        for unit in plan_units(source, recipe.extract, ".", mark):
            name = parts.keyed(f"{source.name}.{unit.name}", *facts, *map(mark, unit.paths))
            units.append(replace(unit, name=name))
    return units


def _extract_graph(recipe: Recipe, folder: str, units: Any) -> Any:
    return (
        units
        | ReadPages(recipe.sources, recipe.extract)
        | BlockSites(recipe.screen)
        | RespectRights(recipe.screen)
        | Prefilter(recipe.extract, recipe.screen)
        | ExtractText(recipe.extract)
        | ScreenLanguages(recipe.screen)
        | RedactPersonalData(recipe.screen)
        | CommitParts(folder, _documents_made)
    )


def _documents_made(batch: Batch) -> Made:
    kept = [record for record in batch.records if isinstance(record, Document)]
    return Made(
        part=batch.part,
        tables={
            "documents": documents_table(kept),
            "dropped": dropped_table(list(batch.dropped)),
            "keys": keys_table(kept),
            "policies": policies_table(batch.policies),
        },
        kept=len(kept),
        seen=dict(batch.seen),
        last=batch.last,
    )


def exact(job: JobRun) -> Manifest:
    """keys/ of all parts to decisions/ per part: opt-outs, duplicates, lines and paragraphs to
    cut.
    """
    source, dedup = job.inputs["extract"], job.recipe.dedup
    earlier, before = earlier_keys(dedup.against), earlier_documents(dedup.against)
    motor = job.engine
    refuse_too_many(source.kept, before, dedup, motor.available_bytes(), motor.workers)
    pairs = (("extract", "documents"), ("extract", "keys"))
    units = job.units_of(*pairs, also=(job.set_name,))  # decisions depend on all parts
    keys = [replace(unit, paths=unit.paths[1:]) for unit in units]
    policies = _policy_units(job, units)
    decide = decide_exact(job, keys, earlier, dedup, source.kept + before, policies)
    graph = partial(_decisions_graph, partial(exact_made, decide), job.folder)
    return job.finish(job.run_units(units, graph))


def _policy_units(job: JobRun, units: list[Unit]) -> list[Unit]:
    """Units of (policies, documents) under the names of `units`; none where nothing is to obey."""
    met = sum(part.rows["policies"] for part in job.inputs["extract"].parts)
    if not met or job.recipe.screen.rights == "ignore":
        return []
    found = job.units_of(("extract", "policies"), ("extract", "documents"))
    return [replace(one, name=unit.name) for one, unit in zip(found, units, strict=True)]


def near(job: JobRun) -> Manifest:
    """Signatures of all parts to decisions/ and clusters/ per part."""
    source, dedup = job.inputs["curate"], job.recipe.dedup
    units = job.units_of(("curate", "curated"), also=(job.set_name,))
    if not dedup.minhash:
        job.extra |= {"notes": ["near-duplicates stay: dedup.minhash is off"]}
        return job.finish(job.run_units(units, partial(_decisions_graph, all_stay, job.folder)))
    earlier, before = earlier_curated(dedup.against), earlier_documents(dedup.against)
    found = decide_near(job, units, earlier, dedup, dedup.minhash, source.kept + before)
    job.extra |= {"counts": found.counts}
    graph = partial(_decisions_graph, partial(near_made, found), job.folder)
    return job.finish(job.run_units(units, graph))


def _decisions_graph(made: Callable[[Unit], Iterator[Made]], folder: str, units: Any) -> Any:
    return units | MapUnits("DecideParts", partial(partial, made)) | CommitParts(folder)


def curate(job: JobRun) -> Manifest:
    """documents/ and the decisions on them to curated/: cut, measured, judged, signed."""
    reference = outlier_reference(job, _decided_units(job))
    mark = files.checksum(reference) if reference else ""
    units = _decided_units(job, also=(mark,))
    done = job.run_units(units, partial(_curate_graph, job.recipe, reference, job.folder))
    return job.finish(done)


def _decided_units(job: JobRun, also: tuple[str, ...] = ()) -> list[Unit]:
    return job.units_of(("extract", "documents"), ("exact", "decisions"), also=also)


def _curate_graph(recipe: Recipe, reference: str, folder: str, units: Any) -> Any:
    return (
        units
        | ReadDecided(recipe.dedup)
        | JudgeQuality(recipe.quality, reference, published_signatures)
        | SignDocuments(recipe.dedup.minhash or MinhashConfig())
        | CommitParts(folder, _curated_made)
    )


def _curated_made(batch: Batch) -> Made:
    rows = [record for record in batch.records if isinstance(record, Measured)]
    tables = {
        "curated": curated_table(rows),
        "dropped": dropped_table(list(batch.dropped)),
        "statistics": statistics_table(batch),
    }
    return Made(batch.part, tables, kept=len(rows), seen=dict(batch.seen), last=batch.last)


def classify(job: JobRun) -> Manifest:
    """A model of referenced pages from a dump and the corpus itself, then scores/ by part."""
    units = _survivor_units(job)
    model, notes = referenced_model(job, units)
    mark = files.checksum(files.join(model, "card.json")) if model else ""
    job.extra |= {"model": job.own_path(model), "model_card": mark, "notes": notes}
    scored = _survivor_units(job, also=(mark,))
    graph = partial(_score_graph, job.recipe, model, job.folder)
    return job.finish(job.run_units(scored, graph))


def _survivor_units(job: JobRun, also: tuple[str, ...] = ()) -> list[Unit]:
    return job.units_of(("curate", "curated"), ("near", "decisions"), also=also)


def _score_graph(recipe: Recipe, model: str, folder: str, units: Any) -> Any:
    return units | ScoreParts(recipe, model) | CommitParts(folder)


def mix(job: JobRun) -> Manifest:
    """Columns alone to mixture/ (phase and group of every chosen document) and plan.json."""
    recipe = job.recipe
    summary = job.work_file("summary.json")
    job.once("summary", _mix_units(job), partial(_summary_graph, summary))
    decision = decide(read_summary(summary), recipe.mix, recipe.classify, recipe.seed)
    units = _mix_units(job, also=(decision_text(decision),))
    done = job.run_units(units, partial(_assign_graph, decision, job.folder))
    plan = make_plan(decision, _group_counts(counted_apart(done)), recipe.mix)
    job.extra |= {"plan": plan, "notes": list(decision.notes)}
    files.write_json(files.join(job.folder, "plan", f"{job.set_name}.json"), plan)
    return job.finish(done)


def _mix_units(job: JobRun, also: tuple[str, ...] = ()) -> list[Unit]:
    return job.units_of(("curate", "curated"), ("classify", "scores"), also=also)


def _summary_graph(path: str, units: Any) -> Any:
    return units | SummariseParts(path)


def _assign_graph(decision: Decision, folder: str, units: Any) -> Any:
    return units | AssignParts(decision) | CommitParts(folder)


def tokenize(job: JobRun) -> Manifest:
    """A tokenizer, token files by part, and the shards of a dataset that a loader opens."""
    plan = job.inputs["mix"].extra["plan"]
    tokenizer = tokenizer_folder(job, plan, _token_units(job))
    card = load_tokenizer(tokenizer).card
    units = _token_units(job, also=(card.digest,))
    done = job.run_units(units, partial(_encode_graph, tokenizer, job.recipe.seed, job.folder))
    dataset = write_shards(job, done, plan, tokenizer)
    job.extra |= {"tokenizer": job.own_path(tokenizer), "digest": card.digest, **dataset}
    return job.finish(done)


def _token_units(job: JobRun, also: tuple[str, ...] = ()) -> list[Unit]:
    mixed = (("curate", "curated"), ("mix", "mixture"))
    pairs = (*mixed, ("classify", "scores"), ("near", "clusters"))
    return job.units_of(*pairs, also=also)


def _encode_graph(tokenizer: str, seed: int, folder: str, units: Any) -> Any:
    return units | EncodeParts(tokenizer, seed) | CommitParts(folder)


def _group_counts(apart: dict[str, int]) -> dict[str, tuple[int, int]]:
    """Documents and characters by group, from what the parts have counted."""
    prefix = "apart:documents:"
    names = [key.removeprefix(prefix) for key in apart if key.startswith(prefix)]
    return {name: (apart[f"{prefix}{name}"], apart[f"apart:characters:{name}"]) for name in names}


def curated_table(rows: list[Measured]) -> pa.Table:
    """Document columns, then statistics, signature and signals, sorted by id."""
    rows = sorted(rows, key=lambda row: row.document.id)
    table = documents_table([row.document for row in rows])
    signals = signal_columns(rows[0].columns) if rows else []
    for column in [*STATISTICS_SCHEMA, pa.field("signature", pa.binary()), *signals]:
        values = pa.array([row.columns[column.name] for row in rows], column.type)
        table = table.append_column(column, values)
    return table


JOBS = (
    Job("extract", (), obeys.extract, extract, archive_units, version=5),
    Job("exact", ("extract",), obeys.exact, exact, version=3),
    Job("curate", ("extract", "exact"), obeys.curate, curate, version=5),
    Job("near", ("curate",), obeys.near, near, version=2),
    Job("classify", ("curate", "near"), obeys.classify, classify),
    Job("mix", ("curate", "classify"), obeys.mix, mix),
    Job("tokenize", ("curate", "near", "classify", "mix"), obeys.tokenize, tokenize),
)

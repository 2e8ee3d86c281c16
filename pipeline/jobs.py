"""The seven jobs on one screen: what each reads, builds, writes."""

from dataclasses import replace
from functools import partial
from typing import Any

from pipeline import parts
from pipeline.dedup.keys import keys_table
from pipeline.document import (
    Batch,
    Document,
    Unit,
    documents_table,
    dropped_table,
)
from pipeline.extract.transform import ExtractText, Prefilter
from pipeline.ingest.sources import plan_units
from pipeline.ingest.transform import ReadPages
from pipeline.manifests import Manifest
from pipeline.parts import Made
from pipeline.recipe import Recipe
from pipeline.routing import CommitParts
from pipeline.run import Job, JobRun
from pipeline.screen.blocklist import load_blocklist
from pipeline.screen.transform import BlockSites, RedactPersonalData, RespectRights, ScreenLanguages


def extract(job: JobRun) -> Manifest:
    """Archives and texts to documents/, dropped/ and keys/."""
    done = job.run_units(archive_units(job.recipe), partial(_extract_graph, job.recipe, job.folder))
    return job.finish(done)


def archive_units(recipe: Recipe) -> list[Unit]:
    """The units of all sources, named by what they read."""
    units = []
    for source in recipe.sources:
        facts = (source.format, source.domain, source.licence, source.language)
        for unit in plan_units(source, recipe.extract, "."):
            name = parts.keyed(f"{source.name}.{unit.name}", *facts, str(unit.bytes))
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
        },
        kept=len(kept),
        seen=dict(batch.seen),
        last=batch.last,
    )


def _extract_obeys(recipe: Recipe) -> dict[str, Any]:
    return {
        "extract": recipe.extract.model_dump(mode="json"),
        "screen": recipe.screen.model_dump(mode="json", exclude={"blocklists"}),
        "blocklists": load_blocklist(recipe.screen.blocklists).fingerprint,
    }


JOBS = (Job("extract", reads=(), obeys=_extract_obeys, run=extract),)

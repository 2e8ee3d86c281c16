"""extract: archives and texts to documents/, dropped/, keys/ and policies/.

The only place that says in which order a page meets the stages; `try` and the funnel read it here.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial, reduce
from importlib.metadata import version
from operator import or_
from typing import Any

from classifiers import EXTRACTOR, PERSONAL_DATA
from classifiers.fasttext_model import read_card
from classifiers.language_model import told_apart
from pipeline.arrow import Made, documents_table, dropped_table
from pipeline.dedup.keys import keys_table
from pipeline.document import Batch, Document, Unit
from pipeline.extract.judge.model import load_model
from pipeline.extract.transform import ExtractText, Prefilter
from pipeline.frame.graph import Transform
from pipeline.frame.job_run import Job, JobRun
from pipeline.frame.manifests import Manifest
from pipeline.frame.parts import keyed
from pipeline.frame.transforms import RecipeStage
from pipeline.ingest.planning.edits import edited
from pipeline.ingest.planning.input_plans import InputPlans
from pipeline.ingest.sources import digest_now, plan_units
from pipeline.ingest.transform import ReadPages
from pipeline.keys.key_hashes import hashes_mark
from pipeline.mix.reach import COUNTED
from pipeline.policy import policies_table
from pipeline.recipe import ExtractConfig, Recipe, Source
from pipeline.screen.blocklist import load_sites
from pipeline.screen.personal_data import asks_model
from pipeline.screen.transform import (
    BlockSites,
    ReadRights,
    RedactPersonalData,
    RespectRights,
    ScreenLanguages,
    TagLanguages,
)

STAGES: tuple[type[RecipeStage], ...] = (
    BlockSites,
    ReadRights,
    RespectRights,
    Prefilter,
    ExtractText,
    TagLanguages,
    ScreenLanguages,
    RedactPersonalData,
)

# Libraries whose releases change what is extracted and in which language it is.
DECIDING = (
    "trafilatura", "resiliparse", "selectolax", "google-re2", "ahocorasick-rs", "pycld2",
    "tldextract", "ftfy", "mwparserfromhell", "babel",
)  # fmt: skip


# Keys that name what is read: what stands there counts.
_READ = {"blocklists", "allowlists", "opted_out", "identifier"}


def obeys(recipe: Recipe) -> dict[str, Any]:
    """What the fingerprint is of."""
    own = recipe.extract.extractor == "gristmill"
    return {
        "extract": recipe.extract.model_dump(mode="json"),
        "screen": recipe.screen.model_dump(mode="json", exclude=_READ),
        "sites": load_sites(recipe.screen).fingerprint,
        "identifier": told_apart(recipe.screen).digest,
        "model": load_model(EXTRACTOR).fingerprint if own else "",
        "seed": recipe.seed if recipe.screen.personal_data != "keep" else 0,
        "personal_data": read_card(str(PERSONAL_DATA))["hash"] if asks_model(recipe.screen) else "",
        "libraries": {name: version(name) for name in DECIDING},
    }


def archive_units(recipe: Recipe, plans: InputPlans | None = None) -> list[Unit]:
    """The units of all sources, named by what they read; files whose `plans` hold stay closed."""
    plans = InputPlans() if plans is None else plans
    return [unit for source in recipe.sources for unit in _units(source, recipe.extract, plans)]


def _units(source: Source, config: ExtractConfig, plans: InputPlans) -> Iterator[Unit]:
    known = (source.domain, source.licence, source.language)
    # Once for every file: it may have many units, and the names of none looks like a part's.
    named = (f"{part} = {name}" for part, name in sorted(source.fields.items()))
    cited = [f"cited {hashes_mark(source.cited)}"] if source.cited else []
    key = cache(partial(keyed, "", source.format, *known, *source.sites, *named, *cited))
    for unit in plan_units(source, config, ".", plans):
        name = f"{source.name}.{unit.name}{key(plans[unit.paths[0]].mark)}"
        yield replace(unit, name=name)


@dataclass(frozen=True)
class ArchivePlan:
    """The units of a recipe's sources, and what is known of their files."""

    recipe: Recipe
    files: InputPlans
    units: list[Unit]

    @property
    def notes(self) -> list[str]:
        return self.files.notes()

    @property
    def addresses(self) -> Mapping[str, str]:
        return self.files.addresses

    def edited(self, folder: str, recorded: Callable[[str], str]) -> set[str]:
        sources = {source.name: source for source in self.recipe.sources}

        def again(unit: Unit) -> str:
            return digest_now(unit, sources[unit.source], self.addresses)

        return edited(self.units, self.files, folder, recorded, again)

    def keep(self) -> None:
        self.files.save()


def archive_plan(recipe: Recipe, out: str) -> ArchivePlan:
    """The plan of a recipe; `out` is the folder that keeps what was found in files before."""
    known = InputPlans.read(out)
    return ArchivePlan(recipe, known, archive_units(recipe, known))


def run(job: JobRun) -> Manifest:
    """One pipeline: read, through the stages, committed."""
    stages = (stage.of(job.recipe) for stage in STAGES)
    read = ReadPages.of(job.recipe, job.addresses)
    graph: Transform = reduce(or_, (read, *stages, job.commit(made)))
    return job.finish(job.run_units(job.planned, graph))


def made(batch: Batch) -> Made:
    """The part that a batch becomes."""
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
        seen={**dict(batch.seen), COUNTED: sum(document.characters for document in kept)},
        last=batch.last,
        read=batch.read,
    )


JOB = Job(
    "extract",
    obeys,
    run,
    plan=archive_plan,
    keeps="documents",
    drops=("ingest", *(place for stage in STAGES for place in stage.drops)),
    version=17,
)

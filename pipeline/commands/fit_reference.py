"""`gristmill quality fit`: the outlier reference, or importance weights, from given documents."""

from collections.abc import Iterable, Iterator

from rich.table import Table

from pipeline import files
from pipeline.arrow import documents
from pipeline.document import Document, unit_hash
from pipeline.errors import UsageError
from pipeline.frame.job_states import job_states, read_run
from pipeline.ingest.planning.input_plans import InputPlans
from pipeline.ingest.sources import plan_units, read_unit
from pipeline.quality.judge import outlier_sample
from pipeline.quality.outlier_reference import (
    MIN_DOCUMENTS,
    SAMPLE_DOCUMENTS,
    Sample,
    fit_reference,
    reference_table,
)
from pipeline.quality.outliers import Reference
from pipeline.quality.signals.importance import fit_importance, importance_table
from pipeline.recipe import Recipe, Source
from pipeline.recipe_file import check_recipe, load_recipe, override
from pipeline.screen.languages import tag_language
from pipeline.terminal import console

Kind = dict[str, tuple[float, Sample]]  # keyed hash and sample by text
Chosen = dict[tuple[str, bool], Kind]  # by language and whether it holds code or formulas
_ENDS = {".jsonl": "jsonl", ".json": "jsonl", ".parquet": "parquet"}


def fit_file(
    sources: tuple[str, ...],
    out: str,
    recipe_path: str,
    target: tuple[str, ...],
    overrides: tuple[str, ...],
) -> None:
    """Writes the reference, or with a target the importance weights; says what it was fitted on."""
    told = console(soft_wrap=True)
    if target:
        texts = [[one.text for one in read_documents(paths)] for paths in (target, sources)]
        weights = fit_importance(*texts)
        files.write_table(out, importance_table(weights))
        wanted, others = weights.documents
        told.print(f"{out}: {wanted:,} target and {others:,} source texts")
        return
    recipe = _recipe(sources, recipe_path, overrides)
    chosen, seen = sampled(read_documents(sources), recipe)
    samples = [sample for kind in chosen.values() for _, sample in kind.values()]
    reference = fit_reference(samples, recipe.quality.outlier_tail)
    if not reference:
        raise UsageError(
            f"no language has {MIN_DOCUMENTS} texts that the rules keep, of {seen:,} documents; "
            "give more documents"
        )
    files.write_table(out, reference_table(reference))
    told.print(reference_summary(reference, chosen, seen))
    told.print(f'in the recipe: [quality] outlier_reference = "{out}"')


def _recipe(sources: tuple[str, ...], path: str, overrides: tuple[str, ...]) -> Recipe:
    """The named recipe, that of the run that is read, or the default one."""
    if path:
        return load_recipe(path, overrides)
    if files.exists(files.join(sources[0], "run.json")):
        raw = read_run(sources[0])["recipe"]
    else:
        raw = Recipe(sources=(Source(name="fit", paths=("-",)),)).model_dump(mode="json")
    for one in overrides:
        override(raw, one)
    return check_recipe(raw, sources[0])


def read_documents(paths: Iterable[str]) -> Iterator[Document]:
    """The documents of a run before its rules, or of files of texts, with their languages."""
    for path in paths:
        yield from _of_run(path) if files.is_folder(path) else _of_file(path)


def _of_run(out: str) -> Iterator[Document]:
    (state,) = job_states(out, ("extract",))
    if state.manifest is None:
        raise UsageError(f"{out!r} has no finished extract job; run it to there first")
    for path in state.manifest.paths("documents"):
        yield from documents(files.read_table(path))


def _of_file(path: str) -> Iterator[Document]:
    name = path.removesuffix(".gz")
    form = next((form for end, form in _ENDS.items() if name.endswith(end)), "")
    if not form:
        raise UsageError(f"{path!r} is neither a run's folder nor a .jsonl or .parquet file")
    source = Source.model_validate({"name": "fit", "format": form, "paths": [path]})
    extract = Recipe(sources=(source,)).extract
    plans = InputPlans()
    for unit in plan_units(source, extract, ".", plans):
        for batch in read_unit(unit, source, extract, plans.addresses):
            for record in batch.records:
                if isinstance(record, Document):
                    yield tag_language(record)


def sampled(found: Iterable[Document], recipe: Recipe) -> tuple[Chosen, int]:
    """Texts of documents that no other rule drops, each once, those of the smallest keyed hashes.

    At most SAMPLE_DOCUMENTS of a language and kind; also how many documents were seen.
    """
    chosen: Chosen = {}
    seen = 0
    for document in found:
        seen += 1
        sample = None if document.domain else outlier_sample(document, recipe.quality)
        if sample is not None:
            kind = chosen.setdefault((sample.language, sample.structured), {})
            kind[sample.text] = unit_hash(recipe.seed, "outliers", sample.text), sample
            if len(kind) >= 2 * SAMPLE_DOCUMENTS:
                _keep_smallest(kind)
    for kind in chosen.values():
        _keep_smallest(kind)
    return chosen, seen


def _keep_smallest(kind: Kind) -> None:
    order = sorted(kind, key=lambda text: (kind[text][0], text))
    for text in order[SAMPLE_DOCUMENTS:]:
        del kind[text]


def reference_summary(reference: Reference, chosen: Chosen, seen: int) -> Table:
    """What was fitted, and which kinds have too few texts."""
    table = Table(title=f"{seen:,} documents read", title_justify="left")
    for heading in ("language", "texts", "tail", "sample"):
        table.add_column(heading, justify="right" if heading in ("texts", "tail") else "left")
    for key, one in reference.items():
        table.add_row(key, f"{one.documents:,}", f"{one.tail:g}", one.sample)
    few = [
        f"{language}{'+structured' if structured else ''} {len(kind)}"
        for (language, structured), kind in sorted(chosen.items())
        if len(kind) < MIN_DOCUMENTS
    ]
    if few:
        table.caption = f"fewer than {MIN_DOCUMENTS} texts, so no reference: {', '.join(few)}"
    return table

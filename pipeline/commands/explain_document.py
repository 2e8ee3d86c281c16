"""`gristmill explain`: one document's way through every job, from the artefacts on disk."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline import files
from pipeline.commands.explain_cuts import cuts_of
from pipeline.commands.explain_limits import limits_crossed
from pipeline.document import ID, SIGNED, Checked
from pipeline.errors import DamageError, UsageError
from pipeline.frame.job_states import job_states, read_run
from pipeline.frame.manifests import Manifest
from pipeline.jobs import JOBS
from pipeline.recipe import Recipe
from pipeline.recipe_file import check_recipe
from pipeline.terminal import answer, print_json
from pipeline.urls import url_key

# What is too long to show, or is no news about the document.
_HIDDEN = ("text", *SIGNED, "id", "source", "cut_lines", "cut_paragraphs")


@dataclass(frozen=True)
class Step:
    """What one dataset of one job says of a document."""

    job: str
    dataset: str
    row: dict[str, Any]


def show_way(out: str, target: str, as_json: bool) -> None:
    """Prints the way of every document that `target`, an id or a URL, names."""
    if as_json:
        print_json(ways_json(out, target))
        return
    for one, steps in ways_of(out, target).items():
        answer(one, *(f"  {line(step)}" for step in steps))


def ways_json(out: str, target: str) -> dict[str, list[dict[str, Any]]]:
    """What `ways_of` finds, as {"job", "dataset", "row"}."""
    return {one: [vars(step) for step in steps] for one, steps in ways_of(out, target).items()}


def ways_of(out: str, target: str) -> dict[str, list[Step]]:
    """Id to its way, of all documents that `target` names. Raises UsageError where none does."""
    if not target:
        raise UsageError("'' names no document; give an id or a URL of the crawl")
    states = job_states(out, tuple(job.name for job in JOBS))
    manifests = [state.manifest for state in states if state.manifest is not None]
    ids = [target] if ID.fullmatch(target) else ids_of(manifests, target)
    recipe = _recipe(out)
    ways = {one: list(way(manifests, one, recipe)) for one in ids}
    if not any(ways.values()):
        raise UsageError(f"{target!r} is in no job of {out!r}; give an id or a URL of the crawl")
    return ways


def _recipe(out: str) -> Recipe:
    """The recipe of the last run; one of before the structure reading asked every line."""
    raw = read_run(out)["recipe"]
    raw["quality"] = {"reading": "published"} | raw.get("quality", {})
    return check_recipe(raw, out)


def ids_of(manifests: list[Manifest], url: str) -> list[str]:
    """Ids of all records of the first job whose URL has the same key as `url`."""
    wanted = url_key(url)
    found: set[str] = set()
    for manifest in manifests[:1]:
        for dataset in ("documents", "dropped"):
            for file in manifest.files(dataset):
                table = files.read_table(file.path, ["id", "url"])
                pairs = zip(table["id"].to_pylist(), table["url"].to_pylist(), strict=True)
                found.update(one for one, address in pairs if url_key(address) == wanted)
    return sorted(found)


def way(manifests: list[Manifest], wanted: str, recipe: Recipe) -> Iterator[Step]:
    """Every row about a document, job by job, with the limits that it crossed and the cuts of its
    text behind those of `curate`.
    """
    found: dict[str, Manifest] = {}
    for manifest in manifests:
        found[manifest.job] = manifest
        rows = {
            dataset: [row for file in manifest.files(dataset) for row in _rows(file, wanted)]
            for dataset in manifest.tables
        }
        yield from (Step(manifest.job, name, row) for name, some in rows.items() for row in some)
        if manifest.job == "curate" and any(rows.values()):
            for row, measured in zip(rows["dropped"], rows["statistics"], strict=False):
                for crossed in limits_crossed(row, measured, recipe.quality):
                    yield Step("curate", "limits", crossed)
            for rule, text in cuts_of(found, wanted, recipe.quality, recipe.dedup.min_characters):
                yield Step("curate", "cuts", {"rule": rule, "text": text})


def _rows(file: Checked, wanted: str) -> list[dict[str, Any]]:
    """The rows of one file whose id is `wanted`. Raises DamageError where it has changed."""
    table = files.read_rows(file.path, "id", wanted, hidden=("text", *SIGNED))
    rows: list[dict[str, Any]] = table.to_pylist() if table is not None else []
    if rows and not files.is_whole(file):
        raise DamageError.of(file.path)
    return rows


def line(step: Step) -> str:
    """One line for people: where, and what was found or decided."""
    row = step.row
    if step.dataset == "cuts":
        return f"{step.job}: cut by {row['rule']}: {_short(row['text'])}"
    if step.dataset == "dropped":
        detail = f" ({row['detail']})" if row["detail"] else ""
        return f"{step.job}: dropped by {row['stage']}: {row['reason']}{detail}"
    if step.dataset == "limits":
        rule, statistic, value = row["rule"], row["statistic"], _short(row["value"])
        name, limit = list(row.items())[-1]
        return f"{step.job}: {rule}: {statistic} is {value}, and should be {name} {limit:g}"
    facts = [f"{name}={_short(value)}" for name, value in row.items() if _is_news(name, value)]
    return f"{step.job}: in {step.dataset}  {'  '.join(facts)}"


def _is_news(name: str, value: Any) -> bool:
    return name not in _HIDDEN and value not in (None, "", [], False)


def _short(value: Any) -> str:
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 80 else f"{text[:77]}..."

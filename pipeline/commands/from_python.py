"""What `import gristmill` offers of the commands: what they find, as values.

Beam is imported when a function needs it, and its warnings stay unsaid while ours are at work.
"""

from collections.abc import Sequence
from os import PathLike, fspath
from typing import Any, TypeAlias

from pipeline import files
from pipeline.errors import UsageError
from pipeline.frame.engines.engine import LITTLE_BYTES, default_workers, silenced
from pipeline.frame.job_states import last_head
from pipeline.frame.manifests import Manifest
from pipeline.loader.dataset import Dataset
from pipeline.tokenize.manifest import MANIFEST

AnyPath: TypeAlias = str | PathLike[str]


def run(
    recipe: AnyPath,
    out: AnyPath,
    *,
    workers: int = 1,
    until: str = "",
    overrides: Sequence[str] = (),
    runner: str = "local",
    options: Sequence[str] = (),
    quiet: bool = False,
    little_megabytes: int = LITTLE_BYTES >> 20,
    sync: bool = True,
) -> dict[str, Manifest]:
    """Runs what is missing of the recipe at `recipe` into the folder `out`; gives the manifests.

    With more than one worker, call it below `if __name__ == "__main__":`, as processes are started.

    Args:
        workers: local processes; 0 is one a core.
        until: the last job to run.
        overrides: single keys, "quality.min_words=40".
        options: of Beam, for runners other than the local one.
        quiet: says nothing on stderr; else progress and the funnel, as the command does.
        little_megabytes: pipelines of no more work run in this process, on any runner; 0: none.
        sync: what is committed is on the disk, safe from a loss of power.
    """
    with silenced():
        from pipeline.commands.run_recipe import run_recipe
        from pipeline.frame.run import Settings

        count = workers or default_workers()
        little = little_megabytes << 20
        settings = Settings(runner, count, tuple(options), until, quiet, little, sync)
        return run_recipe(fspath(recipe), fspath(out), tuple(overrides), settings)


def status(out: AnyPath) -> dict[str, Any]:
    """{"jobs": {job: {"path", "fingerprint", "state", "in", "kept", "dropped"}}} of the last run.

    Raises UsageError where `out` holds no run.
    """
    with silenced():
        from pipeline.commands.show.show_status import status_json

        return status_json(fspath(out))


def explain(out: AnyPath, target: str) -> dict[str, list[dict[str, Any]]]:
    """The way of every document that `target`, an id or a URL, names: id to what each dataset of
    each job says of it, in order, as {"job", "dataset", "row"}. Raises UsageError for none.
    """
    with silenced():
        from pipeline.commands.explain_document import ways_json

        return ways_json(fspath(out), target)


def open_dataset(run_folder: AnyPath, identity: str = "") -> Dataset:
    """The dataset that the last run into `run_folder` wrote, of whichever version; `run_folder`
    may also be that of the dataset itself.

    Raises UsageError where there is no such run, or it was not finished, or it has kept nothing,
    and CheckError for another dataset than the one of `identity`, where that is given.
    """
    found = _dataset_of(fspath(run_folder))
    return found.pinned(identity) if identity else found


def _dataset_of(run_folder: str) -> Dataset:
    found = dataset_folder(run_folder)
    if found is None:
        raise UsageError(f"{run_folder!r} has no finished tokenize job; run it to the end first")
    if not found:
        raise UsageError(f"{run_folder!r} has no dataset: its mixture is empty; see its status")
    return Dataset(found)


def dataset_folder(folder: str) -> str | None:
    """The folder, if it is a dataset, or that of the dataset of the last run into it: "" where that
    has kept nothing, None where it is not finished.
    """
    if files.exists(files.join(folder, MANIFEST)):
        return folder
    if not files.exists(files.join(folder, "run.json")):
        raise UsageError(
            f"{folder!r} holds no run; give the folder that `gristmill run --out` wrote, or that "
            f"of a dataset, with its {MANIFEST}"
        )
    head = last_head(folder, "tokenize")
    if head is None:
        return None
    return f"{head[0]}{head[1]['dataset']}" if head[1]["dataset"] else ""

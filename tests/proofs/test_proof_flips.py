"""No changed byte is read unseen: one byte of every kind of file of a run, found and made again."""

import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import digests
from support_inputs import LONG_AGO
from support_parts import aged, flipped

from pipeline import files
from pipeline.commands.run_recipe import run_recipe
from pipeline.commands.verify_run import verified
from pipeline.document import unit_hash
from pipeline.errors import DamageError
from pipeline.frame.job_states import job_states
from pipeline.frame.run import Settings
from pipeline.sample import write_sample

# The first test also waits for the run that all are copies of.
pytestmark = pytest.mark.timeout(300)

FLIPS = 3  # of each kind of file
JOBS = ("extract", "exact", "curate", "near", "classify", "mix", "tokenize")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small sample, and in its folder `run` a finished run that was made long ago."""
    folder = tmp_path_factory.mktemp("flips")
    write_sample(str(folder), pages=200, sites=40)
    run(folder, folder / "run")
    aged(folder / "run")
    run(folder, folder / "run")
    return folder


def run(sample: Path, out: Path, until: str = "") -> None:
    settings = Settings(quiet=True, until=until, durable=False)
    run_recipe(str(sample / "recipe.toml"), str(out), (), settings)


def kinds(out: Path) -> dict[str, list[Path]]:
    """The files of a run, from its folder on, by what kind of file they are."""
    found: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(out.rglob("*")):
        if path.is_file() and path.stat().st_size:
            of = path.relative_to(out)
            names = [part.partition("-")[0] for part in of.parts[:2]]
            found[f"{'/'.join(names)}{path.suffix}"].append(of)
    return found


def flips(out: Path) -> Iterator[tuple[Path, int]]:
    """Files, and the place of a byte in each."""
    for kind, paths in kinds(out).items():
        for number in range(FLIPS):
            path = paths[int(unit_hash(number, kind) * len(paths))]
            yield path, int(unit_hash(number, kind, "at") * (out / path).stat().st_size)


def flip(path: Path, at: int, later: int) -> None:
    path.write_bytes(flipped(path.read_bytes(), at))
    os.utime(path, (LONG_AGO + later, LONG_AGO + later))


@pytest.mark.slow
def test_a_changed_byte_is_found_by_verify_and_made_again_by_a_plain_run(
    sample: Path, tmp_path: Path
) -> None:
    whole, out = digests(sample / "run"), tmp_path / "run"
    shutil.copytree(sample / "run", out)
    assert verified(str(out)).damaged == []
    found = list(flips(out))
    assert len(found) > 100
    for number, (path, at) in enumerate(found):
        flip(out / path, at, later=60 + number)
        assert verified(str(out)).damaged == [str(out / path)], (path, at)
        run(sample, out)
        assert digests(out) == whole, (path, at)
    assert verified(str(out)).damaged == []


@pytest.mark.parametrize("job", JOBS[:-1])
def test_a_byte_that_a_later_job_reads_is_made_again_before_it_is_read(
    job: str, sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its file looks as if it had been left alone; what later jobs made is gone."""
    out = tmp_path / "run"
    shutil.copytree(sample / "run", out)
    (state,) = job_states(str(out), (job,))
    assert state.manifest
    read = {"extract": "documents", "curate": "curated", "classify": "scores", "mix": "mixture"}
    flip(Path(state.manifest.paths(read.get(job, "decisions"))[0]), 200, later=0)
    for later in JOBS[JOBS.index(job) + 1 :]:
        (folder,) = out.glob(f"{later}-*")
        shutil.rmtree(folder)
    monkeypatch.setattr(files.Stamp, "proves", lambda *_: True)
    run(sample, out)
    assert digests(out) == digests(sample / "run")


def test_a_byte_of_an_earlier_run_is_named_with_the_remedy(sample: Path, tmp_path: Path) -> None:
    earlier = tmp_path / "earlier"
    shutil.copytree(sample / "run", earlier)
    (state,) = job_states(str(earlier), ("curate",))
    assert state.manifest
    path = state.manifest.paths("curated")[0]
    flip(Path(path), 200, later=0)
    recipe = (sample / "recipe.toml").read_text() + f'[dedup]\nagainst = ["{earlier}"]\n'
    (sample / "against.toml").write_text(recipe)
    settings = Settings(quiet=True, until="near")
    with pytest.raises(DamageError) as told:
        run_recipe(str(sample / "against.toml"), str(tmp_path / "run"), (), settings)
    assert str(told.value) == (
        f"{path} is not what was written there; run its recipe again, which makes it anew"
    )

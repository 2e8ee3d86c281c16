"""What the pipelines of an unfinished job have left for those behind them, and for a later run.

A pipeline that has ended says so in a file that tells the stamps of all that it has written. Of
what was lost since, with a disk or by hand, nobody would know: rows that are not there are no rows.
So where one stamp is another now, all of it is made again.
"""

from collections.abc import Iterator

from pipeline import files
from pipeline.errors import DamageError

WORK = "work"  # the folder, which has one for each set of inputs
_DONE = ".done"

Stamps = dict[str, str]


def stamps_below(folder: str) -> Stamps:
    """Size and change of every file below a folder, by its path from there on."""
    found = files.stamps_below(folder)
    return {path: f"{one.size} {one.change.lstrip('~')}" for path, one in found.items()}


def write_done(folder: str, name: str, before: Stamps) -> Stamps:
    """Says that a pipeline has ended, before which `before` was there; gives what is there now.

    A store loses nothing that it has taken, and is not asked.
    """
    now = stamps_below(folder) if files.is_local(folder) else {}
    written = {path: stamp for path, stamp in now.items() if before.get(path) != stamp}
    files.write_sealed(files.join(folder, f"{name}{_DONE}"), {"wrote": written})
    return now


def left_by(folder: str) -> set[str]:
    """The pipelines whose work is all there; else none, and the folder is removed."""
    now = stamps_below(folder)
    done = {path.removesuffix(_DONE) for path in now if path.endswith(_DONE)}
    try:
        whole = all(now.get(path) == told for path, told in _told(folder, done))
    except DamageError:
        whole = False
    if not whole:
        files.remove_folder(folder)
        return set()
    return done


def _told(folder: str, done: set[str]) -> Iterator[tuple[str, str]]:
    for name in done:
        yield from files.read_sealed(files.join(folder, f"{name}{_DONE}"))["wrote"].items()

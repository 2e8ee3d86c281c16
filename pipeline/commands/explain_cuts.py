"""Which lines of a document were cut, and by what: told by cutting its text once more."""

from collections.abc import Iterator

from pipeline import files
from pipeline.arrow import documents
from pipeline.dedup.decisions import cuts_by_id
from pipeline.dedup.lines.cutting import apply_cuts
from pipeline.document import Document
from pipeline.frame.manifests import Manifest
from pipeline.quality.judge import config_of, judged
from pipeline.recipe import QualityConfig


def cuts_of(
    manifests: dict[str, Manifest], wanted: str, config: QualityConfig, least: int
) -> Iterator[tuple[str, str]]:
    """Rule and text of everything that was cut from a document on its way into `curated`.

    Args:
        manifests: of the finished jobs by name.
        wanted: the id of the document.
        config: the quality section of the run's recipe.
        least: characters under which a text that was cut leaves, before its lines are edited.
    """
    whole = document = _document(manifests["extract"], wanted)
    if document is None:
        return
    for file in manifests["exact"].files("decisions"):
        rows = files.read_rows(file.path, "id", wanted)
        if rows is not None and wanted in (cuts := cuts_by_id(rows)):
            done = apply_cuts(document, *cuts[wanted])
            document = done.document
            yield from done.gone
    if document is whole or len(document.text) >= least:
        yield from judged(document, config_of(document, config)).cut


def _document(manifest: Manifest, wanted: str) -> Document | None:
    for file in manifest.files("documents"):
        rows = files.read_rows(file.path, "id", wanted)
        if rows is not None and rows.num_rows:
            return documents(rows)[0]
    return None

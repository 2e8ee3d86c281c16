"""What must become of every record, written beside the sample as truth.jsonl."""

import json
from dataclasses import asdict, dataclass, replace


@dataclass(frozen=True, slots=True)
class Truth:
    """One record of the crawl or one line of a text source, and its fate.

    `stage` and `reason` "*" mean that any will do. `may_drop` lists other ends that a
    sound pipeline may give the record, as shell patterns over "job:reason". Of a `group` exactly
    one member has fate "kept". Redactions and snippets speak of the text as far as it gets: those
    of a record that `curate` drops are true of the document that `extract` wrote.
    """

    record_id: str
    url: str
    source: str
    kind: str
    language: str = "en"
    charset: str = ""
    fate: str = "kept"  # kept | dropped | any
    job: str = ""
    stage: str = ""
    reason: str = ""
    may_drop: tuple[str, ...] = ()
    group: str = ""
    cited: bool = False  # the encyclopaedia cites this URL in a <ref>
    redactions: tuple[tuple[str, int], ...] = ()
    text_has: tuple[str, ...] = ()
    text_lacks: tuple[str, ...] = ()
    code_has: tuple[str, ...] = ()
    math_has: tuple[str, ...] = ()

    def line(self) -> str:
        """The JSON line."""
        row = asdict(self) | {"redactions": dict(self.redactions)}
        return json.dumps(row, ensure_ascii=False) + "\n"


# reason -> (job, stage) of the drops that the sample plants.
_PLACES = {
    "http_status": ("extract", "ingest"),
    "not_html": ("extract", "ingest"),
    "revisit": ("extract", "ingest"),
    "empty_body": ("extract", "ingest"),
    "truncated_body": ("extract", "ingest"),
    "damaged_archive": ("extract", "ingest"),
    "blocked_site": ("extract", "screen"),
    "wrong_language": ("extract", "*"),  # before extraction where it is plain, else after it
    "opt_out": ("extract", "screen"),
    "no_text": ("extract", "extract"),
    "robots_opt_out": ("exact", "screen"),
    "duplicate_url": ("exact", "dedup"),
    "duplicate_text": ("exact", "dedup"),
    "near_duplicate": ("near", "dedup"),
    "benchmark_hit": ("mix", "mix"),
    "*": ("curate", "quality"),
}


def dropped(truth: Truth, reason: str, may_drop: tuple[str, ...] = ()) -> Truth:
    """`truth` with the fate of a record that is dropped for `reason`."""
    job, stage = _PLACES[reason]
    return replace(
        truth,
        fate="dropped",
        job=job,
        stage=stage,
        reason=reason,
        may_drop=may_drop,
        cited=False,
        redactions=() if job == "extract" else truth.redactions,
    )


@dataclass(frozen=True, slots=True)
class Capture:
    """One response or revisit with its truth."""

    truth: Truth
    title: str
    date: str
    body: bytes = b""
    status: str = "200 OK"
    headers: tuple[tuple[str, str], ...] = ()
    payload_type: str = "text/html"
    truncated: str = ""  # WARC-Truncated
    revisit_of: str = ""  # WARC-Date of the capture that a revisit refers to
    damaged: bool = False

"""`gristmill status`: which jobs of a run are complete, and their counts."""

import json
import sys

from rich.console import Console
from rich.table import Table

from pipeline.frame.manifests import JobState, job_states
from pipeline.jobs import JOBS


def show_status(out: str, as_json: bool) -> None:
    """A table on stderr, or the same as JSON on stdout."""
    states = job_states(out, tuple(job.name for job in JOBS))
    if as_json:
        json.dump(
            {"jobs": {state.job: state_json(state) for state in states}}, sys.stdout, indent=2
        )
        sys.stdout.write("\n")
        return
    Console(file=sys.stderr, highlight=False).print(status_table(states))


def state_json(state: JobState) -> dict[str, object]:
    return {
        "path": state.path,
        "fingerprint": state.fingerprint,
        "state": state.state,
        "in": state.came_in,
        "kept": state.kept,
        "dropped": state.dropped,
    }


def status_table(states: list[JobState]) -> Table:
    table = Table()
    for heading in ("job", "state"):
        table.add_column(heading)
    for heading in ("in", "kept", "dropped"):
        table.add_column(heading, justify="right")
    table.add_column("folder")
    for state in states:
        figures = (state.came_in, state.kept, sum(state.dropped.values()))
        table.add_row(state.job, state.state, *(f"{n:,}" for n in figures), state.path)
    return table

"""`gristmill status`: which jobs of a run are complete, and their counts."""

from rich.table import Table

from pipeline.frame.job_states import JobState, job_states
from pipeline.jobs import JOBS
from pipeline.terminal import console, print_json


def show_status(out: str, as_json: bool) -> None:
    """A table on stderr, or the same as JSON on stdout."""
    if as_json:
        print_json(status_json(out))
        return
    console().print(status_table(_states(out)))


def status_json(out: str) -> dict[str, dict[str, dict[str, object]]]:
    """{"jobs": {job: {"path", "fingerprint", "state", "in", "kept", "dropped"}}} of the last run.

    Raises UsageError where `out` holds no run.
    """
    return {"jobs": {state.job: state_json(state) for state in _states(out)}}


def _states(out: str) -> list[JobState]:
    return job_states(out, tuple(job.name for job in JOBS))


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
    table.add_column("folder", overflow="fold")
    for state in states:
        figures = (state.came_in, state.kept, sum(state.dropped.values()))
        table.add_row(state.job, state.state, *(f"{n:,}" for n in figures), state.path)
    return table

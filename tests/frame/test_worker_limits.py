"""Limits: what is too little for local workers is told before they begin."""

import resource
import threading

import pytest

from pipeline.errors import MachineError
from pipeline.frame.engines.worker_limits import check_limits, check_threads

PLENTY = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> dict[int, tuple[int, int]]:
    """Limits of which there are plenty but for those that a test sets."""
    found: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr(resource, "getrlimit", lambda kind: found.get(kind, PLENTY))
    monkeypatch.setattr(resource, "setrlimit", found.__setitem__)
    return found


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (resource.RLIMIT_NOFILE, r"^2 local workers need 48 open files; .*ulimit -n 48"),
        (resource.RLIMIT_AS, r"^2 local workers need 3\.2 GiB of addresses; .*ulimit -v 3407872"),
    ],
)
def test_a_low_limit_is_told_with_what_is_needed(
    limits: dict[int, tuple[int, int]], kind: int, said: str
) -> None:
    limits[kind] = (16, 16)
    with pytest.raises(MachineError, match=said):
        check_limits(2)


def test_a_low_limit_that_may_be_raised_is(limits: dict[int, tuple[int, int]]) -> None:
    limits[resource.RLIMIT_NOFILE] = (16, 4096)
    check_limits(2)
    assert limits[resource.RLIMIT_NOFILE] == (48, 4096)


def test_threads_that_cannot_start_are_missed_before_any_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    start, before = threading.Thread.start, threading.active_count()

    def few(thread: threading.Thread) -> None:
        if threading.active_count() > before + 4:
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", few)
    check_threads(5)
    with pytest.raises(RuntimeError, match="can't start new thread"):
        check_threads(6)
    assert threading.active_count() == before

"""What local workers need of the machine, looked at before they begin.

Where a thread or a file is missing later, gRPC aborts the process or waits for ever.
"""

import resource
import threading

from pipeline.errors import MachineError

# Peaks of the driver on the embedded sample, with 2 and with 6 workers: 26 and 38 open files, 35
# and 68 threads, 2.7 and 3.0 GiB of addresses (stacks and arenas of threads, hardly any used).
_FILES, _FILES_A_WORKER = 32, 8
_THREADS, _THREADS_A_WORKER = 24, 10
_ADDRESSES, _ADDRESSES_A_WORKER = 3 << 30, 1 << 27


def check_limits(workers: int) -> None:
    """Raises MachineError where a limit is too low for so many local workers."""
    files = _FILES + _FILES_A_WORKER * workers
    if _below(resource.RLIMIT_NOFILE, files):
        raise MachineError(
            f"{workers} local workers need {files} open files; raise the limit (ulimit -n "
            f"{files}), or take fewer workers, then run again"
        )
    addresses = _ADDRESSES + _ADDRESSES_A_WORKER * workers
    if _below(resource.RLIMIT_AS, addresses):
        raise MachineError(
            f"{workers} local workers need {addresses / 2**30:.1f} GiB of addresses; raise the "
            f"limit (ulimit -v {addresses >> 10}), or take --workers 1, then run again"
        )
    check_threads(_THREADS + _THREADS_A_WORKER * workers)


def _below(limit: int, needed: int) -> bool:
    """Whether a limit is below what is needed, after it is raised as far as it may be."""
    soft, hard = resource.getrlimit(limit)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return False
    if hard != resource.RLIM_INFINITY and hard < needed:
        return True
    resource.setrlimit(limit, (needed, hard))
    return False


def check_threads(count: int) -> None:
    """Raises RuntimeError, as threads do, where so many cannot be started at once."""
    over = threading.Event()
    started: list[threading.Thread] = []
    try:
        for _ in range(count):
            thread = threading.Thread(target=over.wait, daemon=True)
            thread.start()
            started.append(thread)
    finally:
        over.set()
        for thread in started:
            thread.join()

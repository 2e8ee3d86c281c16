"""What a command costs with all its descendants, orphans and fork servers among them.

    python tests/benchmarks/process_costs.py COMMAND [ARGUMENT ...]

The kernel counts a process's CPU time for whoever waits for it. A worker whose parent has died is
waited for by init, or by the nearest ancestor that has asked to be asked (a "subreaper"): this
process. So the sum over all that it waits for is the CPU time of all processes, once. Memory is the
sum over the processes at one time, shared pages by part, sampled. Prints one line of JSON.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

SUBREAPER = 36  # prctl's PR_SET_CHILD_SUBREAPER
SAMPLE_SECONDS = 0.2
ORPHAN_SECONDS = 20  # that what is left behind has to end


@dataclass(frozen=True)
class Cost:
    """CPU and wall seconds, and the most bytes of all processes together."""

    cpu: float
    wall: float
    peak: int
    status: int


def cost_of(
    command: list[str], cwd: Path, env: dict[str, str] | None = None, log: Path | None = None
) -> Cost:
    """What `command` costs; raises CalledProcessError where it fails. Output goes to `log`."""
    warden = [sys.executable, __file__, *command]
    with (log or Path(os.devnull)).open("ab") as told:
        done = subprocess.run(
            warden, cwd=cwd, env=env or os.environ, stdout=subprocess.PIPE, stderr=told, check=True
        )
    found = Cost(**json.loads(done.stdout.splitlines()[-1]))
    if found.status:
        raise subprocess.CalledProcessError(found.status, command)
    return found


def watched(command: list[str]) -> Cost:
    """Runs `command` and waits for all that it leaves behind."""
    if ctypes.CDLL(None, use_errno=True).prctl(SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no subreaper on this system")
    peak, done = [0], threading.Event()
    watch = threading.Thread(target=_sample, args=(peak, done))
    begun = time.monotonic()
    first = subprocess.Popen(command, stdout=sys.stderr)
    watch.start()
    cpu, status, wall = 0.0, 0, 0.0
    while True:
        try:
            pid, code, used = os.wait4(-1, 0)
        except ChildProcessError:
            break
        cpu += used.ru_utime + used.ru_stime
        if pid == first.pid:
            status, wall = os.waitstatus_to_exitcode(code), time.monotonic() - begun
            threading.Timer(ORPHAN_SECONDS, _end_orphans).start()
    done.set()
    watch.join()
    return Cost(cpu, wall, peak[0], status)


def _end_orphans() -> None:
    for process in psutil.Process().children(recursive=True):
        process.send_signal(signal.SIGTERM)


def _sample(peak: list[int], done: threading.Event) -> None:
    own = psutil.Process()
    while not done.wait(SAMPLE_SECONDS):
        peak[0] = max(peak[0], sum(map(memory_of, own.children(recursive=True))))


def memory_of(process: psutil.Process) -> int:
    """Bytes of memory, those shared with others by part; 0 of a process that is gone."""
    try:
        return int(process.memory_full_info().pss)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0


if __name__ == "__main__":
    cost = watched(sys.argv[1:])
    print(json.dumps(asdict(cost)), flush=True)
    os._exit(0)  # a timer may still wait

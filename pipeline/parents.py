"""Children that never outlive the process that has started them."""

import ctypes
import os
import signal
import sys
import threading
import time

POLL_SECONDS = 0.5
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def child_command(source: str) -> list[str]:
    """The command that runs `source` in a Python that finds the modules this one finds.

    That process ends when the thread that starts it does: start it from one that stays.
    """
    first = (
        f"import sys; sys.path[:] = {sys.path!r}; "
        f"from pipeline.parents import end_with_parent; end_with_parent({os.getpid()})"
    )
    return [sys.executable, "-c", f"{first}\n{source}"]


def end_with_parent(parent: int) -> None:
    """Lets this process end as soon as `parent` has, which started it.

    On Linux the kernel sees to it (prctl(2), PR_SET_PDEATHSIG): a thread of ours could not while C
    code holds the interpreter. Elsewhere a thread looks.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL))
    else:
        threading.Thread(target=_look, args=(parent,), daemon=True).start()
    if os.getppid() != parent:  # it had ended before
        os._exit(1)


def _look(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    os._exit(1)

"""What Beam tells of a failure besides raising it."""

import logging
from typing import Any

# Each tells with its traceback what it raises as well, once a worker and once for each attempt.
_RAISED_TOO = (
    "apache_beam.runners.common",
    "apache_beam.runners.worker.data_plane",
    "apache_beam.runners.worker.sdk_worker",
)


def quiet_failures() -> None:
    """Leaves what a graph raises to whoever catches it."""
    for name in _RAISED_TOO:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def quiet_prints() -> None:
    """The same for what is printed, which is more than noise: where stderr is a file on the disk
    that is full, it raises, the failure is never answered, and the runner waits for ever.
    """
    from apache_beam.runners.worker import sdk_worker

    sdk_worker.print = _nothing


def _nothing(*_: Any, **__: Any) -> None:
    pass

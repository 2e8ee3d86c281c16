"""Who takes which slice of a list: workers of one machine, each the next one when it is free.

Beam's local runner deals elements to its workers before they begin, and knows nothing of what they
cost: one worker was idle for a tenth of a job while another had units left.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_BYTES = 8


@dataclass(frozen=True)
class Claims:
    """Numbers from 0 on, each given once, to whichever process asks."""

    path: str
    workers: int  # that will ask

    def next(self) -> int:
        """The next number."""
        with open(self.path, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            number = int.from_bytes(file.read(_BYTES), "little")
            file.seek(0)
            file.write((number + 1).to_bytes(_BYTES, "little"))
        return number


@contextmanager
def claims(workers: int) -> Iterator[Claims]:
    """Claims for so many workers, kept in a file of this machine while the block lasts."""
    number, path = tempfile.mkstemp(prefix="gristmill-claims-")
    os.close(number)
    try:
        yield Claims(path, workers)
    finally:
        os.unlink(path)

"""Who takes which slice of a list: workers of one machine, each the next one when it is free.

Beam's local runner deals elements to its workers before they begin, and knows nothing of what they
cost: one worker was idle for a tenth of a job while another had units left.
"""

import fcntl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_BYTES = 8


@dataclass(frozen=True)
class Claims:
    """Numbers from 0 on, each given once, to whichever process asks."""

    folder: str  # of this machine, while the claims last
    workers: int  # that will ask

    @property
    def listed(self) -> str:
        """Where the list lies whose slices are claimed: a store would be asked by every worker."""
        return f"{self.folder}/units.jsonl"

    def next(self) -> int:
        """The next number."""
        with open(f"{self.folder}/next", "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            number = int.from_bytes(file.read(_BYTES), "little")
            file.seek(0)
            file.write((number + 1).to_bytes(_BYTES, "little"))
        return number


@contextmanager
def claims(workers: int) -> Iterator[Claims]:
    """Claims for so many workers, while the block lasts."""
    with tempfile.TemporaryDirectory(prefix="gristmill-claims-") as folder:
        Path(folder, "next").touch()
        yield Claims(folder, workers)

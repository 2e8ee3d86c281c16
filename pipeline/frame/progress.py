"""Live progress on stderr: units done of all, pages per second, kept share, time left.

A bar on a terminal, one line a minute elsewhere. It reads the markers that parts leave, so it tells
what is safe on disk and not what is in flight.
"""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console

from pipeline.document import Unit
from pipeline.frame import parts

POLL_SECONDS = 1.0
LINE_SECONDS = 60.0


@dataclass
class Tally:
    """What the markers say so far; `seen` are the markers already read."""

    units: int = 0
    pages: int = 0
    kept: int = 0
    seen: set[str] = field(default_factory=set)

    def update(self, folder: str, wanted: set[str]) -> None:
        for name in parts.committed(folder) - self.seen:
            self.seen.add(name)
            if name.rpartition(".")[0] not in wanted:
                continue
            part = parts.read_part(folder, name)
            self.units += part.last
            self.pages += part.came_in
            self.kept += part.kept


def line(job: str, tally: Tally, total: int, before: int, seconds: float) -> str:
    """One line of progress; `before` of the `total` units were done when the job began."""
    rate = tally.pages / seconds if seconds > 0 else 0.0
    kept = tally.kept / tally.pages if tally.pages else 0.0
    todo = total - before
    left = seconds / tally.units * (todo - tally.units) if tally.units else None
    until = "?" if left is None else f"{int(left // 60)}:{int(left % 60):02d}"
    return (
        f"{job:8} {before + tally.units}/{total} units  {rate:,.0f} pages/s  "
        f"kept {kept:.1%}  left {until}"
    )


@dataclass
class Progress:
    """Prints the progress of jobs; `quiet` prints nothing."""

    quiet: bool = False
    console: Console = field(default_factory=lambda: Console(file=sys.stderr))

    @contextmanager
    def job(self, name: str, folder: str, units: list[Unit], missing: list[Unit]) -> Iterator[None]:
        """Watches a job's folder while the block runs."""
        stop = threading.Event()
        wanted = {unit.name for unit in missing}
        arguments = (stop, name, folder, len(units), wanted)
        watcher = threading.Thread(target=self._watch, args=arguments, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            stop.set()
            watcher.join()

    def _watch(
        self, stop: threading.Event, name: str, folder: str, total: int, wanted: set[str]
    ) -> None:
        tally, begun, told = Tally(seen=parts.committed(folder)), time.monotonic(), time.monotonic()
        tally.seen -= {n for n in tally.seen if n.rpartition(".")[0] in wanted}
        before = total - len(wanted)
        status = self.console.status("") if self.console.is_terminal and not self.quiet else None
        if status:
            status.start()
        while not stop.wait(POLL_SECONDS):
            tally.update(folder, wanted)
            now = time.monotonic()
            text = line(name, tally, total, before, now - begun)
            if status:
                status.update(text)
            elif not self.quiet and now - told >= LINE_SECONDS:
                told = now
                self.console.print(text, highlight=False)
        if status:
            status.stop()
        tally.update(folder, wanted)
        if not self.quiet:
            self.console.print(
                line(name, tally, total, before, time.monotonic() - begun), highlight=False
            )

"""Live progress on stderr: units done of all, pages per second, kept share, time left.

A bar on a terminal, one line a minute elsewhere. It lists the markers that parts leave, so it tells
what is safe on disk and not what is in flight. Some markers are read, for pages: what the others
say is estimated from these.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice

from rich.console import Console
from rich.text import Text

from pipeline import files
from pipeline.frame import parts
from pipeline.terminal import console

POLL_SECONDS = 1.0
REMOTE_SECONDS = 30.0  # where a listing is a request, and is paid for
LINE_SECONDS = 60.0
LISTING_SHARE = 0.05  # of the time, at most, goes into listing markers
READ_AT_ONCE = 50  # markers


@dataclass
class Tally:
    """What the markers say so far; `seen` are those already counted."""

    units: int = 0
    pages: int = 0
    kept: int = 0
    seen: set[str] = field(default_factory=set)

    def update(self, folder: str) -> None:
        new = parts.markers(folder) - self.seen
        self.seen |= new
        self.units += len(parts.finished(new))
        found = [parts.read_marker(folder, name) for name in islice(sorted(new), READ_AT_ONCE)]
        if found:
            self.pages += sum(part.came_in for part in found) * len(new) // len(found)
            self.kept += sum(part.kept for part in found) * len(new) // len(found)


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
    console: Console = field(default_factory=console)

    def tell(self, sentence: str) -> None:
        """Says what a run has found and goes on with."""
        if not self.quiet:
            self.console.print(sentence)

    @contextmanager
    def job(
        self, name: str, folder: str, total: int, missing: int, seen: set[str]
    ) -> Iterator[None]:
        """Watches a job's folder while the block runs, in which `missing` of `total` units run.

        `seen` are the markers that were there before.
        """
        if self.quiet:
            yield
            return
        stop = threading.Event()
        arguments = (stop, name, folder, total, total - missing, Tally(seen=set(seen)))
        watcher = threading.Thread(target=self._watch, args=arguments, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            stop.set()
            watcher.join()

    def _watch(
        self,
        stop: threading.Event,
        name: str,
        folder: str,
        total: int,
        before: int,
        tally: Tally,
    ) -> None:
        begun = told = time.monotonic()
        status = self.console.status("") if self.console.is_terminal else None
        if status:
            status.start()
        pause = least = POLL_SECONDS if files.is_local(folder) else REMOTE_SECONDS
        while not stop.wait(pause):
            began = time.monotonic()
            tally.update(folder)
            now = time.monotonic()
            pause = max(least, (now - began) / LISTING_SHARE)
            text = line(name, tally, total, before, now - begun)
            if status:
                status.update(Text(text))
            elif now - told >= LINE_SECONDS:
                told = now
                self.console.print(text)
        if status:
            status.stop()
        tally.update(folder)
        text = line(name, tally, total, before, time.monotonic() - begun)
        self.console.print(text)

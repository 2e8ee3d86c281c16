"""Files whose plans are not known are opened and looked at, in threads."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import requests

from pipeline.files.stamps import Stamp
from pipeline.ingest.planning.addresses import hide, shown
from pipeline.ingest.planning.input_plans import InputPlan, InputPlans
from pipeline.ingest.remote.file_ends import Ends, open_ends
from pipeline.ingest.remote.opening import is_web, stamp_of
from pipeline.ingest.remote.web_server import web_session

THREADS = 16  # they wait for a disk or the network, not for a core
_TOGETHER = 64  # most files that a thread takes at once

# (path, file, bytes of a range) to the length and piece of a plan; UsageError for another format.
Look = Callable[[str, Ends, int], tuple[int, int]]
T = TypeVar("T")
S = TypeVar("S")


def plan_files(
    found: Mapping[str, Stamp | None],
    format: str,
    step: int,
    look: Look,
    plans: InputPlans,
    private: bool = False,
) -> list[InputPlan]:
    """The plans of files by path, with the stamps of those that a list has told; into `plans` too.

    `private` is as `web_session` has it. Raises UsageError for the first path that is missing or
    not of the format, and where two have one name.
    """
    hide(found, plans.addresses)
    with web_session(THREADS, private) as session:
        planner = _Planner(format, step, look, plans, session)
        made = in_threads(lambda item: planner.plan(*item), found.items())
    for plan in made:
        plans.add(plan)
    return made


@dataclass(frozen=True)
class _Planner:
    format: str
    step: int
    look: Look
    plans: InputPlans
    session: requests.Session

    def plan(self, path: str, stamp: Stamp | None) -> InputPlan:
        name = shown(path)
        made = self.plans.made(name, self.format, self.step)
        if made is not None:
            return made
        if stamp is None and (self.plans.has(name) or not is_web(path)):
            stamp = stamp_of(path, self.session)  # else the first request for its bytes tells
        if stamp is not None:
            kept = self.plans.believed(name, stamp, self.format, self.step)
            if kept is not None:
                return kept
        return self._looked_at(path, stamp)

    def _looked_at(self, path: str, stamp: Stamp | None) -> InputPlan:
        with open_ends(path, stamp, self.session) as file:
            name = shown(path)
            cut = self.look(name, file, self.step)
            change = file.stamp.change
            return InputPlan(name, file.size, change, file.mark, self.format, self.step, *cut)


def in_threads(function: Callable[[S], T], items: Iterable[S]) -> list[T]:
    """What `function` gives for each item, in order."""
    wanted = list(items)
    size = max(1, min(_TOGETHER, len(wanted) // (4 * THREADS)))
    chunks = [wanted[i : i + size] for i in range(0, len(wanted), size)]
    with ThreadPoolExecutor(THREADS) as pool:
        done = pool.map(lambda chunk: [function(item) for item in chunk], chunks)
        return [one for some in done for one in some]

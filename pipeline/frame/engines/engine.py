"""Where pipelines run: here if their data is little, else on Beam's local runner over our worker
pool, or any other runner by name.
"""

import logging
import os
import re
import resource
import sys
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import psutil

from pipeline.errors import CheckError, DamageError, GristmillError, MachineError, UsageError
from pipeline.frame.engines.beam_noise import quiet_failures, quiet_prints
from pipeline.frame.engines.claims import Claims, claims
from pipeline.frame.engines.collector import rare_collections
from pipeline.frame.engines.in_process import run_here
from pipeline.frame.engines.workers import WorkerPool, worker_pool
from pipeline.frame.graph import Transform
from pipeline.frame.unit_lists import UnitList, write_units
from pipeline.processes import end_for_want, watching_threads

RUNNERS = {
    "local": "FnApiRunner",
    "flink": "FlinkRunner",
    "dataflow": "DataflowRunner",
    "spark": "SparkRunner",
    "prism": "PrismRunner",
}
_KINDS = {kind.__name__: kind for kind in (UsageError, CheckError, DamageError, MachineError)}
_OURS = re.compile(rf"pipeline\.errors\.({'|'.join(_KINDS)}): (.+)")

LITTLE_BYTES = 4 << 20  # of archives whose pages are extracted: about four seconds of work


@dataclass
class Engine:
    """Runs pipelines one after the other and adds up what their stages cost.

    A pipeline whose units make no more work than extracting pages of `little` bytes runs in this
    process, on any runner: an engine takes longer to begin. 0 sends every pipeline to the engine.
    """

    runner: str = "local"
    workers: int = 1
    options: tuple[str, ...] = ()  # Beam's own options, for runners other than local
    little: int = LITTLE_BYTES
    modules: tuple[str, ...] = ()  # imported once for all local workers
    pool: WorkerPool | None = None  # of local workers, once they have been needed
    cpu: dict[str, float] = field(default_factory=dict)  # seconds by stage
    stack: ExitStack = field(default_factory=ExitStack)  # what ends with the run

    def run(
        self,
        units: UnitList,
        listed: str,
        graph: Transform,
        folder: str = "",
        work: float = 1.0,
    ) -> None:
        """Runs `graph` over `units` to the end; its exceptions propagate.

        `listed` is where their list is written, unless a pool of workers here claims them. Units
        that have left all their parts in `folder` by the time they are begun are passed over. A
        byte makes so much `work` beside one of a page that is extracted.
        """
        if self._is_little(units, work):
            run_here(graph, units, self.count)
            return
        self._begin_pool()  # its server may import while we do
        import apache_beam as beam

        from pipeline.frame.engines.beam_graph import CPU_COUNTERS, deal, over

        quiet_prints()
        with _sentences(), self._claims() as claimed:
            listed = claimed.listed if claimed else listed
            write_units(listed, units, self.workers)
            pipeline = beam.Pipeline(runner=self._runner(), options=self._options())
            over(graph, deal(pipeline, listed, folder, claimed))
            result = pipeline.run()
            result.wait_until_finish()
        for counter in result.metrics().query()["counters"]:
            if counter.key.metric.namespace == CPU_COUNTERS:
                self.count(counter.key.metric.name, counter.committed or 0)

    def prepare(self, units: UnitList, work: float) -> None:
        """Begins what `run` needs for them. Before there are threads workers begin at less cost."""
        if not self._is_little(units, work):
            self._begin_pool()

    def _is_little(self, units: UnitList, work: float) -> bool:
        return bool(self.little) and units.bytes * work <= self.little

    def count(self, stage: str, microseconds: int) -> None:
        """Adds CPU time to that of a stage."""
        self.cpu[stage] = self.cpu.get(stage, 0.0) + microseconds / 1e6

    @contextmanager
    def measured(self, stage: str) -> Iterator[None]:
        """Counts what a block in the driver takes, its child processes included."""
        before = own_seconds()
        try:
            yield
        finally:
            self.count(stage, int((own_seconds() - before) * 1e6))

    @property
    def peak_bytes(self) -> int:
        """The most bytes that a worker has held, once all have ended."""
        return self.pool.peak_bytes if self.pool else own_peak()

    def available_bytes(self) -> int:
        """Memory that rows may take: what is free here, and no bound on runners that spill."""
        if self.runner != "local":
            return sys.maxsize
        available: int = psutil.virtual_memory().available
        return available

    def _runner(self) -> Any:
        from apache_beam.runners.portability.fn_api_runner import FnApiRunner
        from apache_beam.transforms import environments

        if self.runner != "local":
            return RUNNERS[self.runner]
        if self.workers == 1:
            return FnApiRunner()
        assert self.pool is not None
        return FnApiRunner(default_environment=environments.ExternalEnvironment(self.pool.address))

    def _claims(self) -> AbstractContextManager[Claims | None]:
        """By which workers of this machine take units; others are dealt them."""
        return nullcontext() if self.pool is None else claims(self.workers)

    def _begin_pool(self) -> None:
        """Starts the pool of a local runner of several workers, if it has not been."""
        if self.runner == "local" and self.workers > 1 and self.pool is None:
            self.pool = self.stack.enter_context(worker_pool(self.workers, self.modules))

    def _options(self) -> Any:
        from apache_beam.options.pipeline_options import PipelineOptions

        local = [f"--direct_num_workers={self.workers}"] if self.runner == "local" else []
        return PipelineOptions([*local, "--job_name=gristmill", *self.options])


@contextmanager
def engine(
    runner: str,
    workers: int,
    options: tuple[str, ...] = (),
    modules: tuple[str, ...] = (),
    little: int = LITTLE_BYTES,
) -> Iterator[Engine]:
    """An engine for a whole run; local workers begin with the first pipeline that needs them."""
    check_engine(runner, workers)
    with ExitStack() as stack, watching_threads(end_for_want), rare_collections():
        yield Engine(runner, workers, options, little, modules, stack=stack)


def check_engine(runner: str, workers: int) -> None:
    """Raises UsageError for a runner that is not known or too few workers."""
    if runner not in RUNNERS:
        raise UsageError(f"unknown runner {runner!r}; known are {', '.join(RUNNERS)}")
    if workers < 1:
        raise UsageError(f"--workers {workers} is too few; give 1 or more")


def quiet() -> None:
    """Beam warns of what our users need not know: optional packages, modes chosen on purpose."""
    logging.getLogger().setLevel(logging.ERROR)
    quiet_failures()
    warnings.filterwarnings("ignore", module="apache_beam.*")


@contextmanager
def silenced() -> Iterator[None]:
    """`quiet` for a block, in a program that has a log of its own.

    The root logger is left as it was: some of Beam's modules would give it a handler where it has
    none, and a later `logging.basicConfig` would do nothing.
    """
    root = logging.getLogger()
    level = root.level
    guard = None if root.handlers else logging.lastResort
    if guard:
        root.addHandler(guard)
    with warnings.catch_warnings():
        quiet()
        try:
            yield
        finally:
            root.setLevel(level)
            if guard:
                root.removeHandler(guard)


def default_workers() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def own_seconds() -> float:
    """CPU seconds of this process and of its children, and theirs, that have ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def own_peak() -> int:
    """The most bytes that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@contextmanager
def _sentences() -> Iterator[None]:
    """Turns our own errors, which come back from workers as text, into what they were."""
    try:
        yield
    except GristmillError as error:
        raise type(error)(_without_place(str(error))) from None
    except RuntimeError as error:
        found = _OURS.findall(str(error))
        if not found:
            raise
        kind, sentence = found[-1]
        raise _KINDS[kind](_without_place(sentence)) from None


def _without_place(sentence: str) -> str:
    """The sentence without the place in the graph that Beam adds."""
    return re.sub(r" \[while running .*", "", sentence, flags=re.DOTALL)

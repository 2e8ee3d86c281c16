"""Where pipelines run: Beam's local runner over our worker pool, or any other runner by name."""

import logging
import os
import re
import resource
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psutil

from pipeline.errors import CheckError, GristmillError, UsageError
from pipeline.frame.workers import Usage, WorkerPool, worker_pool

RUNNERS = {
    "local": "FnApiRunner",
    "flink": "FlinkRunner",
    "dataflow": "DataflowRunner",
    "spark": "SparkRunner",
    "prism": "PrismRunner",
}
_OURS = re.compile(r"pipeline\.errors\.(UsageError|CheckError): (.+)")


@dataclass
class Engine:
    """Runs pipelines one after the other and adds up what their stages cost."""

    runner: str = "local"
    workers: int = 1
    options: tuple[str, ...] = ()  # Beam's own options, for runners other than local
    pool: WorkerPool | None = None
    cpu: dict[str, float] = field(default_factory=dict)  # seconds by stage
    usage: Usage = field(default_factory=Usage)

    def run(self, graph: Any) -> None:
        """Runs `graph`, a transform of a pipeline's root, to the end; its exceptions propagate."""
        import apache_beam as beam

        with _sentences():
            pipeline = beam.Pipeline(runner=self._runner(), options=self._options())
            pipeline | graph
            result = pipeline.run()
            result.wait_until_finish()
        self._count(result)

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
        if self.pool is None:
            return FnApiRunner()
        return FnApiRunner(default_environment=environments.ExternalEnvironment(self.pool.address))

    def _options(self) -> Any:
        from apache_beam.options.pipeline_options import PipelineOptions

        local = [f"--direct_num_workers={self.workers}"] if self.runner == "local" else []
        return PipelineOptions([*local, "--job_name=gristmill", *self.options])

    def _count(self, result: Any) -> None:
        for counter in result.metrics().query()["counters"]:
            if counter.key.metric.namespace == "cpu_microseconds":
                stage = counter.key.metric.name
                self.cpu[stage] = self.cpu.get(stage, 0.0) + (counter.committed or 0) / 1e6


@contextmanager
def engine(
    runner: str, workers: int, options: tuple[str, ...] = (), modules: tuple[str, ...] = ()
) -> Iterator[Engine]:
    """An engine for a whole run; with local workers, their pool lives as long as it.

    `modules` are imported once for all local workers.
    """
    check_engine(runner, workers)
    if runner != "local" or workers == 1:
        yield Engine(runner, workers, options)
        return
    with worker_pool(modules) as pool:
        yield Engine(runner, workers, options, pool, usage=pool.usage)


def check_engine(runner: str, workers: int) -> None:
    """Raises UsageError for a runner that is not known or too few workers."""
    if runner not in RUNNERS:
        raise UsageError(f"unknown runner {runner!r}; known are {', '.join(RUNNERS)}")
    if workers < 1:
        raise UsageError(f"--workers {workers} is too few; give 1 or more")


def quiet() -> None:
    """Beam warns of what our users need not know: optional packages, modes chosen on purpose."""
    logging.getLogger().setLevel(logging.ERROR)
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


def own_usage() -> tuple[float, int]:
    """CPU seconds and peak bytes of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024


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
        ours = {"UsageError": UsageError, "CheckError": CheckError}[kind]
        raise ours(_without_place(sentence)) from None


def _without_place(sentence: str) -> str:
    """The sentence without the place in the graph that Beam adds."""
    return re.sub(r" \[while running .*", "", sentence, flags=re.DOTALL)

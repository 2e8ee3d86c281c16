"""Local workers: processes forked from one warm server, so imports are paid once a run.

Beam's FnApiRunner asks an external worker pool for its workers. Ours forks each from a server
process that has imported everything already (0.1 s instead of 3 s), so that a pipeline may be
short. A worker ends itself when the run that asked for it is gone.
"""

import multiprocessing
import os
import resource
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from typing import Any

import psutil

from pipeline.terminal import say

BEAM_FIRST = "pipeline.frame.engines.preload"
POLL_SECONDS = 0.5
LOST_WORKER = 70  # exit code of a run that has lost a worker (EX_SOFTWARE)


@dataclass
class Usage:
    """What the workers of a run have used, as far as they have ended."""

    cpu_seconds: float = 0.0
    peak_bytes: int = 0  # of the largest worker

    def add(self, cpu_seconds: float, peak_bytes: int) -> None:
        self.cpu_seconds += cpu_seconds
        self.peak_bytes = max(self.peak_bytes, peak_bytes)


@dataclass
class WorkerPool:
    """The address Beam asks for workers, and the workers it was given."""

    address: str
    usage: Usage
    processes: list[BaseProcess] = field(default_factory=list)
    # An exit code can be read once: a second thread that asks at that moment is told 255. Starting
    # a process asks for the codes of all others, too.
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, process: BaseProcess) -> None:
        with self.lock:
            process.start()
            self.processes.append(process)

    def check(self) -> None:
        """Ends the whole run, loudly, when a worker was killed: Beam would wait for it for ever."""
        with self.lock:
            codes = [process.exitcode for process in self.processes]
        for code in codes:
            if code not in (None, 0):
                say(
                    f"gristmill: a worker process was killed (exit code {code}), most likely for "
                    "want of memory; start the run again with fewer workers"
                )
                os._exit(LOST_WORKER)


@contextmanager
def worker_pool(modules: Sequence[str] = ()) -> Iterator[WorkerPool]:
    """Starts the fork server, which imports `modules`, and the service that Beam asks; stops both
    at the end.
    """
    import grpc
    from apache_beam.portability.api import beam_fn_api_pb2_grpc
    from apache_beam.utils import thread_pool_executor

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([BEAM_FIRST, *modules])
    reports = context.SimpleQueue()
    server = grpc.server(thread_pool_executor.shared_unbounded_instance())
    port = server.add_insecure_port("localhost:0")
    pool = WorkerPool(f"localhost:{port}", Usage())
    servicer = _servicer(context, reports, pool)
    beam_fn_api_pb2_grpc.add_BeamFnExternalWorkerPoolServicer_to_server(servicer, server)
    server.start()
    stop = threading.Event()
    threading.Thread(target=_guard, args=(pool, stop), daemon=True).start()
    try:
        yield pool
    finally:
        stop.set()
        server.stop(None)
        _gather(pool, reports)


def _guard(pool: WorkerPool, stop: threading.Event) -> None:
    while not stop.wait(POLL_SECONDS):
        pool.check()


def _servicer(context: ForkServerContext, reports: Any, pool: WorkerPool) -> Any:
    from apache_beam.portability.api import beam_fn_api_pb2, beam_fn_api_pb2_grpc

    class Servicer(beam_fn_api_pb2_grpc.BeamFnExternalWorkerPoolServicer):  # type: ignore[misc]
        def StartWorker(self, request: Any, _context: Any) -> Any:
            arguments = (request.control_endpoint.url, request.worker_id, reports)
            pool.start(context.Process(target=serve, args=arguments, daemon=True))
            return beam_fn_api_pb2.StartWorkerResponse()

        def StopWorker(self, _request: Any, _context: Any) -> Any:
            return beam_fn_api_pb2.StopWorkerResponse()

    return Servicer()


def _gather(pool: WorkerPool, reports: Any) -> None:
    with pool.lock:
        for process in pool.processes:
            process.join(timeout=10)
    while not reports.empty():
        pool.usage.add(*reports.get())
    for server in psutil.Process().children():  # workers were forked from it: no child of ours
        used = server.cpu_times()
        pool.usage.add(used.user + used.system, 0)


def serve(control_address: str, worker_id: str, reports: Any) -> None:
    """Runs one Beam worker until its pipeline ends, then reports CPU seconds and peak bytes."""
    import grpc
    from apache_beam.runners.worker.sdk_worker import SdkHarness

    threading.Thread(target=_die_with_parent, args=(os.getppid(),), daemon=True).start()
    harness = SdkHarness(
        control_address, worker_id=worker_id, state_cache_size=0, data_buffer_time_limit_ms=-1
    )
    with suppress(grpc.RpcError):  # the runner has hung up: its pipeline is over
        harness.run()
    used = resource.getrusage(resource.RUSAGE_SELF)
    reports.put((used.ru_utime + used.ru_stime, used.ru_maxrss * 1024))
    os._exit(0)


def _die_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    os._exit(1)

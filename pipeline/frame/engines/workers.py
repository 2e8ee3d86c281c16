"""Local workers: processes forked from one warm server, so imports are paid once a run.

Beam's FnApiRunner asks an external worker pool for its workers. Ours forks each from a server
process that has imported everything already (0.1 s instead of 3 s), so that a pipeline may be
short. Neither the server nor a worker outlives the run that asked for it.
"""

import json
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO, Any, NoReturn

import psutil

from pipeline.frame.engines.fork_server import PATIENCE_SECONDS
from pipeline.frame.engines.server_process import Server, start_server
from pipeline.frame.engines.worker_limits import check_limits
from pipeline.processes import (
    LACKING,
    closing,
    end,
    end_for_want,
    watching_threads,
)

LOST_WORKER = 70  # exit code of a run that has lost a worker (EX_SOFTWARE)
_GRACE_SECONDS = 0.2  # what ends a whole group of processes is told as what it is, not as a loss
_REMEDY = "most likely for want of memory; start the run again with fewer workers"


@dataclass
class WorkerPool:
    """The server, the workers it has forked that still run, and the address where Beam asks."""

    server: Server
    address: str = ""
    running: set[int] = field(default_factory=set)
    peak_bytes: int = 0  # of the largest worker that has ended
    over: bool = False

    def start(self, address: str, worker: str) -> None:
        """Asks for a worker."""
        assert self.server.stdin is not None
        try:
            self.server.stdin.write(f"{json.dumps([address, worker])}\n".encode())
            self.server.stdin.flush()
        except OSError:
            self._lost_server()

    def listen(self, events: IO[bytes]) -> None:
        """Takes note of workers that start and end; ends the whole run, loudly, when one was
        killed, or their server: Beam would wait for them for ever.
        """
        for line in events:
            self._hear(json.loads(line))
        if not self.over:
            self._lost_server()

    def _hear(self, event: dict[str, Any]) -> None:
        if "lacks" in event:
            end_for_want(event["lacks"])
        if "started" in event:
            self.running.add(event["started"])
            return
        self.running.discard(event["ended"])
        self.peak_bytes = max(self.peak_bytes, event["peak_bytes"])
        code = event["code"]
        if code not in (0, LACKING) and not self.over:
            self._lost(f"a worker process was killed (exit code {code})")

    def _lost_server(self) -> NoReturn:
        with suppress(subprocess.TimeoutExpired):
            self.server.wait(PATIENCE_SECONDS)
        code = self.server.returncode
        self._lost(f"the process that workers are forked from was killed (exit code {code})")

    def _lost(self, what: str) -> NoReturn:
        time.sleep(_GRACE_SECONDS)
        end(LOST_WORKER, f"{what}, {_REMEDY}")

    def kill(self) -> None:
        """Ends the server and all workers now."""
        self.over = True
        server = () if self.server.returncode is not None else (self.server.pid,)
        for pid in (*server, *self.running):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.server.wait()
        end_of_patience = time.monotonic() + 1.0
        while any(_runs(pid) for pid in self.running) and time.monotonic() < end_of_patience:
            time.sleep(0.01)

    def hang_up(self) -> None:
        """Asks for no more workers."""
        assert self.server.stdin is not None
        with suppress(BrokenPipeError):
            self.server.stdin.close()

    def finish(self) -> None:
        """Lets the server end once its workers have."""
        self.over = True
        self.hang_up()
        with suppress(subprocess.TimeoutExpired):
            self.server.wait(2 * PATIENCE_SECONDS)


def _runs(pid: int) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    return False


@contextmanager
def worker_pool(workers: int, modules: Sequence[str] = ()) -> Iterator[WorkerPool]:
    """Starts the fork server, which knows `modules`, and the service that Beam asks; stops both at
    the end. The thread that calls this must live as long as the block.

    Raises MachineError where a limit is too low for so many workers.
    """
    check_limits(workers)
    with (
        tempfile.TemporaryDirectory(prefix="gristmill-", ignore_cleanup_errors=True) as temporary,
        _served(modules, temporary) as pool,
        _asked(pool),
    ):
        yield pool


@contextmanager
def _served(modules: Sequence[str], temporary: str) -> Iterator[WorkerPool]:
    """The fork server and the thread that hears of its workers."""
    read, write = os.pipe()
    with open(read, "rb") as events:
        try:
            server = start_server(write, temporary, modules)
        finally:
            os.close(write)
        pool = WorkerPool(server)
        listener = threading.Thread(target=pool.listen, args=(events,), daemon=True)
        with closing(pool.kill):
            try:
                listener.start()
                yield pool
                pool.finish()
            finally:
                pool.kill()
                pool.hang_up()
                listener.join()


@contextmanager
def _asked(pool: WorkerPool) -> Iterator[None]:
    """The service that Beam asks for workers."""
    import grpc
    from apache_beam.portability.api import beam_fn_api_pb2_grpc
    from apache_beam.utils import thread_pool_executor

    service = grpc.server(thread_pool_executor.shared_unbounded_instance())
    pool.address = f"localhost:{service.add_insecure_port('localhost:0')}"
    servicer = _servicer(pool)
    beam_fn_api_pb2_grpc.add_BeamFnExternalWorkerPoolServicer_to_server(servicer, service)
    service.start()
    try:
        with watching_threads(end_for_want, hung_up=(grpc.RpcError,)):
            yield
    finally:
        service.stop(None)


def _servicer(pool: WorkerPool) -> Any:
    from apache_beam.portability.api import beam_fn_api_pb2, beam_fn_api_pb2_grpc

    class Servicer(beam_fn_api_pb2_grpc.BeamFnExternalWorkerPoolServicer):  # type: ignore[misc]
        def StartWorker(self, request: Any, _context: Any) -> Any:
            pool.start(request.control_endpoint.url, request.worker_id)
            return beam_fn_api_pb2.StartWorkerResponse()

        def StopWorker(self, _request: Any, _context: Any) -> Any:
            return beam_fn_api_pb2.StopWorkerResponse()

    return Servicer()

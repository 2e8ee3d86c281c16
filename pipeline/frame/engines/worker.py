"""What a local worker does. The server that workers are forked from imports this first: Beam,
before it can warn.
"""

import logging

from pipeline.frame.engines.beam_noise import quiet_failures, quiet_prints

quiet_failures()
logging.getLogger().setLevel(logging.ERROR)  # Beam warns at import of optional packages

import grpc  # noqa: E402
from apache_beam.runners.worker.sdk_worker import SdkHarness  # noqa: E402

from pipeline.frame.engines.worker_limits import check_threads  # noqa: E402

quiet_prints()
THREADS = 24  # it has 20 at most on the embedded sample
_HUNG_UP = (grpc.StatusCode.CANCELLED, grpc.StatusCode.UNAVAILABLE)


def serve(control_address: str, worker_id: str) -> None:
    """Runs one Beam worker until its pipeline ends."""
    check_threads(THREADS)
    harness = SdkHarness(
        control_address, worker_id=worker_id, state_cache_size=0, data_buffer_time_limit_ms=-1
    )
    try:
        harness.run()
    except grpc.RpcError as error:  # the runner has hung up: its pipeline is over
        if error.code() not in _HUNG_UP:
            raise

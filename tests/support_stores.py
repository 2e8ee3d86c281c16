"""S3 servers for tests: moto in this process, and rclone over a folder."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def moto_store(_folder: Path) -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@contextmanager
def rclone_store(folder: Path) -> Iterator[str]:
    """A real S3 server over a folder, with signed requests; `make test-slow` builds it."""
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    program = shutil.which("rclone", path=places)
    if program is None:
        pytest.skip("rclone is not there; `make test-slow` builds it where Go is installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"127.0.0.1:{port}"
    command = [program, "serve", "s3", str(folder), "--addr", address, "--auth-key", "test,test"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"http://{address}"
    process.kill()
    process.wait()


def bucket(store: str, patch: pytest.MonkeyPatch) -> Any:
    """A client of the store at `store`, which has a bucket `crawl` and is what s3fs asks."""
    import boto3
    from s3fs import S3FileSystem

    S3FileSystem.clear_instance_cache()  # it would go on asking the store of the test before
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": store,
        # rclone sends the whole object's checksum with a range of it, which botocore then refuses.
        "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
    }.items():
        patch.setenv(name, value)
    client = boto3.client("s3")
    client.create_bucket(Bucket="crawl")
    return client

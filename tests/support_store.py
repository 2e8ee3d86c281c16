"""An S3 server on loopback that counts what it is asked and fails on purpose.

It runs in a thread of the tests; processes that they start reach it through `environment`.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import requests

Answer = Callable[..., Any]
App = Callable[[Mapping[str, Any], Answer], Iterable[bytes]]


@dataclass
class Store:
    """Address, a bucket of this test's own, and what has been asked.

    An entry of `asked` is (method, "bucket/key"); that of a listing ("LIST", "bucket/prefix").
    """

    url: str = ""
    bucket: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)  # (method, part of the key)

    @property
    def folder(self) -> str:
        """A folder in the bucket, as a path."""
        return f"s3://{self.bucket}/folder"

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to reach the store."""
        return {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": self.url,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def fail(self, method: str, key: str, times: int = 1) -> None:
        """The next `times` requests of `method` for a key that holds `key` are answered 503."""
        self.faults += [(method, key)] * times

    def new_bucket(self) -> None:
        """Gives the test a bucket, and forgets what was asked."""
        self.bucket = f"bucket-{uuid4().hex[:12]}"
        requests.put(f"{self.url}/{self.bucket}", timeout=60).raise_for_status()
        self.asked.clear()
        self.faults.clear()

    @contextmanager
    def counting(self) -> Iterator[Counter[tuple[str, str]]]:
        """What is asked during a block, below the bucket: (method, key) to times."""
        before, found = len(self.asked), Counter[tuple[str, str]]()
        yield found
        start = f"{self.bucket}/"
        found.update((how, key.removeprefix(start)) for how, key in self.asked[before:])


@contextmanager
def serving_store() -> Iterator[Store]:
    """A store, until the block ends."""
    from moto.server import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    store = Store()
    app = _counted(store, DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=MotoRequestHandler)
    store.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield store
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _counted(store: Store, app: App) -> App:
    def answered(environ: Mapping[str, Any], start: Answer) -> Iterable[bytes]:
        asked = _asked(environ)
        store.asked.append(asked)
        for fault in store.faults:
            if asked[0] == fault[0] and fault[1] in asked[1]:
                store.faults.remove(fault)
                start("503 Slow Down", [("Content-Length", "0")])
                return [b""]
        return app(environ, start)

    return answered


def _asked(environ: Mapping[str, Any]) -> tuple[str, str]:
    method, key = environ["REQUEST_METHOD"], environ["PATH_INFO"].lstrip("/")
    query = parse_qs(environ["QUERY_STRING"], keep_blank_values=True)
    if "list-type" in query:
        return "LIST", f"{key.rstrip('/')}/{query.get('prefix', [''])[0]}"
    return method, key

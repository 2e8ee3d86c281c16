"""Locks in a store: one holder, and those that were killed let go."""

import json
import subprocess
import sys
import time
from uuid import uuid4

import pytest
from support_store import Store

from pipeline import files
from pipeline.errors import CheckError, UsageError
from pipeline.files import locks

KILLED = """
import os, signal, sys
from pipeline.files import locked
with locked(sys.argv[1], "in use"):
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(params=["s3", "memory"])
def folder(request: pytest.FixtureRequest) -> str:
    if request.param == "memory":
        return f"memory://{uuid4().hex}"
    store: Store = request.getfixturevalue("store")
    return store.folder


def take(lock: str) -> None:
    with files.locked(lock, "in use"):
        pass


def write_holder(folder: str, machine: str, process: int) -> str:
    path = f"{folder}/.lock-elsewhere"
    files.write_bytes_atomic(path, json.dumps({"machine": machine, "process": process}).encode())
    return path


def test_second_holder_is_refused_and_both_let_go(folder: str) -> None:
    lock = f"{folder}/.lock"
    with files.locked(lock, "free"):
        for _ in range(2):
            with pytest.raises(UsageError, match="in use"):
                take(lock)
        assert len(files.names(folder)) == 1
    assert files.names(folder) == []
    take(lock)


def test_lock_of_another_name_is_another_lock(folder: str) -> None:
    with files.locked(f"{folder}/.lock", "free"):
        take(f"{folder}/.locks")
        take(f"{folder}/below/.lock")


def test_lock_is_let_go_where_its_block_fails(folder: str) -> None:
    def fail() -> None:
        with files.locked(f"{folder}/.lock", "in use"):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert files.names(folder) == []


def test_holder_killed_on_this_machine_lets_go_at_once(store: Store) -> None:
    lock = f"{store.folder}/.lock"
    killed = subprocess.run([sys.executable, "-c", KILLED, lock], check=False)
    assert killed.returncode == -9
    assert len(files.names(store.folder)) == 1
    take(lock)
    assert files.names(store.folder) == []


def test_holder_elsewhere_is_live_until_it_is_not_heard_of(
    folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_holder(folder, "another machine", 1)
    with pytest.raises(UsageError, match="in use"):
        take(f"{folder}/.lock")
    monkeypatch.setattr(locks, "EXPIRES", 1.0)
    time.sleep(2.1)  # s3 tells times in whole seconds
    take(f"{folder}/.lock")
    assert files.names(folder) == []


def test_held_lock_is_renewed(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "EXPIRES", 2.0)
    monkeypatch.setattr(locks, "RENEWED", 0.2)
    with files.locked(f"{folder}/.lock", "free"):
        time.sleep(3.5)
        with pytest.raises(UsageError, match="in use"):
            take(f"{folder}/.lock")


def test_fault_of_a_renewal_passes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setattr(locks, "RENEWED", 0.05)
    with files.locked(f"{store.folder}/.lock", "free"), store.counting() as asked:
        store.fail("PUT", ".lock-", 2)
        time.sleep(1.0)
    assert asked.total() > 3
    assert store.faults == []


def test_lock_that_could_not_be_renewed_is_told(
    folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "EXPIRES", 0.1)
    with (
        pytest.raises(CheckError, match="another run may have written"),
        files.locked(f"{folder}/.lock", "free"),
    ):
        time.sleep(0.3)
    assert files.names(folder) == []


def test_store_without_times_is_held_until_the_object_is_removed(
    folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_holder(folder, "another machine", 1)
    monkeypatch.setattr(locks, "EXPIRES", 0.0)
    monkeypatch.setattr(locks, "_modified", lambda path: None)
    with pytest.raises(UsageError, match="in use"):
        take(f"{folder}/.lock")
    files.remove(path)
    assert files.names(folder) == []

"""Errors: what the machine lacks becomes a sentence with its remedy; bugs stay what they are."""

import errno
import os
import resource
import tracemalloc

import pytest

from pipeline.errors import (
    CheckError,
    MachineError,
    ended,
    machine_fault,
    machine_faults,
    prove_memory,
)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "", "/out/a.parquet"), "No space left on device (/out/a.parquet)"),
        (OSError(errno.ENOSPC, ""), "temporary files are in "),
        (FileNotFoundError(errno.ENOENT, "No usable temporary directory found in [...]"), "TMPDIR"),
        (OSError(errno.EMFILE, "", "/in/a.warc"), "ulimit -n"),
        (PermissionError(errno.EACCES, "", "/in/a.warc"), "check the permissions"),
        (OSError(errno.EIO, "", "/in/a.warc"), "check the disk"),
        (MemoryError(), "not enough memory"),
        (RuntimeError("can't start new thread"), "ulimit -u"),
    ],
)
def test_what_the_machine_lacks_is_told_with_its_remedy(error: Exception, said: str) -> None:
    assert said in machine_fault(error)


@pytest.mark.parametrize(
    "error",
    [
        OSError("no number"),
        FileNotFoundError(errno.ENOENT, "", "x"),
        RuntimeError("a bug"),
        KeyError(),
    ],
)
def test_a_bug_is_no_fault_of_the_machine(error: Exception) -> None:
    assert machine_fault(error) == ""
    with pytest.raises(type(error)), machine_faults():
        raise error


def test_a_fault_keeps_its_cause_and_says_what_was_done() -> None:
    with (
        pytest.raises(MachineError, match=r"^unit a: .*, then run again$") as told,
        machine_faults("unit a"),
    ):
        raise OSError(errno.EIO, os.strerror(errno.EIO))
    assert isinstance(told.value.__cause__, OSError)


def _full() -> None:
    raise OSError(errno.ENOSPC, "", "/out/x")


def _damaged() -> None:
    raise CheckError("x is damaged")


@pytest.mark.parametrize("program", [_full, _damaged])
def test_a_program_ends_in_one_sentence(
    program: object, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        ended(program)  # type: ignore[arg-type]
    said = capsys.readouterr()
    assert end.value.code == 1
    assert said.out == ""
    assert said.err.startswith("gristmill: ")
    assert said.err.count("\n") == 1


def test_memory_is_proven_without_taking_it() -> None:
    tracemalloc.start()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    prove_memory()
    taken = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak > 256 << 20
    assert taken * resource.getpagesize() < 16 << 20

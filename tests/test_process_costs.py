"""What `benchmarks/process_costs.py` counts: all processes, whoever is left to wait for them."""

import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.process_costs import cost_of

BURN = "import time\nwhile time.process_time() < {0}: pass\n"


def cost_of_code(folder: Path, code: str) -> float:
    return cost_of([sys.executable, "-c", code], folder).cpu


def test_a_child_that_outlives_its_parent_is_counted(tmp_path: Path) -> None:
    code = BURN.format(0.6)
    orphan = f"import subprocess,sys; subprocess.Popen([sys.executable, '-c', {code!r}])"
    alone = cost_of_code(tmp_path, "import subprocess")
    assert cost_of_code(tmp_path, orphan) >= alone + 0.5


def test_a_child_that_is_waited_for_is_counted_once(tmp_path: Path) -> None:
    code = BURN.format(0.6)
    waited = f"import subprocess,sys; subprocess.run([sys.executable, '-c', {code!r}])"
    assert 0.6 <= cost_of_code(tmp_path, waited) <= 1.1


def test_a_command_that_fails_is_no_cost(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        cost_of_code(tmp_path, "import sys; sys.exit(3)")


def test_the_memory_of_all_processes_together_is_told(tmp_path: Path) -> None:
    code = "import time; held = bytearray(200 << 20); time.sleep(1.2)"
    one = f"subprocess.Popen([sys.executable, '-c', {code!r}])"
    both = f"import subprocess,sys; [each.wait() for each in ({one}, {one})]"
    assert cost_of([sys.executable, "-c", both], tmp_path).peak > 380 << 20

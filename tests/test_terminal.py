"""What is printed is cleaned, JSON keeps its values, and nobody prints past the module for it."""

import ast
import json
import logging
import os
import signal
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.table import Table

from pipeline.errors import UsageError, ended
from pipeline.terminal import CLOSED, CleanFormatter, answer, cleaned, console, safe_json, say

ROOT = Path(__file__).parents[1]
HOSTILE = (
    "\x1b[31mred\x1b]0;title\x07 \x9b2J \u202egnp.exe\u2066 \u2028 \ud800 \U000e0041 [bold]x[/]"
)
PRINTERS = {"print", "input", "Console", "echo", "secho", "print_exc", "displayhook", "excepthook"}
# Where our own package may be hidden by another's, nothing of it can be asked to print.
UNCLEANED = {
    "pipeline/terminal.py",
    "gristmill/__main__.py",
    # A pipe to the driver; what ends a process, cleaned there.
    "pipeline/frame/engines/fork_server.py",
    "pipeline/processes.py",
}


@given(st.text())
def test_no_control_and_no_sign_of_direction_is_left(text: str) -> None:
    shown = cleaned(text)
    left = {unicodedata.category(sign) for sign in shown if sign not in "\n\t"}
    assert not left & {"Cc", "Cs", "Zl", "Zp"}
    directed = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    assert not directed & {unicodedata.bidirectional(sign) for sign in shown}
    assert cleaned(shown) == shown


def test_escapes_can_be_read_and_scripts_stay_as_they_are() -> None:
    shown = cleaned("a\x1b[2J\u202eb\x85\n\tc")
    assert shown == "a\\x1b[2J\\u202eb\\x85\n\tc"
    plain = "می\u200cخواهم, क्\u200dष, שלום, naïve\xa0– 漢字 👩\u200d🌾"
    assert cleaned(plain) == plain


@given(st.recursive(st.text() | st.integers() | st.none(), lambda some: st.lists(some, max_size=3)))
def test_json_has_the_same_value_and_is_clean(value: object) -> None:
    text = safe_json({"a": value, HOSTILE: HOSTILE})
    assert json.loads(text) == {"a": value, HOSTILE: HOSTILE}
    assert cleaned(text) == text


def test_each_line_stays_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    say("one\ntwo", HOSTILE)
    answer("three\r\nfour")
    told = capsys.readouterr()
    assert told.err == f"one\\ntwo\n{cleaned(HOSTILE)}\n"
    assert told.out == "three\\r\\nfour\n"


def test_console_cleans_lines_and_tables_and_sees_no_markup(
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = Table(title=HOSTILE, caption=HOSTILE)
    table.add_column(HOSTILE)
    table.add_row(HOSTILE)
    console(width=200).print(HOSTILE)
    console(width=200).print(table)
    told = capsys.readouterr().err
    assert told.count(cleaned(HOSTILE)) == 5
    assert cleaned(told) == told


def test_error_is_told_cleaned_and_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    def wrong() -> None:
        raise UsageError(f"{HOSTILE}\nis wrong; mend it")

    with pytest.raises(SystemExit):
        ended(wrong)
    assert capsys.readouterr().err == f"gristmill: {cleaned(HOSTILE)}\\nis wrong; mend it\n"


def test_log_is_cleaned_and_has_no_secret() -> None:
    error = ValueError(f"{HOSTILE} https://u:s3cr3t@h/x?sig=s3cr3t")
    record = logging.LogRecord("beam", 40, "", 1, "%s", (HOSTILE,), (ValueError, error, None))
    told = CleanFormatter().format(record)
    assert told.startswith(f"{cleaned(HOSTILE)}\nValueError: {cleaned(HOSTILE)} https://***@h/")
    assert "s3cr3t" not in told


def printing(source: str) -> Iterator[str]:
    """What a source prints with, past `pipeline.terminal`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            module = getattr(getattr(node.func, "value", None), "id", "")
            is_ours = isinstance(node.func, ast.Attribute) and name == "print"
            if (name in PRINTERS and not is_ours) or (module, name) in {
                ("json", "dump"),
                ("os", "write"),
                ("rich", "print"),
            }:
                yield ast.unparse(node.func)
        elif isinstance(node, ast.Attribute) and node.attr in ("stdout", "stderr", "__stdout__"):
            yield ast.unparse(node)
        elif isinstance(node, ast.ImportFrom) and node.module in ("sys", "rich", "click"):
            yield from (alias.name for alias in node.names if node.module != "rich")


def test_nobody_prints_past_the_module_that_cleans() -> None:
    packages = ("pipeline", "classifiers", "gristmill", "blocklists")
    paths = [path for package in packages for path in (ROOT / package).rglob("*.py")]
    names = {str(path.relative_to(ROOT)): path for path in paths}
    found = {name: list(printing(path.read_text("utf-8"))) for name, path in names.items()}
    assert {name for name, used in found.items() if used} == UNCLEANED
    assert found["gristmill/__main__.py"] == ["print", "sys.stderr"]
    assert found["pipeline/processes.py"] == ["sys.stdout", "sys.stderr", "os.write"]


@pytest.mark.parametrize(
    "line",
    [
        "print(text)",
        "sys.stdout.write(text)",
        "json.dump(value, file)",
        "from sys import stdout",
        "Console(file=file).print(text)",
        "rich.print(text)",
        "typer.echo(text)",
        "os.write(1, data)",
    ],
)
def test_a_planted_print_is_found(line: str) -> None:
    assert list(printing(line))


def gristmill(*arguments: str, **settings: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gristmill", *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": ROOT}
    return subprocess.Popen(command, **(pipes | settings))  # type: ignore[call-overload, no-any-return]


def test_output_that_nobody_reads_ends_in_silence(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("A page. " * 20_000)
    reading, writing = os.pipe()
    os.close(reading)
    process = gristmill("try", str(tmp_path / "page.txt"), stdout=writing)
    os.close(writing)
    _, told = process.communicate()
    assert (process.returncode, told) == (CLOSED, b"")


def test_table_that_nobody_reads_ends_in_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w", buffering=1) as closed:
        monkeypatch.setattr(sys, "stdout", closed)
        monkeypatch.setattr(sys, "stderr", closed)
        with pytest.raises(SystemExit) as end:
            ended(lambda: console().print("x"))
    assert end.value.code == CLOSED


def test_interrupt_ends_with_its_code_and_without_a_traceback(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "page.html")
    process = gristmill("try", str(tmp_path / "page.html"))
    with open(tmp_path / "page.html", "wb"):  # open once the command has begun to read
        process.send_signal(signal.SIGINT)
        out, told = process.communicate()
    said = b"gristmill: interrupted (SIGINT); run again to go on from there\n"
    assert (process.returncode, out, told) == (130, b"", said)

"""Wrong use ends early: exit code 2, one sentence with value and remedy, nothing written."""

import sys
from pathlib import Path

import pytest

from gristmill.__main__ import main

PAGE = b"<html><body><p>One page.</p></body></html>"
WARC = (
    b"WARC/1.0\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
    b"WARC-Date: 2026-01-01T00:00:00Z\r\nWARC-Target-URI: https://one.example/\r\n"
    b"Content-Type: text/html\r\nContent-Length: " + str(len(PAGE)).encode() + b"\r\n\r\n"
) + PAGE
GOOD = '[[sources]]\nname = "crawl"\npaths = ["one.warc"]\n'


def gristmill(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["gristmill", *arguments])
    with pytest.raises(SystemExit) as stop:
        main()
    return int(stop.value.code or 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "one.warc").write_bytes(WARC)
    (tmp_path / "noise.gz").write_bytes(b"\x00\x01 this is no archive at all" * 50)
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "lines.jsonl").write_text('{"content": "one"}')
    (tmp_path / "occupied").write_text("a file")
    (tmp_path / "card").mkdir()
    (tmp_path / "card" / "card.json").write_text("[1, 2]")
    (tmp_path / "half.json").write_text('{"model": {"type": "BPE", "vocab": {}, "merges": []}}')
    return tmp_path


RECIPES = {
    "unknown_key": (GOOD + "[screen]\nlanguagez = []\n", "languagez", "languages"),
    "unknown_section": (GOOD + "[quallity]\n", "quallity", "quality"),
    "wrong_type": (GOOD + '[extract]\nprefilter = "yes"\n', "'yes'", "boolean"),
    "out_of_range": (GOOD + "[screen]\nlanguage_threshold = 7.0\n", "7.0", "less than"),
    "missing_path": (
        '[[sources]]\nname = "a"\npaths = ["gone.warc.gz"]\n',
        "gone.warc.gz",
        "check the path",
    ),
    "empty_glob": (
        '[[sources]]\nname = "a"\npaths = ["gone/*.warc"]\n',
        "gone/*.warc",
        "check the pattern",
    ),
    "no_archive": ('[[sources]]\nname = "a"\npaths = ["noise.gz"]\n', "noise.gz", "give WARC"),
    "no_archive_either": (
        '[[sources]]\nname = "a"\npaths = ["noise.bin"]\n',
        "noise.bin",
        "give WARC",
    ),
    "no_text_field": (
        '[[sources]]\nname = "a"\nformat = "jsonl"\npaths = ["lines.jsonl"]\n',
        "no field `text` but content",
        'fields = { text = "content" }',
    ),
    "unknown_part_of_fields": (
        GOOD.replace("warc", "jsonl") + 'format = "jsonl"\nfields = { body = "content" }\n',
        "sources.0.fields.body",
        "'text', 'id', 'url' or 'date'",
    ),
    "fields_of_an_archive": (
        GOOD + 'fields = { text = "content" }\n',
        "not warc",
        "take them out",
    ),
    "no_sources": ("seed = 1\n", "sources", "add"),
    "empty_sources": ("sources = []\n", "sources", "at least 1"),
    "same_name_twice": (GOOD + GOOD, "'crawl'", "rename"),
    "no_toml": ("[[sources\n", "not valid TOML", "mend that line"),
    "missing_blocklist": (GOOD + '[screen]\nblocklists = ["gone.txt"]\n', "gone.txt", "builtin"),
    "no_dump": (GOOD + '[classify.referenced]\ndump = "gone"\n', "gone", "name the folder"),
    "no_model": (
        GOOD + '[classify.referenced]\nmodel = "noise.bin"\n',
        "noise.bin",
        "name the folder",
    ),
    "no_card": (GOOD + '[classify.referenced]\nmodel = "card"\n', "card.json", "name the folder"),
    "no_full_tokenizer": (
        GOOD + '[tokenize]\ntokenizer = "half.json"\n',
        "half.json",
        "give one that is",
    ),
    "no_tokenizer": (
        GOOD + '[tokenize]\ntokenizer = "noise.bin"\n',
        "noise.bin",
        "is not a tokenizer.json",
    ),
    "no_benchmark": (
        GOOD + '[mix]\nbenchmarks = ["gone.jsonl"]\n',
        "gone.jsonl",
        "give a JSONL file",
    ),
    "unknown_limit": (GOOD + "[quality.limits]\nmin_wordz = 4.0\n", "min_wordz", "min_words"),
}


@pytest.mark.parametrize("case", RECIPES)
def test_wrong_recipe_ends_in_one_sentence(
    case: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text, value, remedy = RECIPES[case]
    (folder / "recipe.toml").write_text(text)
    code = gristmill(monkeypatch, "run", str(folder / "recipe.toml"), "--out", str(folder / "out"))
    told = capsys.readouterr().err.strip()
    assert code == 2
    assert told.count("\n") == 0
    assert value in told
    assert remedy in told
    assert not (folder / "out").exists()


OPTIONS = {
    "unknown_runner": (["--out", "{out}", "--runner", "abacus"], "'abacus'"),
    "no_workers": (["--out", "{out}", "--workers", "-1"], "-1"),
    "less_than_no_megabytes": (["--out", "{out}", "--little-megabytes", "-1"], "-1"),
    "unknown_job": (["--out", "{out}", "--until", "bake"], "'bake'"),
    "out_is_a_file": (["--out", "{folder}/occupied"], "occupied"),
    "out_below_a_file": (["--out", "{folder}/occupied/out"], "occupied/out"),
    "empty_out": (["--out", ""], "--out is empty"),
    "out_of_no_kind": (["--out", "shelf://out"], "'shelf://out' cannot be reached"),
    "no_bucket": (["--out", "s3:///out"], "'s3:///out' cannot be reached"),
    "bad_override": (["--out", "{out}", "--set", "quality"], "'quality'"),
    "override_of_unknown_key": (["--out", "{out}", "--set", "quality.x.y=1"], "quality"),
}


@pytest.mark.parametrize("case", OPTIONS)
def test_wrong_option_ends_in_one_sentence(
    case: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    template, value = OPTIONS[case]
    options = [option.format(folder=folder, out=folder / "out") for option in template]
    (folder / "recipe.toml").write_text(GOOD)
    code = gristmill(monkeypatch, "run", str(folder / "recipe.toml"), *options)
    told = capsys.readouterr().err.strip()
    assert code == 2
    assert told.count("\n") == 0
    assert value in told
    assert not (folder / "out").exists()


def test_missing_recipe_ends_in_one_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gristmill(monkeypatch, "run", str(folder / "gone.toml"), "--out", "x") == 2
    assert "gone.toml" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["status", "clean"])
def test_command_on_a_folder_of_no_kind_ends_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert gristmill(monkeypatch, command, "shelf://out") == 2
    assert "'shelf://out' cannot be reached" in capsys.readouterr().err


def test_status_of_a_folder_without_a_run_ends_in_one_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gristmill(monkeypatch, "status", str(folder)) == 2
    assert str(folder) in capsys.readouterr().err


def test_dry_run_checks_and_writes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "recipe.toml").write_text(GOOD)
    arguments = ("run", str(folder / "recipe.toml"), "--out", str(folder / "out"), "--dry-run")
    assert gristmill(monkeypatch, *arguments) == 0
    assert "1 units" in capsys.readouterr().err
    assert not (folder / "out").exists()

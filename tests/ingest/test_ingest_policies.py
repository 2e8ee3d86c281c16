"""Site policies: robots.txt in any spelling, TDM files, and what a capture of either says."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.archive.warc import Record
from pipeline.ingest.pages import outcome
from pipeline.ingest.policies import (
    MAX_BYTES,
    MAX_PATTERN,
    MAX_RULES,
    SIGNAL,
    policy_kind,
    robots_rules,
    site_policy,
    tdm_rules,
)
from pipeline.policy import POLICY_SCHEMA, PolicyRule, SitePolicy, policies_table

CASES = Path(__file__).parents[1] / "cases" / "policies"
BAN = "User-agent: GPTBot\nDisallow: /\n"


def record(body: bytes, head: str = "HTTP/1.1 200 OK\r\nContent-Type: text/plain") -> Record:
    block = head.encode() + b"\r\n\r\n" + body
    headers = {"warc-date": "2026-01-02T00:00:00Z"}
    return Record("response", headers, memoryview(block), 0, len(block), len(block))


def policy(
    body: str | bytes, head: str = "HTTP/1.1 200 OK", url: str = "https://a.org/robots.txt"
) -> SitePolicy | None:
    data = body.encode() if isinstance(body, str) else body
    return site_policy(url, "0" * 32, record(data, head))


def test_messy_robots_file_gives_the_rules_of_its_ai_agents() -> None:
    text = (CASES / "messy.robots.txt").read_bytes().decode("utf-8-sig")
    rows = [line.split("\t") for line in (CASES / "messy.rules.tsv").read_text().splitlines()]
    expected = [PolicyRule(agent, kind == "allow", pattern) for agent, kind, pattern in rows]
    assert list(robots_rules(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "User-agent: *\nDisallow: /",
        "User-agent: Googlebot\nDisallow: /",
        "User-agent: GPTBot\nDisallow:",
        "User-agent: GPTBot\nAllow: /",
        "User-agent: NotGPTBot\nDisallow: /",
        "Disallow: /",
        "",
    ],
)
def test_what_names_no_ai_agent_or_bans_nothing_has_no_rules(text: str) -> None:
    assert list(robots_rules(text)) == []


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("User-agent: *\nContent-Signal: search=yes,ai-train=no\nAllow: /", [("/", False)]),
        ("Content-signal: ai-train = NO\n", [("/", False)]),
        ("User-agent: *\nContent-Signal: /blog ai-train=no, search=yes", [("/blog", False)]),
        ("User-agent: GPTBot\nContent-Signal: ai-input=yes, ai-train=no # so", [("/", False)]),
        ("User-agent: *\nContent-Signal: ai-train=yes, search=no", []),
        ("User-agent: *\nContent-Signal: ai-train=none", []),
        ("User-agent: Searchbot\nContent-Signal: ai-train=no", []),
        ("# Content-Signal: ai-train=no", []),
        ("User-agent: *\nContent-Signal: search=yes; ai-train=no", [("/", False)]),
        ("User-agent: *\nContent-Signal: /ai-train=no", []),
    ],
)
def test_content_signal_bans_for_everybody(text: str, rules: list[tuple[str, bool]]) -> None:
    assert list(robots_rules(text)) == [PolicyRule(SIGNAL, ok, at) for at, ok in rules]


def test_content_signal_stands_beside_the_rules_of_its_group() -> None:
    text = "User-agent: GPTBot\nAllow: /a\nDisallow: /\nContent-Signal: ai-train=no\n"
    told = {(rule.agent, rule.allowed, rule.pattern) for rule in robots_rules(text)}
    assert told == {("gptbot", True, "/a"), ("gptbot", False, "/"), (SIGNAL, False, "/")}


def test_agents_with_the_same_rules_are_told_once() -> None:
    text = "User-agent: GPTBot\nUser-agent: CCBot\nUser-agent: ClaudeBot\nDisallow: /a"
    assert list(robots_rules(text)) == [PolicyRule("ccbot", False, "/a")]


def test_long_bans_are_cut_and_long_permissions_left_out() -> None:
    text = f"User-agent: GPTBot\nAllow: /{'a' * 300}\nDisallow: /{'é' * 300}"
    (rule,) = robots_rules(text)
    assert not rule.allowed
    assert len(rule.pattern.encode()) <= MAX_PATTERN


def test_tdm_file_keeps_its_rules_in_order() -> None:
    text = json.dumps(
        [
            {"location": "/images/*.jpg", "tdm-reservation": 0},
            {"location": "/", "tdm-reservation": 1, "tdm-policy": "https://a.org/p.json"},
        ]
    )
    assert list(tdm_rules(text)) == [
        PolicyRule("*", True, "/images/*.jpg"),
        PolicyRule("*", False, "/"),
    ]


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "[1, null]", '[{"location": 5}]', "7"])
def test_broken_tdm_files_have_no_rules(text: str) -> None:
    assert list(tdm_rules(text)) == []


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://a.org/robots.txt", "robots"),
        ("HTTP://a.org:8080/robots.txt", "robots"),
        ("https://a.org/.well-known/tdmrep.json", "tdm"),
        ("https://a.org/blog/robots.txt", None),
        ("https://a.org/robots.txt?x=1", None),
        ("https://a.org/", None),
        ("ftp://a.org/robots.txt", None),
    ],
)
def test_policies_are_known_by_their_address(url: str, kind: str | None) -> None:
    assert policy_kind(url) == kind


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone", "403 Forbidden"])
def test_a_policy_that_is_not_there_is_one_without_rules(status: str) -> None:
    found = policy(BAN, f"HTTP/1.1 {status}")
    assert found is not None
    assert found.rules == ()


@pytest.mark.parametrize("status", ["301 Moved", "500 Error", "503 Unavailable"])
def test_redirects_and_errors_of_the_server_say_nothing(status: str) -> None:
    assert policy(BAN, f"HTTP/1.1 {status}") is None


def test_a_page_in_the_place_of_the_file_is_a_policy_without_rules() -> None:
    found = policy(f"<!DOCTYPE html><html><body><pre>{BAN}</pre></body></html>")
    assert found is not None
    assert found.rules == ()


def test_a_compressed_file_is_read() -> None:
    head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip"
    found = policy(gzip.compress(BAN.encode()), head)
    assert found is not None
    assert len(found.rules) == 1


def test_a_coding_that_breaks_off_says_nothing() -> None:
    head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip"
    assert policy(gzip.compress(BAN.encode() * 99)[:-20], head) is None


def test_only_the_beginning_of_a_long_file_is_read() -> None:
    filler = "# nothing\n" * (MAX_BYTES // 10)
    late, early = policy(filler + BAN), policy(BAN + filler * 6)
    assert late is not None
    assert late.rules == ()
    assert early is not None
    assert len(early.rules) == 1


def test_rules_over_the_limit_are_cut_and_told() -> None:
    rules = "".join(f"Disallow: /{at}\n" for at in range(MAX_RULES + 1))
    found = policy(f"User-agent: GPTBot\n{rules}")
    assert found is not None
    assert (len(found.rules), found.cut) == (MAX_RULES, True)


def test_the_host_of_a_policy_has_its_port_and_no_scheme() -> None:
    names = (
        "http://A.org/robots.txt",
        "https://a.org:443/robots.txt",
        "http://a.org:81/robots.txt",
    )
    found = [policy(BAN, url=url) for url in names]
    assert [each.host for each in found if each] == ["a.org", "a.org", "a.org:81"]


def test_a_damaged_record_is_no_policy() -> None:
    damaged = replace(record(BAN.encode()), lost=9)
    assert site_policy("https://a.org/robots.txt", "0" * 32, damaged) is None


@pytest.mark.parametrize("kind", ["text/plain", "text/html", ""])
def test_a_robots_file_is_no_page_whatever_its_server_calls_it(kind: str) -> None:
    file = record(BAN.encode(), f"HTTP/1.1 200 OK\r\nContent-Type: {kind}")
    file.headers["warc-target-uri"] = "https://a.org/robots.txt"
    assert getattr(outcome(file, "a.warc", "crawl", 10**6), "reason", "") == "not_html"


@given(
    st.lists(
        st.text("UuserAagntGPTBoDilow:-/*# \r\n", max_size=30)
        | st.sampled_from(
            ["User-agent: GPTBot", "Disallow: /a", "Disallow:", "Allow: /b", "Allow:"]
        )
    )
)
def test_any_text_is_survived(lines: list[str]) -> None:
    rules = list(robots_rules("\n".join([*lines, BAN])))
    assert PolicyRule("gptbot", False, "/") in rules
    assert all(rule.pattern for rule in rules)


def test_every_policy_has_a_row_of_its_own() -> None:
    rules = (PolicyRule("gptbot", False, "/"), PolicyRule("gptbot", True, "/a"))
    made = SitePolicy("1" * 32, "b.org", "2026", "robots", rules)
    table = policies_table([made, SitePolicy("2" * 32, "a.org", "2026", "tdm")])
    assert table.schema == POLICY_SCHEMA
    assert table["host"].to_pylist() == ["a.org", "b.org", "b.org", "b.org"]
    assert table["place"].to_pylist() == [-1, -1, 0, 1]
    assert policies_table([]).num_rows == 0

"""Opt-outs of hosts: which policy counts, which addresses it forbids, and that they leave first."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_dedup import Job, units_of

from pipeline.arrow import documents_table
from pipeline.dedup.decisions import decisions_table
from pipeline.dedup.keys import keys_table
from pipeline.dedup.opt_outs import hosts_asked, newest, opted_out, policy_rows, rules_of
from pipeline.document import Document, digest
from pipeline.frame.unit_lists import unit_list
from pipeline.jobs.exact import compare
from pipeline.policy import PolicyKind, PolicyRule, SitePolicy, policies_table
from pipeline.recipe import DedupConfig

BAN = PolicyRule("gptbot", False, "/")


def policy(
    *rules: PolicyRule, host: str = "a.org", date: str = "2026-01-01", kind: PolicyKind = "robots"
) -> SitePolicy:
    return SitePolicy(digest(host, date, kind, repr(rules)), host, date, kind, rules)


def reasons(policies: list[SitePolicy], *urls: str) -> list[str]:
    """ "reason: detail" of every address, "" where it stays."""
    found = rules_of(newest(policy_rows(policies_table(policies))))
    rules = found[np.isin(found["host"], hosts_asked(urls))]
    ids = [digest(url) for url in urls]
    drops = opted_out(ids, urls, rules, 0)
    told = {
        row["id"]: f"{row['reason']}: {row['detail']}"
        for row in decisions_table(drops, rules=rules).to_pylist()
    }
    return [told.get(name, "") for name in ids]


def test_a_banned_host_loses_its_documents_and_no_other_does() -> None:
    found = reasons([policy(BAN)], "https://a.org/x", "http://a.org/y?z=1", "https://b.org/x")
    assert found == ["robots_opt_out: gptbot /", "robots_opt_out: gptbot /", ""]


def test_the_longest_rule_decides_and_is_told() -> None:
    rules = [
        BAN,
        PolicyRule("gptbot", True, "/press/"),
        PolicyRule("gptbot", False, "/press/*.pdf$"),
    ]
    urls = ("https://a.org/", "https://a.org/press/1", "https://a.org/press/1.pdf")
    assert reasons([policy(*rules)], *urls) == [
        "robots_opt_out: gptbot /",
        "",
        "robots_opt_out: gptbot /press/*.pdf$",
    ]


def test_one_banned_agent_suffices() -> None:
    rules = [PolicyRule("ccbot", True, "/"), PolicyRule("gptbot", False, "/private")]
    assert reasons([policy(*rules)], "https://a.org/private/1")[0].endswith("gptbot /private")


def test_the_first_rule_of_a_tdm_file_that_matches_decides() -> None:
    rules = [PolicyRule("*", True, "/open"), PolicyRule("*", False, "/")]
    urls = ("https://a.org/open/1", "https://a.org/other")
    assert reasons([policy(*rules, kind="tdm")], *urls) == ["", "tdm_reserved: * /"]


def test_the_newest_policy_of_a_host_counts() -> None:
    old, new = policy(BAN, date="2025-01-01T00:00:00Z"), policy(date="2026-01-01T00:00:00Z")
    assert reasons([old, new], "https://a.org/x") == [""]
    assert reasons([policy(BAN, date="2027"), new], "https://a.org/x") != [""]


def test_a_newer_tdm_file_lifts_no_robots_file() -> None:
    tdm = policy(PolicyRule("*", True, "/"), kind="tdm", date="2030")
    assert reasons([policy(BAN), tdm], "https://a.org/x") == ["robots_opt_out: gptbot /"]


@pytest.mark.parametrize(
    ("host", "url", "leaves"),
    [
        ("www.a.org", "https://a.org/", True),
        ("a.org", "https://www.a.org/", True),
        ("a.org", "https://blog.a.org/", False),
        ("a.org:8080", "https://a.org/", False),
        ("a.org:8080", "http://a.org:8080/", True),
        ("xn--bcher-kva.example", "https://bücher.example/", True),
    ],
)
def test_a_policy_speaks_for_its_host(host: str, url: str, leaves: bool) -> None:
    assert (reasons([policy(BAN, host=host)], url) != [""]) is leaves


def test_documents_without_an_address_on_the_web_stay() -> None:
    assert reasons([policy(BAN)], "", "book-17", "ftp://a.org/x") == ["", "", ""]


@given(st.permutations(range(4)), st.integers(1, 3))
def test_policies_in_any_order_and_number_of_parts_give_the_same(
    order: list[int], copies: int
) -> None:
    policies = [
        policy(BAN),
        policy(PolicyRule("ccbot", False, "/b"), date="2026-02-01"),
        policy(BAN, host="b.org"),
        policy(PolicyRule("*", False, "/"), host="b.org", kind="tdm"),
    ]
    urls = ("https://a.org/a", "https://a.org/b", "https://b.org/")
    expected = ["", "robots_opt_out: ccbot /b", "robots_opt_out: gptbot /"]
    assert reasons([policies[at] for at in order] * copies, *urls) == expected


def page(url: str, text: str) -> Document:
    return Document(digest(url), url, "crawl", text, site=url.split("/")[2])


def test_opt_outs_leave_before_duplicates_are_looked_for(tmp_path: Path) -> None:
    """Of two copies the one that may be used stays, though the other is in an earlier part."""
    text = "words of a text that stands on two sites " * 9
    parts = [[page("https://a.org/x", text)], [page("https://b.org/x", text)]]
    policies = [policies_table([]), policies_table([policy(BAN)])]
    tables = [
        [keys_table(part), documents_table(part), met]
        for part, met in zip(parts, policies, strict=True)
    ]
    units = units_of(tmp_path, "part", tables)
    decide = compare(Job(tmp_path), units, unit_list([]), DedupConfig(), 2, policies=True)
    found = [[(row["reason"], row["detail"]) for row in decide(u).to_pylist()] for u in units]
    assert found == [[("robots_opt_out", "gptbot /")], []]

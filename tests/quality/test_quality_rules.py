"""Every rule of every family fires on a text that only it drops, and not on its neighbour."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from quality.quality_corpus import made_reference

from pipeline.document import Document
from pipeline.errors import UsageError
from pipeline.quality.families import FAMILIES, Rule
from pipeline.quality.judge import judged
from pipeline.quality.lines import C4_RULES, REFINEDWEB_RULES, LineRules, edit_lines
from pipeline.quality.rules import check_limits, limit_names, line_rules, quality_reasons
from pipeline.quality.statistics import measure
from pipeline.quality.statistics_record import STATISTICS_SCHEMA
from pipeline.recipe import QualityConfig
from pipeline.text import Split

CASES = Path(__file__).parent.parent / "cases" / "quality"
RULES = [(family, rule) for family, rules in FAMILIES.items() for rule in rules]


def _document(text: str, structured: bool = False, **known: float) -> Document:
    document = Document("0" * 32, "", "test", text, language="en", has_code=structured)
    return replace(document, **known)  # type: ignore[arg-type]  # fields that are numbers


def _reasons(family: str, rule: Rule, name: str) -> tuple[str, ...]:
    folder = CASES / rule.reason
    limits = folder / "limits.toml"
    joins = family in ("structure", "structured")
    config = QualityConfig(
        reading="structure" if family == "structure" else "published",
        rules=("gopher_quality",) if joins else (family,),  # type: ignore[arg-type]
        limits=tomllib.loads(limits.read_text()) if limits.exists() else {},
    )
    text = (folder / f"{name}.txt").read_text("utf-8").removesuffix("\n")
    page = folder / f"{name}.toml"  # what is known of the page, where a rule asks for it
    known = tomllib.loads(page.read_text()) if page.exists() else {}
    reference = made_reference() if family == "outliers" else {}
    return judged(_document(text, family == "structured", **known), config, reference).reasons


@pytest.mark.parametrize(("family", "rule"), RULES, ids=[f"{f}-{r.reason}" for f, r in RULES])
def test_rule_with_its_golden_text_drops_it_alone(family: str, rule: Rule) -> None:
    assert _reasons(family, rule, "dropped") == (rule.reason,)


@pytest.mark.parametrize(("family", "rule"), RULES, ids=[f"{f}-{r.reason}" for f, r in RULES])
def test_rule_with_the_neighbour_keeps_it(family: str, rule: Rule) -> None:
    assert _reasons(family, rule, "kept") == ()


def test_case_folders_and_rules_are_the_same_set() -> None:
    folders = {path.name for path in CASES.iterdir() if path.is_dir()}
    assert folders == {rule.reason for _, rule in RULES}


def test_reason_and_limit_names_mean_one_thing_each() -> None:
    by_reason = {rule.reason: rule for _, rule in RULES}
    assert all(by_reason[rule.reason] == rule for _, rule in RULES)
    limits = {rule.limit: (rule.statistic, rule.comparison) for _, rule in RULES}
    assert all(limits[rule.limit] == (rule.statistic, rule.comparison) for _, rule in RULES)


def test_rules_compare_statistics_that_exist() -> None:
    assert {rule.statistic for _, rule in RULES} <= set(STATISTICS_SCHEMA.names)


LINE_CASES = {
    "long_word": ("See this: " + "a" * 1001 + " now.", "See this: " + "a" * 1000 + " now."),
    "unfinished": ("He went to the mill", "He went to the mill."),
    "short": ("Two words.", "Three words here."),
    "javascript": ("Please turn on JavaScript first.", "Please turn on the light first."),
    "policy": ("We use cookies on this site.", "We bake cookies on this stove."),
    "capitals": ("READ THIS NOW", "Read THIS now"),
    "digits": ("12345", "12345 sacks"),
    "single_word": ("Menu", "Menu of Sunday"),
    "counter": ("3 likes", "3 mills"),
    "phrase": ("Sign in to comment here", "Nobody signs in to comment here"),
}
LINE_RULES = [rule.name for rule in (*C4_RULES, *REFINEDWEB_RULES)]


def test_line_cases_and_line_rules_are_the_same_set() -> None:
    assert set(LINE_CASES) == set(LINE_RULES)


@pytest.mark.parametrize("name", LINE_RULES)
def test_line_rule_cuts_its_line_and_not_the_neighbour(name: str) -> None:
    is_c4 = name in {rule.name for rule in C4_RULES}
    rules = LineRules(c4=is_c4, terminal_punctuation=is_c4, refinedweb=not is_c4)
    cut, kept = LINE_CASES[name]
    assert edit_lines(cut, rules).cuts == ((name, 1),)
    assert edit_lines(kept, rules).cuts == ()


@pytest.mark.parametrize(
    "line",
    ["Read more...", "Click to read more »", "Items in cart: 3 of them", "Sign-in or register"],
)
def test_refinedweb_phrases_are_cut_in_short_lines_only(line: str) -> None:
    rules = LineRules(refinedweb=True)
    assert edit_lines(line, rules).text == ""
    long = f"{line} and so on and so forth for eleven words {line}"
    assert edit_lines(long, rules).text == long


def test_edit_lines_with_citations_strips_them_and_keeps_blank_lines() -> None:
    edits = edit_lines("One line is here.[1]\n\nA second[citation needed] one.", LineRules(c4=True))
    assert edits.text == "One line is here.\n\nA second one."
    assert edits.cut_lines == 0


def test_edit_lines_in_structured_text_leaves_code_alone() -> None:
    text = "Call it so, with care:\n```\nf();\n```\n$$\nx\n$$\nok"
    edits = edit_lines(text, LineRules(c4=True), is_structured=True)
    assert edits.text == text.removesuffix("\nok")


def test_edit_lines_in_chinese_counts_characters_as_words() -> None:
    text = "水磨坊在河边。\n今天天气很好。"
    assert edit_lines(text, LineRules(c4=True, terminal_punctuation=True)).text == text


def test_edit_lines_says_what_share_of_the_words_it_cut() -> None:
    edits = edit_lines("12 likes\none two three four five six", LineRules(refinedweb=True))
    assert (edits.cut_lines, edits.cut_word_share) == (1, 0.25)


def test_quality_reasons_hold_every_rule_that_fires_in_order() -> None:
    config = QualityConfig(reading="published", rules=("gopher_quality", "c4", "fineweb"))
    statistics = measure(Split("####"), "en")
    assert quality_reasons(statistics, config, "en") == (
        "too_few_words",
        "mean_word_too_short",
        "too_many_hashes",
        "too_few_alphabetic_words",
        "too_few_stop_words",
        "too_few_sentences",
        "too_few_punctuated_lines",
        "too_many_short_lines",
    )


def test_check_limits_with_an_unknown_name_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="'min_wrods' is unknown; did you mean 'min_words'"):
        check_limits({"min_wrods": 3})


def test_limit_in_the_section_itself_is_a_limit() -> None:
    config = QualityConfig.model_validate({"min_words": 40, "limits": {"max_words": 60}})
    assert config.limits == {"min_words": 40, "max_words": 60}


def test_limit_names_cover_every_rule() -> None:
    assert {rule.limit for _, rule in RULES} <= set(limit_names())


def test_c4_counts_as_in_the_paper_want_five_words_and_three_sentences() -> None:
    paper = QualityConfig(reading="published", rules=("c4",), c4_counts="sentences_3_words_5")
    assert line_rules(paper).min_line_words == 5
    text = "\n".join(["One two three four five."] * 3)
    assert quality_reasons(measure(Split(text), "en"), paper) == ()
    assert (
        quality_reasons(
            measure(Split(text), "en"), QualityConfig(reading="published", rules=("c4",))
        )
        != ()
    )


def test_language_without_data_is_judged_by_the_other_rules_and_says_so() -> None:
    statistics = measure(Split("eta beta " * 40), "eu")
    assert not statistics.language_rules
    assert statistics.stop_words is None
    reasons = quality_reasons(
        statistics, QualityConfig(reading="published", rules=("gopher_quality",)), "eu"
    )
    assert "too_few_stop_words" not in reasons


def test_language_of_one_character_words_has_no_rule_on_word_length() -> None:
    text = "这个水磨坊在河边，是我们的祖父在很久以前建造的。" * 8
    statistics = measure(Split(text), "zh")
    assert statistics.mean_word_length == 1
    assert (
        quality_reasons(
            statistics, QualityConfig(reading="published", rules=("gopher_quality",)), "zh"
        )
        == ()
    )


def test_structured_limit_yields_to_a_limit_of_the_recipes_own() -> None:
    text = "Here the mill stands with it. " * 6  # 36 words
    document = _document(text, structured=True)
    assert (
        judged(document, QualityConfig(reading="published", rules=("gopher_quality",))).reasons
        == ()
    )
    stricter = QualityConfig(
        reading="published", rules=("gopher_quality",), limits={"min_words": 60}
    )
    assert judged(document, stricter).reasons == ("too_few_words",)


def test_structured_document_is_judged_on_its_prose() -> None:
    prose = (CASES / "too_few_words" / "kept.txt").read_text()
    code = "```js\n" + "var a={b:c[d]};\n" * 50 + "```\n"
    config = QualityConfig(reading="published", rules=("gopher_repetition", "gopher_quality"))
    assert judged(_document(code + prose, structured=True), config).reasons == ()
    assert judged(_document(code + prose), config).reasons != ()
    assert "too_few_words" in judged(_document(code, structured=True), config).reasons


HOSTILE = [
    "~~~x\n",
    "```\n",
    "\\[",
    "\\(",
    "\\begin{align}",
    "$x ",
    "$",
    ".",
    "。",
    '"',
    "1.",
    "1 ",
    "[1",
    "|",
    "-\n",
    "\n \n",
    "a\u0301",
    "word ",
    "# ",
    "read more!",
]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", HOSTILE)
def test_judged_hostile_repetition_takes_no_more_than_its_length(piece: str) -> None:
    text = piece * (300_000 // len(piece))
    config = QualityConfig(
        reading="published",
        rules=("gopher_quality", "gopher_repetition", "c4", "refinedweb", "fineweb", "outliers"),
        terminal_punctuation=True,
    )
    assert judged(_document(text, structured=True), config, made_reference()).statistics


def test_heading_marks_of_the_extractor_are_no_hash_signs() -> None:
    text = "\n".join(["## Mill", "The wheel turns with the river and that is to be seen."] * 6)
    config = QualityConfig(reading="published", rules=("gopher_quality",))
    assert judged(_document(text), config).reasons == ()
    assert judged(_document(text.replace("##", "so ## ## ##")), config).reasons != ()


@pytest.mark.parametrize("language", ["zh", "ja", "th", "lo", "km", "my"])
def test_language_of_one_character_words_has_no_rule_on_their_median(language: str) -> None:
    text = "这个水磨坊在河边。" * 30
    document = Document("0" * 32, "", "test", text, language=language, has_code=True)
    reasons = judged(
        document, QualityConfig(reading="published", rules=("gopher_quality",))
    ).reasons
    assert "median_word_too_short" not in reasons

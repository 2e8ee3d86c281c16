"""Line rules of the structure reading cut what introduces nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quality.lines import LineRules
from pipeline.quality.reading.typed_edits import edit_typed
from pipeline.quality.reading.typed_lines import typed_lines

C4 = LineRules(c4=True)
TEXT = "The mill grinds the flour of the whole valley."
NOTICE = "Please enable JavaScript to go on."


@pytest.mark.parametrize(
    "text",
    [
        f"{TEXT}\n\nPrice\n\n{TEXT}",
        f"{TEXT}\n\n## Price\n\n$165\n\nRye",
        f"{TEXT}\n\nThese are what one grinds:\n\n### Oats",
        f"## Rye\n\nThese are what one may grind:\n\n## Oats\n\n{TEXT}",
        f"## Rye\n\nThese:\n\n### Oats\n\n{TEXT}",
        f"## Winners\n\nThe winners are:\n\n## 1. Anna\n\n{TEXT}",
        f"### Rye\n\nTo grind it you take these three steps:\n\n## Step 1\n\n{TEXT}",
        "- rye\n\nShare\n\nPrint",
    ],
)
def test_labels_among_text_and_below_their_head_stay(text: str) -> None:
    assert edit_typed(text, C4)[0].cuts == ()


@pytest.mark.parametrize(
    "line",
    ["# Mills", "- rye", "| rye |", "--grind", "Rye:", f"> {TEXT}", "grind()", "See `c[1]` here."],
)
def test_lines_that_introduce_text_stay(line: str) -> None:
    edits, typed = edit_typed(f"{line}\n\n{TEXT}", C4)
    assert (edits.text, edits.cuts) == (f"{line}\n\n{TEXT}", ())
    assert len(typed.lines) == 3


@pytest.mark.parametrize(
    ("text", "left", "rule"),
    [
        (f"{TEXT}\n\nShare\n\nPrint", TEXT, "short"),
        (f"{TEXT}\n\nPlease enable JavaScript to go on.", TEXT, "javascript"),
        (f"{TEXT}\n\nWe use cookies on this site.", TEXT, "policy"),
        (f"{TEXT}\n\nYou may grind these:", TEXT, "colon_without_text"),
        (f"{TEXT}\n\nTo go on, you may do this:\n\n{NOTICE}\n\n# Oats", f"{TEXT}\n\n# Oats",
         "colon_without_text"),
        (f"{TEXT}\n\n## Notice\n\n{NOTICE}", TEXT, "heading_without_text"),
        (f"{TEXT}\n\n## Notice\n\n{NOTICE}\n\n## Rye\n\n{TEXT}", f"{TEXT}\n\n## Rye\n\n{TEXT}",
         "heading_without_text"),
        (f"{TEXT}\n\nSharing is caring!\n\n{TEXT}", f"{TEXT}\n\n{TEXT}", "appeal"),
        (f"# Mills\n\n## Rye\n\n{TEXT}\n\nCited as:\n\n## Oats\n\n{TEXT}",
         f"# Mills\n\n## Rye\n\n{TEXT}\n\n## Oats\n\n{TEXT}", "colon_without_text"),
        (f"# Mills\n\n## Rye\n\nSee also these:\n\n# Oats\n\n{TEXT}",
         f"# Mills\n\n## Rye\n\n# Oats\n\n{TEXT}", "colon_without_text"),
    ],
)  # fmt: skip
def test_lines_that_introduce_nothing_go(text: str, left: str, rule: str) -> None:
    edits, _ = edit_typed(text, C4)
    assert edits.text == left
    assert rule in dict(edits.cuts)
    assert {name for name, _ in edits.cut} == set(dict(edits.cuts))


@pytest.mark.parametrize(
    "line",
    [
        "JavaScript was made in ten days, and its name was chosen for the fame of another.",
        "The terms of user groups differ.",
        f"{TEXT} " * 3 + "Whoever reads this uses cookies as a word, and may go on to the end.",
        "A new javascript engine was announced.",
        "JavaScript supports single and double quotes.",
        "You can turn a JavaScript object into JSON.",
        "- JavaScript runs without a compiler",
        "Google changed its privacy policy in 2012 after complaints were made in Europe.",
    ],
)
def test_text_about_scripts_and_policies_stays(line: str) -> None:
    assert edit_typed(line, C4)[0].cuts == ()


def test_last_sentence_of_a_long_paragraph_goes_with_what_it_introduced() -> None:
    paragraph = f"{TEXT} " * 4
    edits, _ = edit_typed(f"{paragraph}These are its parts:\n\n{NOTICE}", C4)
    assert edits.text == paragraph.strip()


def test_heading_without_a_section_stays_as_it_came() -> None:
    assert edit_typed(f"{TEXT}\n\n## Rye\n\n## Oats", C4)[0].cuts == ()


def test_terms_of_the_last_list_stay_with_their_meanings() -> None:
    text = f"{TEXT}\n\nrye\n\nwhat is ground first of all\n\noats\n\nwhat is ground last"
    assert edit_typed(text, C4)[0].cuts == ()
    options = f"{TEXT}\n\nOptions are these:\n\nrye\n\noats"
    assert edit_typed(options, C4)[0].cuts == ()
    assert edit_typed(f"{TEXT}\n\n`--grind`\n\nmill()", C4)[0].cuts == ()


@pytest.mark.parametrize(
    ("paragraph", "left"),
    [
        ("他今天走到水磨坊去了。" * 4 + "如下：", "他今天走到水磨坊去了。" * 4),
        ("She said “it grinds the flour.” They were these:", "She said “it grinds the flour.”"),
        ("It ran at 3.5 of these:", ""),
    ],
)
def test_colon_takes_its_own_sentence_alone(paragraph: str, left: str) -> None:
    edits, _ = edit_typed(f"{TEXT}\n\n{paragraph}", C4)
    assert edits.text == f"{TEXT}\n\n{left}".strip()
    assert dict(edits.cuts) == {"colon_without_text": 1}
    assert edits.cut_word_share > 0


@pytest.mark.parametrize(
    ("line", "rules", "rule"),
    [
        (f"See this: {'a' * 1001} now.", C4, "long_word"),
        ("He went to the mill by the river and then on to the town",
         LineRules(c4=True, terminal_punctuation=True), "unfinished"),
        ("READ THIS NOW", LineRules(refinedweb=True), "capitals"),
        ("12345", LineRules(refinedweb=True), "digits"),
        ("Menu", LineRules(refinedweb=True), "single_word"),
        ("3 likes", LineRules(refinedweb=True), "counter"),
        ("Sign in to comment here", LineRules(refinedweb=True), "phrase"),
    ],
)  # fmt: skip
def test_rules_fire_on_prose_and_labels(line: str, rules: LineRules, rule: str) -> None:
    assert edit_typed(f"{TEXT}\n\n{line}", rules)[0].cut == ((rule, line),)


def test_types_are_those_of_the_text_that_is_left() -> None:
    text = f"The mill was built.[1]\n\n{TEXT}[2]\n\nShare"
    edits, typed = edit_typed(text, C4)
    assert typed == typed_lines(edits.text)


def test_code_is_left_alone() -> None:
    code = "```\nf()\n\n\nWe use cookies\nc[1]\n```"
    assert edit_typed(f"{TEXT}\n\n{code}", C4)[0].text == f"{TEXT}\n\n{code}"


def test_without_line_rules_nothing_is_cut() -> None:
    text = "Share\n\n[1] Print"
    assert edit_typed(text, LineRules())[0].text is text


@given(st.text(alphabet="a[1]#-|>`$: \n.JjavscriptPpolicy", max_size=200))
def test_edits_only_take_away(text: str) -> None:
    edits, typed = edit_typed(text, C4)
    left = iter(text)
    assert all(sign in left for sign in edits.text)  # one after the other
    assert len(edits.cut) == edits.cut_lines
    assert 0 <= edits.cut_word_share <= 1
    assert typed == typed_lines(edits.text)


SHARE = "Share this page with all your friends on every network"
LINES = st.sampled_from(
    [
        *("```", "~~~", "``` c", "> ```", "$$", "$$ x", "y $$", "\\[", "z \\]", "", " "),
        *("Share", SHARE, "# Head", "- item", "a:", TEXT, "We use cookies to"),
        "One sentence stands here. Follow these:",
    ]
)


@given(st.lists(LINES, max_size=14).map("\n".join))
def test_the_lines_that_are_left_are_of_the_kinds_they_were_among_all(text: str) -> None:
    edits, typed = edit_typed(text, C4)
    assert typed == typed_lines(edits.text)


@pytest.mark.parametrize("piece", ["javascript/enable", ". ", "x: ", "[1]", "use cookies,"])
def test_hostile_lines_are_asked_in_linear_steps(piece: str) -> None:
    text = f"{TEXT}\n\n{piece * 40_000}:\n\nShare"
    assert edit_typed(text, C4)[0].cut_lines >= 0

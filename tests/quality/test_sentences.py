"""Sentences are counted with the marks and abbreviations of the world's scripts."""

import pytest

from pipeline.quality.counts.sentences import sentence_count
from pipeline.text import Split


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One. Two? Three! Four", 4),
        ("Dr. Smith met J. R. Jones at 3.14 p.m. today.", 1),
        ("He came (at last.) Then he left.", 2),
        ("It stopped ... and went on.", 1),
        ("一。二！三", 3),
        ("यह है। वह है।", 2),
        ("A heading\nwithout a full stop\nand one with it.", 3),
        ("Mr\n. Smith came. He left.", 3),
        ("Wait.  then he left.", 1),
        ('He left." Élan. été', 2),
        ("", 0),
    ],
)
def test_sentences_end_in_terminal_punctuation(text: str, count: int) -> None:
    assert sentence_count(Split(text)) == count

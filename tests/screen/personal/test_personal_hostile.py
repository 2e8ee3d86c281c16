"""Text made to be dear costs what its length says, whatever it repeats."""

import time

from hypothesis import example, given, settings
from hypothesis import strategies as st

from classifiers import PERSONAL_DATA
from classifiers.fasttext_model import FasttextModel
from pipeline.screen.personal_data import personal_data

JUDGE = FasttextModel(str(PERSONAL_DATA)).score
HALF = 1 << 14
SIGNS = "a1A0.-@:/+()[]{}\"' =_,\n"
PIECES = (
    *("a@b.", "1.2.3.4", "555-123-4567", "(at)", " AT ", "eyJ", "ghp_", "DE32", "0x", "4692 0615 "),
    *(
        "key=",
        "://",
        "-----BEGIN PRIVATE KEY-----",
        "450.749.528-83",
        "2001:4860::",
        "AAAAAA85M10H",
        "โทร",
        "電話03-4718-2936、",
        "телефон",
    ),
)
PARTS = st.lists(st.sampled_from(PIECES) | st.text(SIGNS, max_size=8), min_size=1, max_size=6)


def seconds(text: str) -> float:
    """CPU seconds of a search, the better of two."""
    found = []
    for _ in range(2):
        at = time.process_time()
        personal_data(text, JUDGE)
        found.append(time.process_time() - at)
    return min(found)


@settings(deadline=None, max_examples=60)
@example("โทร123456789ก")  # a word of 16,000 letters and digits
@given(PARTS.map("".join).filter(len))
def test_time_at_most_doubles_with_the_text(part: str) -> None:
    half, whole = ((part * size)[:size] for size in (HALF, 2 * HALF))
    assert seconds(whole) < 3 * seconds(half) + 0.02

"""Short lines that speak to the visitor are notices; lines of text that begin alike are none."""

import pytest

from pipeline.quality.reading.notices import notice


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Please enable JavaScript to go on.", "javascript"),
        ("Privacy policy", "policy"),
        ("Sharing is caring!", "appeal"),
        ("Share this story on Facebook", "appeal"),
        ("Liked this? Read how the mill was built", "appeal"),
        ("If you like this article, please share it with your friends!", "appeal"),
        ("Please subscribe to our newsletter.", "appeal"),
        ("Click to expand...", "appeal"),
        ("ADVERTISEMENT", "appeal"),
        ("Story continues below the picture", "appeal"),
        ("Follow us on Twitter.", "appeal"),
        ("Sign up for our newsletter to hear of the mill.", "appeal"),
        ("Get the latest news of the mill in your inbox.", "appeal"),
        ("Join 800,000+ subscribers", "appeal"),
    ],
)
def test_a_notice_is_of_its_kind(line: str, kind: str) -> None:
    assert notice(line, len(line.split())) == kind


@pytest.mark.parametrize(
    "line",
    [
        "Share this timeline with those who bring the grain, so that all comes in time. It helps.",
        "Click the wheel to turn it.",
        "If you like this mill, turn the wheel and it will grind what you subscribe for.",
        "Please share the grain among those who have come.",
        "Advertisements were printed in the paper of the valley from 1850 on.",
        "Sign up for an account of the mill at the desk.",
        "Get the latest grain into the hopper before the wheel turns.",
        "Like this, the wheel turns for a hundred years.",
        "Follow us into the valley.",
        "Subscribe " + "and again " * 13 + "to the newsletter",
    ],
)
def test_text_is_no_notice(line: str) -> None:
    assert notice(line, len(line.split())) == ""

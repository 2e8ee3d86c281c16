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
        "Share this timeline with those who bring the grain, so that all comes in time.",
        "Share this with your doctor.",
        "Share it with the other half of the dough",
        "Please share the grain among those who have come.",
        "Sharing is caring, said the miller, and gave half of the flour to the poor.",
        "Click the wheel to turn it.",
        "Click to share a document, then choose the people to share it with.",
        "Click here to get the report on the flood of 1850.",
        "Advertisement:",
        "Advertisements were printed in the paper of the valley from 1850 on.",
        "Join us on Saturday, 12 May, for the opening of the new mill wheel.",
        "Find us on the corner of Main Street, next to the old mill.",
        "Follow us on a journey through the valley of the mill.",
        "Follow us on Twitter. The mill was built in 1850 and still grinds flour.",
        "Follow us into the valley.",
        "Love this recipe! Can I use rye flour instead of wheat?",
        "Loved this place, but why is the museum shut on Mondays?",
        "Like this? he asked, and turned the wheel.",
        "Like this, the wheel turns for a hundred years.",
        "If you like this mill, turn the wheel and it will grind what you subscribe for.",
        "Subscribe to a channel by calling subscribe() with its name.",
        "Sign up for an account of the mill at the desk.",
        "Get the latest updates from the server with git pull.",
        "Get the latest grain into the hopper before the wheel turns.",
        "Join our community of researchers in the department of physics.",
        "Subscribe " + "and again " * 13 + "to the newsletter",
    ],
)
def test_text_is_no_notice(line: str) -> None:
    assert notice(line, len(line.split())) == ""

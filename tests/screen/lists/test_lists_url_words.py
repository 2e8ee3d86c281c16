"""Words of addresses: what says enough, and the many that only look like it."""

import pytest

from pipeline.screen.lists.url_words import HARD, SOFT, SUBSTRINGS, said_by

INNOCENT = [
    "essex.ac.uk", "scunthorpe.gov.uk", "analytics.example.com", "cocktail-recipes.org",
    "grape-vines.org", "therapist-finder.org", "sussex.ac.uk", "middlesex.edu",
    "massachusetts.gov", "assessment-center.org", "classic-cars.org", "bass-guitar.org",
    "passenger-lists.org", "grass-seed.org", "glass-art.org", "compass-rose.org",
    "embassy-tokyo.org", "assassins-creed.org", "potassium.org", "cassette-tapes.org",
    "mishit-balls.org", "shitake-mushrooms.org", "cumberland.gov", "document-store.org",
    "circumference.org", "cucumber-salad.org", "peacock-feathers.org", "hancock-county.gov",
    "cockpit-tours.org", "woodcock-birds.org", "cocker-spaniel.org", "dickens-museum.org",
    "dickinson.edu", "titanic-museum.org", "title-search.org", "constitution.org",
    "institution.org", "substitute-teacher.org", "penistone-town.org", "penis-cancer-charity.org",
    "buttercup-farm.org", "button-shop.org", "rebuttal.org", "canal-boats.org", "banal-arts.org",
    "analysis-tools.org", "psychoanalysis.org", "hotel-booking.org", "photos-archive.org",
    "shot-put.org", "snapshot-tools.org", "scam-alerts.org", "camera-shop.org", "campus-map.org",
    "webcamera-drivers.org", "adultery-law.org", "adulthood-studies.org", "teenager-health.org",
    "sextant-museum.org", "sextet-music.org", "sexton-county.gov", "sexual-health-clinic.org",
    "sex-education-forum.org", "betty-crocker.org", "alphabet.org", "diabetes.org", "tibet.org",
    "poker-face-lyrics.org", "slotted-spoons.org", "cheapside-london.org", "freedom-house.org",
    "nudibranch.org", "nakedeye-astronomy.org", "breast-cancer.org", "nipple-shields-nursing.org",
    "rapeseed-oil.org", "grapefruit-diet.org", "sex-education.org/anal-cancer",
    "teen-sex-education.org", "revenue.org", "specs.org", "pornic-tourisme.fr",
    "superman-comics.org", "hardcover-books.org", "cockatoo-care.org", "shitake.org",
    "therapists.org", "asset-management.org", "arsenal.com", "wristwatch.org",
    "mass-spectrometry.org", "glassware.org",
]  # fmt: skip


@pytest.mark.parametrize("name", INNOCENT)
def test_what_only_looks_like_it_passes(name: str) -> None:
    assert said_by(f"https://www.{name}/about/history-of-the-place") == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://free-porn.example/",
        "https://example.com/xxx-videos/sexy",
        "https://example.com/Sexy-Nude-Babes",
        "https://example.com/sexcams/live",
        "https://example.com/watchSexyNude",
        "https://mypornhubmirror.example/",
        "https://example.com/best-casino-poker-bonus",
        "https://example.com/a?tag=hentai",
    ],
)
def test_what_says_enough_is_told(url: str) -> None:
    assert said_by(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://en.wikipedia.org/wiki/Super_Bowl_XXX",
        "https://olympics.com/Games_of_the_XXX_Olympiad",
        "https://en.wikipedia.org/wiki/Dildo,_Newfoundland_and_Labrador",
        "https://bbc.com/news/revenge-porn-law-passed",
        "https://porn-addiction-help.org/",
        "https://golfdigest.com/masters-threesome-pairings",
        "https://youtu.be/a1XXX2bCd",
        "https://cdc.gov/adult-sex-education",
        "https://nhs.uk/gambling-betting-addiction",
        "https://docs.python.org/slots-cam",
        "https://essexcams.co.uk/",
        "https://linuxvideos.org/",
        "https://a.com/coloredtubes",
        "https://scamgirls.org/",
    ],
)
def test_what_others_write_about_passes(url: str) -> None:
    assert said_by(url) == ""


def test_words_behind_percent_signs_are_read() -> None:
    assert said_by("https://x.com/p%6Frn") == "porn"


@pytest.mark.parametrize("word", ["sex", "adult", "casino", "fuck"])
def test_one_soft_word_is_too_few(word: str) -> None:
    assert said_by(f"https://example.com/{word}-and-weather") == ""


def test_no_word_stands_in_two_lists() -> None:
    assert not HARD & SOFT
    assert not {*SUBSTRINGS} & SOFT

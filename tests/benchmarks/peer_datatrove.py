"""datatrove in an environment of its own, .peers/datatrove, made here when it is missing."""

from pathlib import Path

from benchmarks.peer_environment import environment_python

PEER = Path(".peers/datatrove")
REQUIREMENTS = (
    *("datatrove[processing]==0.10.1", "lxml_html_clean", "orjson", "spacy==3.8.*"),
    *("warcio", "faust-cchardet", "python-magic", "aiohttp"),  # to read archives
)


def peer_python() -> Path:
    """The Python of the environment; what it lacks of the requirements is installed."""
    return environment_python(PEER, REQUIREMENTS)

"""datatrove in an environment of its own, .peers/datatrove, made here when it is missing."""

import subprocess
import venv
from pathlib import Path

PEER = Path(".peers/datatrove")
REQUIREMENTS = (
    *("datatrove[processing]==0.10.1", "lxml_html_clean", "orjson", "spacy==3.8.*"),
    *("warcio", "faust-cchardet", "python-magic", "aiohttp"),  # to read archives
)


def peer_python() -> Path:
    """The Python of the environment; what it lacks of the requirements is installed."""
    python, done = PEER / "bin" / "python", PEER / "installed.txt"
    if not python.exists():
        venv.create(PEER, with_pip=True)
    wanted = "\n".join(REQUIREMENTS)
    if not done.exists() or done.read_text() != wanted:
        subprocess.run([python, "-m", "pip", "install", "-q", *REQUIREMENTS], check=True)
        done.write_text(wanted)
    return python

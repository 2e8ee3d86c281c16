"""datatrove in an environment of its own, .peers/datatrove, made here when it is missing."""

import subprocess
import venv
from pathlib import Path

PEER = Path(".peers/datatrove")
REQUIREMENTS = ("datatrove[processing]==0.10.1", "lxml_html_clean", "spacy==3.8.*")


def peer_python() -> Path:
    """The Python of the environment."""
    python = PEER / "bin" / "python"
    if not python.exists():
        venv.create(PEER, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *REQUIREMENTS], check=True)
    return python

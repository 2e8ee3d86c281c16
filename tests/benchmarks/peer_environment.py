"""Environments of their own for what we are measured beside."""

import subprocess
import venv
from pathlib import Path


def environment_python(folder: Path, requirements: tuple[str, ...]) -> Path:
    """The Python of an environment in `folder`; what it lacks of `requirements` is installed."""
    python, done = folder / "bin" / "python", folder / "installed.txt"
    if not python.exists():
        venv.create(folder, with_pip=True)
    wanted = "\n".join(requirements)
    if not done.exists() or done.read_text() != wanted:
        subprocess.run([python, "-m", "pip", "install", "-q", *requirements], check=True)
        done.write_text(wanted)
    return python

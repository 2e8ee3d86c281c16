"""Everything a local worker needs, imported once by the server that workers are forked from."""

import logging

logging.getLogger().setLevel(logging.ERROR)  # Beam warns at import of optional packages

import pipeline.jobs  # noqa: E402, F401

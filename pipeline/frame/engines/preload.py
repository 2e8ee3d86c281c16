"""What the server that workers are forked from imports first: Beam, before it can warn."""

import logging

logging.getLogger().setLevel(logging.ERROR)  # Beam warns at import of optional packages

import apache_beam  # noqa: E402, F401

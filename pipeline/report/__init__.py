"""Report: what a run has done, read from its artefacts on disk alone."""

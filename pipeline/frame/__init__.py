"""How any job runs, whichever it is."""

"""`gristmill train` and `gristmill evaluate`, a file for each kind of model."""

"""Commands that show what a run or a dataset holds."""

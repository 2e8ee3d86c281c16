"""`gristmill ablate`: which of several datasets teaches a small model more, and is it sure?"""

"""Blocks to verdicts: in the blocks of a page, out which of them are its main content.

features   a row of numbers for every block, put together from
    characters, ancestors, nearness, declared_text   text, tree, title and lead, metadata
neighbour_chances   what the second stage sees besides: the first stage's verdicts around
model      the trees, and the chance of every block
kept_blocks   rules of form, threshold: the blocks that stay, without
    furniture, side_sections, repeats   boxes known by name, what a label sets apart, what was said
heads   headings and terms stay with their text and go with it
"""

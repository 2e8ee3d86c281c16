"""The structure reading: rules made for plain prose, asked of the prose of a text that has more.

verbatim_lines    which lines are code or a formula
typed_lines       what each line is: heading, item, row, code, formula, quote, prose, label
form_words        words by which lines are those of a form
typed_edits       C4's line rules, which cut no line that introduces text
typed_statistics  what is measured of prose alone, and how much a text says at all
"""

"""What a site repeats: in hashes of lines, out the lines that recur, and texts without them.

line_forms   the form in which two lines are the same
recurring    which lines recur on a site, counted from hashes alone
line_kinds, navigation, verses   what a line is: code, a menu's words, a verse
boilerplate_points   which recurring lines of a text are boilerplate
shared_sentences, paragraph_cuts   what is content although pages share it
cutting      the text without them
"""

"""What the tags of a page would cost a tree builder, reckoned before one sees them.

limits   what a page would cost, and why a parser should not see it
tag_reading   tags one by one, told from scripts, styles and comments
tag_pairs   how many elements may stay open, by array operations
open_elements   the stack of open elements, by name alone
element_names, formatting_elements   their kinds, and those that begin again
attribute_limits   how many attributes tags have
shadow_roots   templates that browsers show where they stand
"""

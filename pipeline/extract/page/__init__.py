"""HTML to blocks: in a page, out its runs of text with the places where they stand.

walk       one parse, one walk through the tree; `tag_roles` says how it treats each tag
page_blocks   what the walk makes: texts, places, elements
element_kinds, class_names   what an element's tag and names say, worked out once a page
code, tables, forms, whole_elements   what is read as it stands
metadata   what a page says about itself: titles, types, description
"""

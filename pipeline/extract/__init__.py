"""Extract: the main text of a page, with math, code and tables kept and boilerplate gone.

In: pages. Out: documents. Cheap exits come first: size, a strip of the tags, the language of what
is left. The extractor is our own block model, trafilatura (Barbaresi, ACL 2021) or resiliparse.
"""

STAGE = "extract"  # in drops

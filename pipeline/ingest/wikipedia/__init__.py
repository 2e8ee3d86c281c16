"""Dumps to documents: in `pages-articles` XML in bz2, out the plain text of every article.

articles   a dump as units, and what becomes of each of its pages
dump       the page elements, stream by stream
unseen_markup   comments, references and tables, cut before wikitext is parsed
wikitext, templates   what is left as the text that a reader sees
"""

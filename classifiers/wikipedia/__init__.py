"""What Wikipedia refers to: dumps as they are published, to sorted arrays of hashed page keys.

wikitext_links  links of `pages-articles` XML, and which of them are cited
link_table      links of the `externallinks` table
search_index    links of CirrusSearch's documents
dump_files      the files of a dump, cut into units that are read side by side
tiers           cited, linked, host_cited: what the links of all files come to
"""

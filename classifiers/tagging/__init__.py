"""Mixture domain and topic of a document, by rules and by what those teach, in reading order:

tag_rules            evidence of words, addresses and markup for tags
domains, topics      the ten domains and the 24 topics, with their words in .toml files
tag_notes            what documents say, noted once
taught               what texts of each domain hold, by the documents that rules are sure of
domain_model         the domain of a document by rules and text together
"""

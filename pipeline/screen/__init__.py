"""Screen: what must not be in the corpus, whatever its quality.

In: pages (blocked sites, opt-outs) and documents (languages, personal data). Out: the same, fewer,
with personal data replaced. Rules on e-mail and IP addresses follow FineWeb (arXiv 2406.17557) with
its known traps closed; opt-outs are those of the TDM Reservation Protocol (W3C community group,
2024) and of the `noai` robots directive.

    blocklist, rights, languages, personal_data   what may make a record leave or change, in order
"""

STAGE = "screen"  # in drops

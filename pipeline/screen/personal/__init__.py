"""Personal data: what can be checked is checked, what cannot is judged by a small model of our own.

A look at the whole text finds what is worth a second one (`clues`); then come searches by kind,
those with the strictest rule first, and what they find is replaced:

    secrets, emails, wallets, ip_addresses, numbers (cards, IBANs, numbers of persons), phones

Names and postal addresses stay: no rule finds them, and models small enough for a crawl take the
towns, firms and authors that texts are about.
"""

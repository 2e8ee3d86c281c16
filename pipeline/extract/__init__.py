"""Extract: the main text of a page, with math, code and tables kept and boilerplate gone.

In: pages. Out: documents. Cheap exits come first: size, a strip of the tags, the language of what
is left. The extractor is our own block model, trafilatura (Barbaresi, ACL 2021) or resiliparse.

    prefilter         pages that leave before the extractor sees them
    extractor         our own: tags/ reckons what a page would cost, page/ makes blocks of HTML
                      (formulas/ and listings/ know math and code),
                      judge/ says which of them stay,
    structure         and what stays is written as text
    others            trafilatura, resiliparse, and all text of a page
    document_of_page  the document that a page becomes
    explain           why a block stayed or went
"""

STAGE = "extract"  # in drops

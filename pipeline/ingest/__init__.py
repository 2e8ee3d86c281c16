"""Archives and other sources in, pages and documents out, every byte accounted for.

    sources   what a recipe names, as units of work; one unit read, as batches
    paths, unit_names, common_crawl   which files those are, and what their units are called
    planning/ what is known of those files: each is opened once, an edited one is read again
    archives, index, text_sources, wikipedia/   a unit's records, by the format of its source
    texts/    the lines and rows of text sources, and which of their fields are read
    pages     a record to a `Page`, a `Document` or a drop with its reason (`reasons`)
    http, sniff   a response taken apart: status, codings, the type that header and body agree on
    charset   bytes to text: header, BOM, meta, detection; repair of a wrong label
    policies  robots.txt and TDM files met among the records
    archive/  bytes to records: codecs, members, damage, WARC and ARC
    remote/   open files wherever they lie

The reader counts what it meets (`Batch.seen`) apart from what becomes of it. Responses, resources,
conversions, lines and damaged stretches are counted in, and each ends as exactly one record or one
drop.
"""

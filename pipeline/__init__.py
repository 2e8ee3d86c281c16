"""gristmill: web archives in, training tokens out.

The way of the data, a job a line (`pipeline.jobs`), a folder a stage:

    extract    WARCs and texts -> ingest -> extract -> screen -> documents
    exact      URLs, text hashes, site lines -> decisions
    curate     documents + decisions -> measured, judged -> curated
    near       signatures -> bands -> clusters -> decisions
    classify   samples -> models; curated -> scores, domains, benchmark hits
    mix        columns -> phases, groups, weights
    tokenize   tokenizer; curated + mixture -> Arrow shards -> loader -> GPU
"""

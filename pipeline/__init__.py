"""gristmill: web archives in, training tokens out.

The way of the data, a job a line; each is a file of `pipeline.jobs`, each stage a folder:

    extract    archives and texts: ingest, screen, extract, screen again -> documents
    exact      hashes of URLs, texts, lines -> decisions
    curate     documents, decisions -> cut, measured, judged -> curated
    near       signatures -> bands -> components -> decisions
    classify   samples -> models; curated -> scores
    mix        columns -> phases and groups -> plan
    tokenize   curated, plan -> tokens -> shards -> loader -> GPU
"""

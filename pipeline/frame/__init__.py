"""How any job runs: units dealt to workers, parts committed, manifests written last.

    run         what is missing of a job is run, then checked, then told in its manifest
    parts       what a unit has made on disk, committed whole, and the marker that says so
    manifests   what a finished job says of itself
    engine, workers   where pipelines run: Beam's local runner over warm processes, or others
    transforms, shuffle   Beam: functions over units and batches, rows brought together by key
    range_files  what the pipelines of one job leave for each other
    preload     what worker processes import first
    progress    what is told while it runs

Nothing here knows a job or a stage by name.
"""

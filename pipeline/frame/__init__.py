"""How any job runs: units dealt to workers, parts committed, manifests written last.

    run, job_run what is missing of a job is run, then checked, then told in its manifest
    unit_lists   the units of a job, as a table; their list, which workers read by range
    parts, part_tables   what a unit has made on disk, committed whole; the parts of all units
    manifests, job_states   what a finished job says of itself; the jobs of the last run
    graph        what happens to the elements of a pipeline, told without an engine
    transforms, shuffle   units and batches through functions; rows brought together by key
    row_groups   rows that came together, in amounts that fit
    range_files  what the pipelines of one job leave for each other
    engines/     where pipelines run: in this process, or by Beam
    progress     what is told while it runs

Nothing here knows a job or a stage by name.
"""

"""The seven jobs, in the order of the data; each reads what jobs before it have written."""

from pipeline.frame.job_run import Job
from pipeline.jobs import classify, curate, exact, extract, mix, near, tokenize

JOBS: tuple[Job, ...] = (
    extract.JOB,
    exact.JOB,
    curate.JOB,
    near.JOB,
    classify.JOB,
    mix.JOB,
    tokenize.JOB,
)

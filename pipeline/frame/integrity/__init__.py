"""Whether what lies on the disk is what was written: in, a manifest; out, what has changed.

written_files  all files of a finished job, and what their bytes must be
own_files      those that are no parts, recorded once they are whole
inspection     files held against it, by hash or where a stamp tells that they were touched
work_files     what the pipelines of an unfinished job have left for each other
mending        what has changed is forgotten, so that it is made again
"""

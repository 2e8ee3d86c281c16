"""Files that lie elsewhere: in a path, out an open file that is read by range and asked again.

opening        one way to open files, wherever they lie
file_ends      a file that is looked at: its ends, and the mark that they make
hashed_reads   a file whose bytes are hashed as they are read
planned_files  a file that must be what was planned, until it has been read
web_server     http and https, by Range
redirects      where a web server may send us on to
object_stores  s3, gs and what else fsspec knows
block_reads    reading in blocks, and requests made again after faults that pass
"""

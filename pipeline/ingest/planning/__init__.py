"""What is known of input files, so that each is opened once, and an edited one is read again.

addresses    files whose addresses hold secrets
input_plans  the plan of a file, kept in the output folder under the file's stamp
look         files whose plans are not known are opened, in threads
edits        units whose bytes are no longer those that were read
"""

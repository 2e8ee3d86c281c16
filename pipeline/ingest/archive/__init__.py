"""Bytes to records: in an open file, out whole WARC and ARC records with their places, and damage.

window     bytes at any offset, and what all codecs share
codecs, zstd_lz4   a compressed file as members, each with the byte range it takes
damage     where the next whole member or record begins after bad bytes
tape       the members of a range as one run of bytes
warc       records with headers and place
"""

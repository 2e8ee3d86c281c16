"""Bytes of a page to text: which encoding, how it was found, wrong labels and mojibake repaired.

decoding   the order in which the evidence counts, and what is done where it disagrees
declared   what header, `<meta>` and XML declaration say
byte_shapes   encodings that their bytes betray: UTF-16 without its mark, ISO-2022, HZ
encodings   Python's codecs by the standard's names, and what these decode beyond them
latin   wrong labels of the Latin family, told by control characters
mojibake   text that was decoded wrongly before it was written
binary_bodies   bodies that are no text
"""

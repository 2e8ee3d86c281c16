"""Lists of sites that are blocked: what their lines say, one file that many are compiled into.

entries            what a line says, whichever of the usual forms it has
list_sources       where lines come from: files, packed or not, UT1's folders and archives
compiled           the file: sorted hashes, mapped by every worker
compiling          how many lists become it
lookup             what an address is listed as
url_words          words of addresses that say enough
"""

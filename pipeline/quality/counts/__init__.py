"""What is counted of a text with arrays and searches alone, as a page may hold millions of words.

In: words as numbers, items, a split text. Out: characters that repeat (Rae et al. 2021), sentences.
"""

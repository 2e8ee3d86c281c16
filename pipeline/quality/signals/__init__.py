"""Signals: in a measured document, out the 46 columns of RedPajama-v2.

redpajama       the signals
signal_sources  what they are made from besides the text: lists, models, reference texts
importance      weights of hashed n-grams for texts like a target
"""

"""Formulas: from what a page writes them in to TeX.

tex        TeX between delimiters in a text: told from prices, written with dollars
math       the TeX of an element: MathML, its annotation, an image's text, a script
mathml     presentation MathML as TeX
asciimath  AsciiMath between backticks as TeX
"""

"""Languages: what they are called, which part of a text tells them, which one it is.

codes              what people write for a language, as one code
natural            what is natural language in a text: no addresses, code, options
neighbours         what tells close languages apart
detection          which language that is, by CLD2 or any identifier
named_language     the language that an address names
"""

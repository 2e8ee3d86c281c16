"""The small model behind personal data: what it is made of, what it is worth.

phone_examples, phone_examples.toml   numbers in their surroundings, from templates of our own
span_evaluation, span_peers           what is found of labelled values, and what others find
"""

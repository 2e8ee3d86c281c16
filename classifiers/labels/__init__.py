"""Models of label files: what a user has labelled teaches which label a text has.

label_file    the rows of a file
fold_groups   what belongs on one side of a split: a site, near-duplicates; folds of such groups
linear_model  hashed words, weighed and added up
text_model    a folder of either kind, asked
baselines     what a model has to beat
model_kinds   the kinds of models, and what is tried of each
training      the choice, the figures, the card
"""

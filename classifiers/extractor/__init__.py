"""The block model of the extractor: labels from gold pages, folds by site, training, weights."""

"""Which tokens make a sample, and the samples read.

In: the numbers of samples of groups. Out: their tokens, labels and document boundaries. Two ways:
windows over a group's stream ("concat"), or documents kept whole where they fit ("bestfit").

packing        the two ways, and what marks labels that are none
sample_rows    what is read of a batch
concat_rows    windows over the stream
best_fit       documents to samples: best fit, longest first
packed         what follows of it for every block, kept beside the dataset
packing_waste  what a way costs: samples that are not full, documents that are cut
fitted_rows    samples of whole documents
"""

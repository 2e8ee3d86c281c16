"""What small training runs say about mixtures: what to run, what was learned, what to mix.

In come the natural tokens of components and two tables of runs made anywhere, their shares and
their metrics. Out go mixtures to run (`swarm`), laws with out-of-fold skill beside trivial
baselines (`laws`, `mixture_fit`), and weights under a budget and a cap on copies (`proposal`).

RegMix (arXiv 2407.01492), Data Mixing Laws (2403.16952), Olmix (2602.12237).
"""

"""Which documents train a model, in which phase, and how often: columns in, phases and groups out.

In: per document its id, domain, score, length and benchmark hits, no text. Out: per document a
phase (main, anneal) and a group (domain x score bucket), or the reason it is left out; and
`plan.json`, which says how often a group is seen. Only small histograms are global, so three
functions do the work:

    summarise(part) -> Summary        per part, merged by `merge`
    decide(summary, ...) -> Decision  once
    assign(part, decision)            per part, by keyed hashes of the ids

`columns` has the first, `decision` the second (`weights`, `curves`, `annealing`), `assign` the
third; `plan_file` writes plan.json.

Rules: benchmark hits leave (as in datatrove and DCLM); a gate by percentile within a domain,
weighted by characters (OLMo 3, arXiv 2512.13961; Nemotron-CC, 2412.02595) or GPT-3's Pareto draw
(2005.14165); shares filled up under a cap on epochs as in UniMax (2304.09151); at most four copies
by default, beyond which repeated text fades (2305.16264); the best documents kept for a last phase
(Llama 3, 2407.21783).
"""

STAGE = "mix"  # in drops

"""Which documents train a model, in which phase, and how often: columns in, phases and groups out.

In: per document its id, component (domain, source or language), score, length and benchmark hits,
and of some a piece of text, whose tokens are counted. Out: per document a phase (main, long,
anneal) and a group (component x bucket of scores), or the reason it is left out; and `plan.json`,
which says how often a group is seen. Only small sums are global, so four functions do the work:

    summarise(part) -> Summary        per part, merged by `merge`
    decide(summary, ...) -> Decision  once: what is chosen
    assign(part, decision)            per part, by keyed hashes of the ids
    make_plan(groups, ...)            once: how often groups are seen, of what was chosen

`inventory` has the first, `decision` the second, `assign` the third, `plan_file` the fourth;
`text_sample` draws texts and `token_rates` counts them. `shares` has the sums, `experiment` looks
for better weights.

Rules: benchmark hits leave (as in datatrove and DCLM); a gate by percentile within a component,
weighted by tokens (OLMo 3, arXiv 2512.13961; Nemotron-CC, 2412.02595) or GPT-3's Pareto draw
(2005.14165); shares filled up under a cap on epochs as in UniMax (2304.09151); at most four copies
by default, beyond which repeated text fades (2305.16264); the best documents kept for a last phase
(Llama 3, 2407.21783).
"""

STAGE = "mix"  # in drops

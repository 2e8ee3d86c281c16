"""Runs in datatrove's own environment: its four filters, one document per line of standard input.

In: a JSON string per line. Out: a JSON object per line: the words, the number of sentences of every
cleaned line, what each filter decides, the text C4 leaves, and the CPU seconds the filters took.
"""

import json
import sys
import time

from datatrove.data import Document
from datatrove.pipeline.filters import (
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
)
from datatrove.pipeline.filters.c4_filters import CITATION_REGEX
from datatrove.utils.text import PUNCTUATION_SET, split_into_sentences, split_into_words

FILTERS = {
    "gopher_repetition": GopherRepetitionFilter(),
    "gopher_quality": GopherQualityFilter(),
    "c4": C4QualityFilter(filter_no_terminal_punct=False),
    "fineweb": FineWebQualityFilter(),
}
C4_PAPER = C4QualityFilter(min_num_sentences=3, min_words_per_line=5)


def verdict(result: object) -> str:
    """The reason of a drop, or the empty string."""
    return result[1] if isinstance(result, tuple) else ""


def judge(text: str) -> dict[str, object]:
    """All that the comparison needs of one text; only the four filters are timed."""
    start = time.process_time()
    verdicts, left = {}, ""
    for name, rule in FILTERS.items():
        document = Document(text=text, id="0")
        verdicts[name] = verdict(rule.filter(document))
        left = document.text if name == "c4" else left
    seconds = time.process_time() - start
    paper = Document(text=text, id="0")
    verdicts["c4_paper"] = verdict(C4_PAPER.filter(paper))
    words = split_into_words(text)
    lines = {CITATION_REGEX.sub("", line.strip()).strip() for line in text.splitlines()}
    return {
        "seconds": seconds,
        "verdicts": verdicts,
        "left": left,
        "left_paper": paper.text,
        "words": words,
        "symbols": sorted({w for w in words if all(c in PUNCTUATION_SET for c in w)}),
        "sentences": {line: len(split_into_sentences(line)) for line in lines if line},
    }


def main() -> None:
    """Answer every line with a line."""
    judge("A first text loads the tokenizer, which is not timed.")
    for line in sys.stdin:
        print(json.dumps(judge(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()

"""The benchmark file: questions of at least 15 words, the first of which leak into articles."""

import json

from pipeline.sample.authors import TOPICS, Author
from pipeline.sample.chance import Chance

MIN_WORDS = 15


def question(number: int) -> str:
    """Question `number`; the same wherever it is asked."""
    chance = Chance("question", number)
    while True:
        author = Author(TOPICS[number % len(TOPICS)], 0.5, chance)
        text = author.line("questions", "ask")
        if len(text.split()) >= MIN_WORDS:
            return text


def quiz(questions: int) -> str:
    """The JSON lines of the benchmark: question, answer, and for some a passage."""
    lines = []
    for number in range(questions):
        author = Author(TOPICS[number % len(TOPICS)], 0.5, Chance("answer", number))
        row = {"question": question(number), "answer": author.grammar.expand("[trait] [thing]")}
        if number % 3 == 0:
            row["passage"] = " ".join(author.line("questions", "passage") for _ in range(4))
        lines.append(json.dumps(row, ensure_ascii=False) + "\n")
    return "".join(lines)

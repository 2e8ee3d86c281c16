"""A linear model of hashed words, weighed by how few texts have them.

Rows are as long as 1 (tf-idf with log counts: Salton and Buckley 1988; hashing: Weinberger et al.
2009). Weights are those of scikit-learn's logistic regression, one label against the rest, or of
its complement naive Bayes (Rennie et al. 2003), which few texts teach more. Asking takes NumPy
alone.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from classifiers.fasttext_model import normal_form
from pipeline.errors import UsageError, needing

BUCKETS = 1 << 18
FEW_BUCKETS, MANY_LABELS = 1 << 17, 16  # of models of more labels, so that they stay small
_SMOOTHED, _SHARP = 0.3, 10.0  # of naive Bayes; its odds are those of a text of length 1
_SURE = 9.0  # log-odds of what is always so
_WORD = re.compile(r"\w+")
Floats = NDArray[np.float32]


class LinearSetting(NamedTuple):
    """What is tried: the cost of an error, or 0 for naive Bayes; and the share of texts that may
    have a word which counts.
    """

    cost: float = 4.0
    most: float = 1.0


class Weights(NamedTuple):
    """What is kept of a model: how rare features are, and what each says of each label."""

    rarity: Floats  # (buckets,); 0 for features that do not count
    weights: Floats  # (buckets, labels), one column of two labels: that of the second
    bias: Floats  # (labels,)


class _Hashes(dict[str, int]):
    """The hashes of words that have been met: a look-up costs a third of a call."""

    def __missing__(self, word: str) -> int:
        found = self[word] = xxh3_64_intdigest(word.encode())
        return found


_HASHES, _MOST_HASHES = _Hashes(), 1 << 19


def buckets_for(labels: int) -> int:
    """Places that features of a model of so many labels are hashed into."""
    return FEW_BUCKETS if labels > MANY_LABELS else BUCKETS


def features(text: str, buckets: int) -> tuple[NDArray[np.int64], Floats]:
    """The features of a text in order, and the logarithms of how often they stand there, plus 1."""
    places, counts = counted(text, buckets)
    return places, 1 + np.log(counts, dtype=np.float32)


def counted(text: str, buckets: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The features of a text in order, and how often they stand there."""
    words = _WORD.findall(normal_form(text))
    if len(_HASHES) > _MOST_HASHES:
        _HASHES.clear()
    hashes = np.fromiter(map(_HASHES.__getitem__, words), np.uint64, len(words))
    places = np.sort(hashes & np.uint64(buckets - 1)).astype(np.int64)
    if not len(places):
        return places, places
    starts = np.flatnonzero(np.concatenate(([True], places[1:] != places[:-1])))
    return places[starts], np.diff(np.append(starts, len(places)))


def vector(text: str, rarity: Floats) -> tuple[NDArray[np.int64], Floats]:
    """The features of a text that count, and their weights in a row of length 1."""
    places, values = features(text, len(rarity))
    values = values * rarity[places]
    length = float(np.sqrt(values @ values))
    return places, values / length if length else values


def odds(texts: Sequence[str], model: Weights) -> NDArray[np.float64]:
    """The log-odds of each label for each text: (texts, columns of the weights); NaN for a text
    without words.
    """
    found = np.empty((len(texts), model.weights.shape[1]))
    for number, text in enumerate(texts):
        places, values = vector(text, model.rarity)
        known = values @ model.weights[places] + model.bias
        found[number] = known if len(places) else np.nan
    return found


def matrix(texts: Sequence[str], rarity: Floats) -> Any:
    """The vectors of texts as a sparse matrix. Raises UsageError without SciPy."""
    with needing("train", "training a linear model"):
        from scipy.sparse import csr_matrix
    rows = [vector(text, rarity) for text in texts]
    ends = np.cumsum([0, *(len(places) for places, _ in rows)])
    places = np.concatenate([np.zeros(0, np.int64), *(places for places, _ in rows)])
    values = np.concatenate([np.zeros(0, np.float32), *(values for _, values in rows)])
    return csr_matrix((values, places, ends), shape=(len(texts), len(rarity)))


def rarity_of(texts: Sequence[str], buckets: int, most: float = 1.0) -> Floats:
    """How rare features are among texts: 1 + log(texts / texts that have one); 0 for those that
    none or more than a share of `most` have.
    """
    having = np.zeros(buckets)
    for text in texts:
        having[features(text, buckets)[0]] += 1
    counts = (having > 0) & (having <= most * len(texts))
    rarity = np.zeros(buckets, np.float32)
    rarity[counts] = 1 + np.log((1 + len(texts)) / (1 + having[counts]))
    return rarity


def fit(
    texts: Sequence[str], labels: Sequence[str], names: Sequence[str], setting: LinearSetting
) -> Weights:
    """A model of texts. Raises UsageError without scikit-learn."""
    cost, most = setting
    rarity = rarity_of(texts, buckets_for(len(names)), most)
    used = np.flatnonzero(rarity)
    if not len(used):
        raise UsageError("the texts hold no words that count; give other texts")
    rows, given = matrix(texts, rarity)[:, used], np.array(labels)
    made, bias = _logistic(rows, given, names, cost) if cost else _bayes(rows, given, names)
    weights = np.zeros((len(rarity), len(bias)), np.float32)
    weights[used] = made
    return Weights(rarity, weights, bias.astype(np.float32))


def _bayes(rows: Any, given: NDArray[np.str_], names: Sequence[str]) -> tuple[Any, Any]:
    """Weights by what the texts of other labels hold, and no bias."""
    with needing("train", "training a linear model"):
        from sklearn.naive_bayes import ComplementNB
    model = ComplementNB(alpha=_SMOOTHED).fit(rows, given)
    made = np.zeros((rows.shape[1], len(names)))
    made[:, [list(names).index(name) for name in model.classes_]] = model.feature_log_prob_.T
    made *= _SHARP
    if len(names) == 2:
        made = made[:, 1:] - made[:, :1]
    return made, np.zeros(made.shape[1])


def _logistic(
    rows: Any, given: NDArray[np.str_], names: Sequence[str], cost: float
) -> tuple[Any, Any]:
    columns = names[1:] if len(names) == 2 else names
    fitted = [_fit_one(rows, given == name, cost) for name in columns]
    return np.stack([weight for weight, _ in fitted], axis=1), np.array([b for _, b in fitted])


def _fit_one(rows: Any, is_label: NDArray[np.bool_], cost: float) -> tuple[Any, float]:
    """Weights and bias of one label against the rest; of what is always so the bias alone tells."""
    with needing("train", "training a linear model"):
        from sklearn.linear_model import LogisticRegression
    if is_label.all() or not is_label.any():
        return np.zeros(rows.shape[1]), _SURE if is_label.all() else -_SURE
    model = LogisticRegression(C=cost, solver="liblinear", max_iter=1_000)
    model.fit(rows, is_label)
    return model.coef_[0], float(model.intercept_[0])

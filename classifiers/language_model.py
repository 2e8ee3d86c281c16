"""Identifiers of languages: CLD2, or any fastText model whose labels are codes of languages."""

from functools import lru_cache

from classifiers.fasttext_model import PREFIX, fasttext_version, read_any_model
from pipeline import files
from pipeline.errors import UsageError
from pipeline.language.codes import is_named, known_code, language_code
from pipeline.language.detection import CLD2, UNKNOWN, Identifier, Language
from pipeline.recipe import ScreenConfig
from pipeline.text import encodable

_LEAST = 0.9  # of the labels of a model are languages


@lru_cache(maxsize=2)
def load_identifier(name: str) -> Identifier:
    """CLD2 by its name, or the fastText model at a path (lid.176, GlotLID, NLLB's and the like).

    Raises UsageError where there is none, or its labels are no codes of languages.
    """
    if name == "cld2":
        return CLD2
    if not files.exists(name):
        raise UsageError(f"identifier {name!r} is not there; give a fastText model, or cld2")
    model = read_any_model(name)
    labels = {label: language_code(label.removeprefix(PREFIX)) for label in model.labels}
    languages = sum(map(is_named, labels.values()))
    if len({*labels.values()}) < 2 or languages < _LEAST * len(labels):
        raise UsageError(f"{name!r} tells no languages apart; give a model whose labels are codes")

    def tell(text: str) -> Language:
        line = " ".join(encodable(text).split())
        if not any(map(str.isalpha, line)):
            return UNKNOWN
        # The list form: the single form fails under NumPy 2.
        (found,), (chance,) = model.predict([line], k=1)
        return Language(labels[found[0]], min(1.0, float(chance[0])))

    return Identifier(
        tell, frozenset(labels.values()), f"{files.checksum(name)} {fasttext_version()}"
    )


def told_apart(config: ScreenConfig) -> Identifier:
    """The identifier of a recipe, all of whose languages it must tell; UsageError otherwise."""
    identifier = load_identifier(config.identifier)
    try:
        for code in config.languages:
            known_code(code, identifier.codes)
    except ValueError as error:
        raise UsageError(f"screen.languages: {error}") from None
    return identifier

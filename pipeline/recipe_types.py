"""What the sections of a recipe are made of."""

import json
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from pipeline.document import digest
from pipeline.language.codes import declared_code

# 0 equals False, and is no way to say it.
Off = Annotated[Literal[False], BeforeValidator(lambda value: False if value is False else None)]
LanguageName = Annotated[str, AfterValidator(declared_code)]  # as its code
Share = Annotated[float, Field(ge=0, le=1)]
Format = Literal["warc", "wet", "index", "jsonl", "parquet", "wikipedia"]
Part = Literal["text", "id", "url", "date"]  # what is read of a row


class PathMark:
    """Marks the strings of a key as paths, which start at the recipe's folder if relative."""


RecipePath = Annotated[str, PathMark()]


def fingerprint(*parts: Any) -> str:
    """16 hex digits over JSON-like values and sections: the identity of what a job obeys."""
    plain = [one.model_dump(mode="json") if isinstance(one, BaseModel) else one for one in parts]
    return digest(json.dumps(plain, sort_keys=True))[:16]

"""What the sections of a recipe are made of."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

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

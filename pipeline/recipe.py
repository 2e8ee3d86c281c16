"""The recipe: one frozen model per stage. Every key but `sources` has a default.

What of it a job obeys is said in the job's file (`obeys`), and is what its fingerprint is of.
"""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from pipeline.recipe_types import (
    Format,
    LanguageName,
    MixConfig,
    Off,
    Part,
    RecipePath,
    Section,
    Share,
)


class Source(Section):
    """Where records come from, and what is known of all of them."""

    name: str = Field(pattern=r"^[A-Za-z0-9_-]+$")
    format: Format = "warc"
    paths: tuple[RecipePath, ...] = ()
    crawl: str = ""  # a Common Crawl name such as CC-MAIN-2026-30, instead of paths
    files: str = ""  # slice of the crawl's path list, "0:100"
    base: str = "https://data.commoncrawl.org/"
    domain: str = ""
    licence: str = ""
    language: LanguageName = ""
    fields: dict[Part, Annotated[str, Field(min_length=1)]] = Field(
        default_factory=dict
    )  # of jsonl, parquet: their names
    sites: tuple[str, ...] = ()  # of an index: only captures of these registered domains
    cited: RecipePath = ""  # of an index: only captures of pages whose keys this file holds
    private_redirects: bool = False  # follow a web server to private and local addresses

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> "Source":
        if bool(self.paths) == bool(self.crawl):
            raise ValueError("give either paths or crawl")
        if self.fields and self.format not in ("jsonl", "parquet"):
            raise ValueError(f"fields are of jsonl and parquet, not {self.format}; take them out")
        if self.cited and self.format != "index":
            raise ValueError("cited is of an index; take it out")
        return self


class ExtractConfig(Section):
    extractor: Literal[
        "gristmill", "trafilatura", "trafilatura_precision", "resiliparse", "body"
    ] = "gristmill"
    prefilter: bool = True
    range_megabytes: Annotated[int, Field(ge=1)] = 32
    max_html_bytes: Annotated[int, Field(ge=1)] = 5_242_880  # where Common Crawl cuts a page
    max_nodes: Annotated[int, Field(ge=1)] = 100_000
    max_depth: Annotated[int, Field(ge=1)] = 400
    min_characters: Annotated[int, Field(ge=0)] = 1  # of extracted text


class ScreenConfig(Section):
    identifier: RecipePath = "cld2"  # of languages; or the path of a fastText model
    languages: tuple[LanguageName, ...] = ("en",)  # () keeps all
    language_threshold: Share = 0.65
    # Of languages that need another.
    language_thresholds: dict[LanguageName, Share] = Field(default_factory=dict)
    blocklists: tuple[RecipePath, ...] = ("builtin",)  # () none; or paths
    allowlists: tuple[RecipePath, ...] = ()  # their entries win
    opted_out: tuple[RecipePath, ...] = ()  # lists of sites that may not be used
    url_words: bool = True  # drop pages by words of their addresses
    rights: Literal["respect_opt_out", "ignore", "open_licence_only"] = "respect_opt_out"
    personal_data: Literal["redact", "replace", "keep"] = "redact"
    phones: bool = True  # look for telephone numbers too
    personal_data_share: Annotated[int, Field(ge=1)] = 10  # most values in a thousand words

    @model_validator(mode="after")
    def _thresholds_are_of_languages(self) -> "ScreenConfig":
        if others := sorted({*self.language_thresholds} - {*self.languages}):
            raise ValueError(f"a threshold for {others[0]!r}, which is not among the languages")
        return self


class MinhashConfig(Section):
    bands: Annotated[int, Field(ge=1)] = 14
    rows: Annotated[int, Field(ge=1)] = 8
    threshold: Share = 0.8


class LinesConfig(Section):
    """A line is a site's boilerplate when it stands on this many and this share of its pages."""

    min_pages: Annotated[int, Field(ge=2)] = 2
    min_share: Share = 0.2  # by the lower bound of what the counted pages speak for
    max_characters: Annotated[int, Field(ge=1, le=1_000)] = 400


class ParagraphsConfig(Section):
    """A paragraph of this length in this many documents is kept in one of them."""

    min_characters: Annotated[int, Field(ge=50, le=1_000)] = 200
    min_documents: Annotated[int, Field(ge=2)] = 3


class DedupConfig(Section):
    url: bool = True
    exact: bool = True
    site_lines: LinesConfig | Off = LinesConfig()
    paragraphs: ParagraphsConfig | Off = ParagraphsConfig()
    minhash: MinhashConfig | Off = MinhashConfig()
    containment: Annotated[float, Field(ge=0.85, le=1)] | Off = 0.95  # of its shingles
    min_characters: Annotated[int, Field(ge=0)] = 100  # of what is left after cuts
    survivor: tuple[Literal["quality", "longest", "newest", "oldest"], ...] = ("longest", "newest")
    scope: Literal["global", "per_source"] = "global"
    against: tuple[RecipePath, ...] = ()


Rules = Literal[
    "gopher_quality", "gopher_repetition", "c4", "fineweb", "refinedweb", "mc4", "dolma3",
    "outliers",
]  # fmt: skip


class SignalsConfig(Section):
    """What RedPajama-v2's signals are made from besides the text; a signal without it is null."""

    books: RecipePath = ""  # tables of `gristmill quality fit --target`
    openwebtext: RecipePath = ""
    wikipedia: RecipePath = ""
    wikiref_model: RecipePath = ""  # folders of trained models
    palm_model: RecipePath = ""
    wikipedia_model: RecipePath = ""
    words: RecipePath = ""  # one phrase a line, or a folder with a file per language
    ut1: RecipePath = ""  # folder of categories, each with a file `domains`


class QualityConfig(Section):
    rules: tuple[Rules, ...] = ("gopher_quality", "gopher_repetition", "c4", "fineweb", "outliers")
    # Of rules by their names, over those of the families.
    limits: dict[str, float] = Field(default_factory=dict)
    # C4's two counts stand both ways in print: 5 sentences and 3 words a line, or 3 and 5.
    c4_counts: Literal["sentences_5_words_3", "sentences_3_words_5"] = "sentences_5_words_3"
    terminal_punctuation: bool = False  # cut lines that end in none: C4's rule, left out by FineWeb
    reading: Literal["structure", "published"] = "structure"  # by kinds of lines, or as in print
    structured: Literal["prose", "text"] = "prose"  # as published: how code and formulas are judged
    outlier_tail: Annotated[float, Field(gt=0, lt=0.5)] = 0.0005  # share beyond each limit
    outlier_reference: RecipePath = ""  # of `gristmill quality fit`; "" fits on the run's corpus
    signals: bool = False  # write the 46 RedPajama-v2 signals as columns too
    signal_sources: SignalsConfig = SignalsConfig()

    @model_validator(mode="before")
    @classmethod
    def _numbers_are_limits(cls, data: Any) -> Any:
        """`min_words = 40` in the section is short for the same under `limits`."""
        if not isinstance(data, dict):
            return data
        number = {
            key: value
            for key, value in data.items()
            if key not in cls.model_fields and type(value) in (int, float)
        }
        rest = {key: value for key, value in data.items() if key not in number}
        return {**rest, "limits": {**rest.get("limits", {}), **number}} if number else data


class ReferencedConfig(Section):
    dump: RecipePath = ""  # folder of a Wikipedia dump: pages-articles XML, externallinks SQL
    model: RecipePath = ""  # folder of a trained model


class HarmConfig(Section):
    model: RecipePath = ""  # folder of a model of two labels; without one no harm is looked for
    least: Share = 0.9  # score from which a document is dropped, if something else speaks too
    words: tuple[RecipePath, ...] = ()
    lists: tuple[RecipePath, ...] = ()


class ClassifyConfig(Section):
    referenced: ReferencedConfig = ReferencedConfig()
    models: tuple[RecipePath, ...] = ()  # more of them, for the gate
    combine: Literal["mean", "rank"] = "mean"
    harm: HarmConfig = HarmConfig()
    topics: RecipePath = ""  # folder of a model of topics, in place of rules
    gate: Literal["curve", "cut", "pareto", "off"] = "curve"
    keep: Share = 0.6  # share of characters that a gate keeps
    domains: bool = True  # and topics, both by rules


class TokenizeConfig(Section):
    vocabulary: Annotated[int, Field(ge=300, le=1_000_000)] = 32_768
    digits: Annotated[int, Field(ge=1, le=3)] = 1
    train_megabytes: Annotated[float, Field(gt=0, le=2_000)] = 100.0
    tokenizer: RecipePath = ""  # folder or tokenizer.json, instead of training
    shard_megabytes: Annotated[float, Field(gt=0, le=2_000)] = 256.0


class Recipe(Section):
    seed: int = 1729
    preset: Literal["fineweb", "gopher", "c4", "refinedweb", "dclm"] = "fineweb"
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    extract: ExtractConfig = ExtractConfig()
    screen: ScreenConfig = ScreenConfig()
    dedup: DedupConfig = DedupConfig()
    quality: QualityConfig = QualityConfig()
    classify: ClassifyConfig = ClassifyConfig()
    mix: MixConfig = MixConfig()
    tokenize: TokenizeConfig = TokenizeConfig()

    @model_validator(mode="after")
    def _source_names_differ(self) -> "Recipe":
        names = [source.name for source in self.sources]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two sources are called {twice[0]!r}; rename one")
        return self

"""A dataset as a folder: what it holds, and the plan that its mixture asks for."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from os import PathLike

from pipeline import files
from pipeline.errors import CheckError
from pipeline.loader.plan import MixPlan
from pipeline.loader.samples.packing import Packing
from pipeline.tokenize.manifest import PLAN, Manifest, read_manifest


@dataclass(frozen=True)
class Dataset:
    """A folder with shards, their manifest, plan.json and tokenizer.json."""

    folder: str

    @property
    def identity(self) -> str:
        """32 hex digits that stand for every byte of it: what a trainer pins."""
        return self.manifest.identity

    def pinned(self, identity: str) -> "Dataset":
        """This dataset, if it is the one that `identity` names; CheckError for another."""
        if self.identity != identity:
            raise CheckError(
                f"{self.folder!r} is dataset {self.identity}, not {identity}; give the folder of "
                "that one, or pin this"
            )
        return self

    @cached_property
    def manifest(self) -> Manifest:
        """What the dataset holds. Raises UsageError for none, CheckError for a broken one."""
        return read_manifest(self.folder)

    def plan(
        self,
        seq_len: int,
        seed: int | None = None,
        phases: Collection[str] = (),
        packing: Packing = "concat",
        packings: str | PathLike[str] = "",
    ) -> MixPlan:
        """The order of samples of `seq_len` tokens; the seed is plan.json's by default.

        With `phases`, those alone: that of long documents may have longer samples than others.
        "bestfit" packing keeps documents whole where they fit; what it needs is made once, in
        `packings`, by default beside the dataset.
        """
        path = files.join(self.folder, PLAN)
        return MixPlan.from_plan(self.folder, path, seq_len, seed, phases, packing, packings)

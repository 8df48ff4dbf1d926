"""A user's genome: its name, its partition key, and what is known of it."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from genoteca.errors import InputError
from genoteca.model.build import Build

__all__ = [
    "CallLimits",
    "FormerSex",
    "Sample",
    "SampleDetails",
    "SampleId",
    "SampleKind",
    "Sex",
    "SourceFile",
    "slug",
]

SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class SampleKind(StrEnum):
    """What sort of data a genome file holds; it decides what silence means."""

    WHOLE_GENOME = "whole genome"
    EXOME = "exome"
    GVCF = "gVCF"
    ARRAY = "array"
    PANEL = "panel or region"
    NO_GENOTYPES = "no genotypes"


class Sex(StrEnum):
    """Chromosomal sex as the user stated it; it decides what X and Y genotypes mean."""

    FEMALE = "female"
    MALE = "male"
    UNSTATED = "unstated"


def slug(text: str) -> str:
    """Turn a name a person typed into a slug (`[a-z0-9][a-z0-9._-]{0,63}`).

    Raises:
        InputError: nothing usable is left.

    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9._-]+", "-", plain).strip("-._")[:64].rstrip("-._")
    if not SLUG.fullmatch(made):
        raise InputError(
            f"{text!r} holds no letter a-z and no digit.",
            title="This name cannot be used",
            hint="Use a name with at least one of the letters a-z or a digit.",
        )
    return made


class SampleId(BaseModel):
    """Which genome of which user. The only place that joins or splits the partition key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    user: str = Field(pattern=rf"^{SLUG.pattern}$")
    sample: str = Field(pattern=rf"^{SLUG.pattern}$")

    @classmethod
    @lru_cache(maxsize=4096)  # read for each of thousands of answers
    def parse(cls, key: str) -> Self:
        """Split a partition key `user/sample`.

        Raises:
            InputError: not two slugs joined by one slash.

        """
        parts = key.split("/")
        if len(parts) != 2 or not all(SLUG.fullmatch(part) for part in parts):
            raise InputError(
                f"{key!r} is not of the form user/sample.",
                title="This is not a sample",
                hint="A sample is named user/sample, both of a-z, 0-9, dot, dash and underscore.",
            )
        return cls(user=parts[0], sample=parts[1])

    @property
    def key(self) -> str:
        """Give the partition key, `user/sample`."""
        return f"{self.user}/{self.sample}"

    def __str__(self) -> str:
        return self.key


class SourceFile(BaseModel):
    """The file a sample was read from, as given."""

    model_config = ConfigDict(extra="forbid")

    path: str
    name: str
    kept: Literal["copy", "in place"]
    bytes: int
    samples: int = 1
    """How many people it holds."""
    member: str | None = None
    """Which file of an archive the genome is; null: the file is no archive."""


class CallLimits(BaseModel):
    """A person's own limits for one sample's calls. They mark calls as filtered and delete nothing.

    Null: what the settings say holds. A call without the value is not below any limit.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    min_quality: float | None = Field(default=None, ge=0)
    """QUAL, phred-scaled."""
    min_depth: int | None = Field(default=None, ge=0)
    """Reads."""
    min_genotype_quality: int | None = Field(default=None, ge=0)
    """GQ, phred-scaled."""
    min_balance: float | None = Field(default=None, ge=0, lt=0.5)
    """Share of the reads, from below and from above, of either allele of a heterozygous call; null: no limit."""
    failing: tuple[str, ...] | None = None
    """Names in FILTER that count as a failure; null: every name but PASS."""


class SampleDetails(BaseModel):
    """What a person adds about a sample, for people to read; no answer depends on it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    relation: str = Field(default="", max_length=80)
    """Whose genome it is to the one who keeps it: `myself`, `my mother`."""
    laboratory: str = Field(default="", max_length=120)
    tested: date | None = None
    """Day on which the sample was taken or the test was made; null: not told."""
    note: str = Field(default="", max_length=10_000)


class FormerSex(BaseModel):
    """A sex that was stated before another one was."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sex: Sex
    until: datetime


class Sample(BaseModel):
    """What `sample.json` holds: one genome of one user."""

    model_config = ConfigDict(extra="forbid")

    id: SampleId
    user_name: str
    sample_name: str
    source: SourceFile
    pick: str | None = None
    build: Build
    build_evidence: str
    kind: SampleKind
    sex: Sex = Sex.UNSTATED
    synthetic: bool = False
    limits: CallLimits = CallLimits()
    decompose: bool = False
    """Whether exchanges of several bases (MNVs) are taken apart into single bases when the file is read."""
    details: SampleDetails = SampleDetails()
    former_sexes: tuple[FormerSex, ...] = ()
    """What was stated before `sex`, oldest first: tables and answers of that time were made with it."""
    added: datetime

    def sex_at(self, moment: datetime) -> Sex:
        """Give the sex that was stated at a moment."""
        return next((one.sex for one in self.former_sexes if moment < one.until), self.sex)

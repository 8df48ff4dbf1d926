"""Whether a file of sites is of the build that was asked for, by its header and by its records."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from genoteca.errors import ReferenceDataError
from genoteca.genome.schema import CHROM
from genoteca.genome.site_header import SiteHeader
from genoteca.genome.well_known import WELL_KNOWN
from genoteca.model.build import Build

__all__ = ["BuildWitness"]

_NAMES = [known.rsid for known in WELL_KNOWN]
_PLACES = pl.DataFrame(
    [(known.rsid, known.chrom, pos, build) for known in WELL_KNOWN for build, pos in known.positions.items()],
    schema={"id": pl.String, "chrom": CHROM, "pos": pl.UInt32, "build": pl.String},
    orient="row",
)
"""Where every build has the well-known variants."""

RCRS_BUILDS = (Build.GRCH37, Build.GRCH38)


class BuildWitness:
    """Looks at what a file says of its build, as far as it has been read.

    The mitochondrion of 16,569 bases is one sequence in two builds: where `chromosomes` is MT only, either will do.

    Raises:
        ReferenceDataError: its header says another build.

    """

    def __init__(self, header: SiteHeader, build: Build, chromosomes: Collection[str] | None) -> None:
        self._header, self._build = header, build
        self._seen: dict[str, str] = {}
        self._beyond = 0
        self._shared = set(chromosomes or ()) == {"MT"} and header.has_rcrs and build in RCRS_BUILDS
        if header.build not in (None, build) and not self._shared:
            raise self._refusal(header.build_evidence)

    @property
    def shown(self) -> bool:
        """Whether anything says that the file is of the build asked for."""
        return self._header.build is not None or self._shared or self._build in self._seen

    def look(self, rows: pl.DataFrame, *, beyond: int) -> None:
        """Look at alleles with `chrom`, `pos`, `id`, and at how many records lay beyond the end of a chromosome."""
        self._beyond += beyond
        named = rows.lazy().select("id", "chrom", "pos").filter(pl.col("id").is_in(_NAMES))
        found = named.join(_PLACES.lazy(), on=["id", "chrom", "pos"]).unique(["build"], maintain_order=True).collect()
        for rsid, chrom, pos, build in found.iter_rows():
            self._seen.setdefault(build, f"{rsid} at {chrom}:{pos}, where {build} has it")

    def require(self) -> str:
        """Give the words for how the build is known, at the end of the file.

        Raises:
            ReferenceDataError: its records are of another build.

        """
        others = [words for build, words in self._seen.items() if build != self._build]
        if others:
            raise self._refusal(f"It lists {others[0]}.")
        if self._shared:
            return "The mitochondrion of 16,569 bases is the same sequence in GRCh37 and GRCh38."
        if self._header.build is not None:
            return self._header.build_evidence
        if self._beyond:
            raise self._refusal(f"{self._beyond:,} records lie beyond the end of their chromosome.")
        if self._build in self._seen:
            return f"It lists {self._seen[self._build]}."
        if self._header.contradicts:
            raise self._refusal(self._header.build_evidence)
        return self._header.build_evidence

    def _refusal(self, why: str) -> ReferenceDataError:
        return ReferenceDataError(
            f"{self._header.name} is not of {self._build}, which was asked for. {why}",
            title="This file is of another genome build",
            hint=f"Take the publisher's file for {self._build}.",
        )

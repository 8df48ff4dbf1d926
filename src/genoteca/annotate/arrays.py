"""An array's genotypes beside a module's alleles: the module supplies REF, and the call becomes what a VCF would say.

A call is used only where it can mean one thing. Otherwise its position is a no-call, counted under its reason: an
allele that the module does not have there, an I or a D, or, where the file does not say on which strand its alleles
are, a call whose other strand would also fit (two equal copies at an A/T or C/G variant).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from genoteca.annotate.agreement import Agreement
from genoteca.annotate.calls import Calls, Long, Supplied, carried_mitochondrial, read_calls
from genoteca.annotate.sample_tables import SampleTables
from genoteca.annotate.spans import KEY_SHIFT
from genoteca.genome.coverage import COVERAGE_SCHEMA
from genoteca.genome.key import with_keys
from genoteca.genome.schema import EVIDENCE
from genoteca.genome.variants import VARIANTS_SCHEMA
from genoteca.model.evidence import Evidence
from genoteca.model.sample import SampleKind

__all__ = ["OTHER_STRAND", "OUTSIDE", "calls_beside", "published_alleles", "without_reference"]

OUTSIDE = "an allele that the module does not have at this position"
INSERTED = "an inserted or deleted allele, given only as I or D"
OTHER_STRAND = "the file does not say which strand it means, and both would fit"
TWO_REFERENCES = "the module gives the position two reference bases"

AllelesAt = Callable[[pl.Series], pl.DataFrame]
"""Of some places (sorted), a module's alleles there: `place`, `ref`, `alt`, one row each."""

_BITS = {"A": 1, "C": 2, "G": 4, "T": 8}
_PAIRED = tuple(zip("ACGT", "TGCA", strict=True))
_COMPLEMENT = [sum(_BITS[other] for base, other in _PAIRED if mask & _BITS[base]) for mask in range(16)]
"""By a set of bases (one bit each), the set of their complements."""

_READ = ("key", "chrom", "pos", "id", "genotype", "ploidy", "missing", "line")
_PLACE = (pl.col("key") // (1 << KEY_SHIFT)).cast(pl.Int64).alias("place")


def calls_beside(sample: SampleTables, alleles_at: AllelesAt) -> Calls:
    """Read a sample's calls; those of an array are read beside the module's alleles.

    Raises:
        DatasetError: the variants are not sorted by key.

    """
    if not without_reference(sample):
        return read_calls(sample)
    observed = pl.read_parquet(sample.variants, columns=list(_READ)).with_row_index("source").with_columns(_PLACE)
    alleles = alleles_at(observed["place"].unique().sort())
    judged = _judged(observed, alleles, plus_strand=sample.plus_strand)
    rows = _carried(judged.filter(pl.col("reason").is_null() & ~_is_reference()))
    return _calls(sample, rows, judged)


def without_reference(sample: SampleTables) -> bool:
    """Tell whether a sample's rows have no REF: those of an array's own file, not of a VCF made from a chip."""
    if sample.kind is not SampleKind.ARRAY:
        return False
    spelled = pl.scan_parquet(sample.variants).select(pl.col("ref").is_not_null().any())
    return not spelled.collect(engine="streaming").item()


def published_alleles(reference: Path) -> AllelesAt:
    """Look alleles up in a published reference, as a stream."""

    def at(places: pl.Series) -> pl.DataFrame:
        wanted = places.alias("place").to_frame().lazy()
        return (
            pl.scan_parquet(reference)
            .select(_PLACE, "ref", "alt")
            .join(wanted, on="place", how="semi")
            .collect(engine="streaming")
        )

    return at


def _judged(observed: pl.DataFrame, alleles: pl.DataFrame, *, plus_strand: bool) -> pl.DataFrame:
    """Keep the calls that speak of one of the module's places.

    Adds `ref` and `alts` of its single-base changes, and `reason` where a call cannot be used. Bases speak of
    single-base changes; I and D of whatever the module has there, unless bases are called beside them.
    """
    single = (pl.col("ref").str.len_bytes() == 1) & (pl.col("alt").str.len_bytes() == 1)
    bases = (
        alleles.filter(single)
        .group_by("place")
        .agg(pl.col("ref").first(), references=pl.col("ref").n_unique(), alts=pl.col("alt").unique().sort())
    )
    met = observed.join(alleles.select("place").unique(), on="place", how="semi", maintain_order="left")
    told = met.join(bases, on="place", how="left", maintain_order="left").with_columns(
        plain=pl.col("genotype").str.contains(r"^[ACGT?](/[ACGT?])?$")
    )
    speaking = told.filter(
        pl.when("plain").then(pl.col("ref").is_not_null()).otherwise(~pl.col("plain").any().over("place"))
    )
    return speaking.with_columns(
        seen=_mask(pl.col("genotype")), known=_mask(pl.concat_str("ref", pl.col("alts").list.join("")))
    ).with_columns(reason=_reason(plus_strand=plus_strand))


def _mask(text: pl.Expr) -> pl.Expr:
    """Give the bases that stand in a text as bits."""
    parts = [text.str.contains(base, literal=True).cast(pl.UInt8) * bit for base, bit in _BITS.items()]
    return pl.sum_horizontal(parts).cast(pl.UInt8)


def _reason(*, plus_strand: bool) -> pl.Expr:
    seen, known = pl.col("seen"), pl.col("known")
    turned = seen.replace_strict(list(range(16)), _COMPLEMENT, return_dtype=pl.UInt8)
    both_fit = (turned != seen) & (turned | known == known)
    return (
        pl.when(~pl.col("plain"))
        .then(pl.lit(INSERTED))
        .when(pl.col("references") > 1)
        .then(pl.lit(TWO_REFERENCES))
        .when(seen | known != known)
        .then(pl.lit(OUTSIDE))
        .when(both_fit & (not plus_strand))
        .then(pl.lit(OTHER_STRAND))
    )


def _is_reference() -> pl.Expr:
    return (pl.col("seen") == _mask(pl.col("ref"))) & (pl.col("missing") == 0)


def _carried(called: pl.DataFrame) -> pl.DataFrame:
    """Make the rows of a VCF: one per carried ALT, or one where half of a call is the reference and half unknown."""
    first, second = (pl.col("genotype").str.split("/").list.get(n, null_on_oob=True) for n in (0, 1))
    turned = (second == pl.col("ref")) & (first != pl.col("ref")) & (first != "?")
    carried = pl.col("alts").list.set_intersection(pl.col("genotype").str.split("/"))
    rows = (
        called.with_columns(
            alt=pl.when(carried.list.len() > 0).then(carried).otherwise(pl.col("alts").list.head(1)),
            genotype=pl.when(turned).then(pl.format("{}/{}", second, first)).otherwise("genotype"),
        )
        .with_columns(allele=pl.int_ranges(1, pl.col("alt").list.len() + 1, dtype=pl.UInt32))
        .explode("alt", "allele")
        .with_columns(copies=pl.col("genotype").str.count_matches(pl.col("alt"), literal=True))
        .with_columns(dosage=pl.when(pl.col("chrom") != "MT").then("copies"))
    )
    return with_keys(rows.drop("key")).sort("key", "line")


def _calls(sample: SampleTables, rows: pl.DataFrame, judged: pl.DataFrame) -> Calls:
    held = _typed(rows, VARIANTS_SCHEMA)
    carried = held.select((pl.col("dosage") >= 1).fill_null(value=False)).to_series().to_numpy(writable=True)
    mitochondrial = held.select(pl.col("chrom") == "MT").to_series().to_numpy()
    carried[mitochondrial] = carried_mitochondrial(held.filter(pl.Series(mitochondrial)))
    key = held["key"].to_numpy()
    unusable = judged.filter(pl.col("reason").is_not_null())
    compared = judged.filter(pl.col("plain"))
    supplied = Supplied(
        rows=held,
        source=rows["source"].to_numpy().astype(np.int64),
        coverage=_coverage(sample, judged, unusable),
        agreement=Agreement(len(compared), compared.filter(pl.col("reason").ne_missing(OUTSIDE)).height),
        unusable=dict(unusable["reason"].value_counts().sort("reason").iter_rows()),
    )
    length = np.ones(len(key), np.uint32)
    return Calls(
        sample=sample,
        key=key,
        length=length,
        carried=carried,
        long=Long.among(key, length),
        supplied=supplied,
    )


def _coverage(sample: SampleTables, judged: pl.DataFrame, unusable: pl.DataFrame) -> pl.DataFrame:
    """Give what the file asserts: its own no-calls, calls of the reference base, and calls that cannot be used."""
    asserted = judged.filter(pl.col("reason").is_null() & _is_reference())
    parts = [
        _typed(part.with_columns(start="pos", end="pos", evidence=pl.lit(evidence.value, EVIDENCE)), COVERAGE_SCHEMA)
        for part, evidence in ((asserted, Evidence.REFERENCE), (unusable, Evidence.NO_CALL))
    ]
    return pl.concat([pl.read_parquet(sample.coverage).cast(COVERAGE_SCHEMA), *parts])


def _typed(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    return frame.select(
        pl.col(name).cast(kind) if name in frame.columns else pl.lit(None, kind).alias(name)
        for name, kind in schema.items()
    )

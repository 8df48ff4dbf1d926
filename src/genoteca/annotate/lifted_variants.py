"""A sample's variants lifted to another build, for modules that list too many sites to lift (gnomAD and its like).

Only rows lift: what a file asserts or leaves out stays in its own build.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import polars as pl

from genoteca.annotate.answer import Answer
from genoteca.annotate.publish import write_published
from genoteca.genome.alleles import trim
from genoteca.genome.key import variant_keys, with_keys
from genoteca.genome.lift import Bases, Lift, LiftedSite, Reason, lift_site
from genoteca.genome.schema import CHROM, polars_schema
from genoteca.model.build import Build
from genoteca.model.column import LIFTED_VARIANTS

__all__ = ["LiftedVariants", "lift_variants", "oriented", "variants_told_back"]

SWAPPED_MITOCHONDRIAL = "the reference base differs, and mitochondrial copies cannot be swapped"
NO_REFERENCE = "the file has no reference allele here"


@dataclass(frozen=True, kw_only=True, slots=True)
class LiftedVariants:
    """What became of the rows of a variants table."""

    rows: int
    set_aside: dict[str, int]
    """Rows that did not lift, by reason."""
    flipped: int
    swapped: int
    unchecked: int
    """Rows whose REF nobody compared with the other build's sequence."""


def lift_variants(variants: Path, target: Path, lift: Lift, bases: Bases | None) -> LiftedVariants:
    """Lift every row of a variants table, and write those that lift: LIFTED_VARIANTS, sorted by key."""
    narrow = pl.read_parquet(variants, columns=["line", "chrom", "pos", "ref", "alt"])
    told: Counter[str] = Counter()
    lifted = list(_lifted_rows(narrow, lift, bases, told))
    places = pl.DataFrame(lifted, schema=_PLACED, orient="row")
    own = {"from_chrom": pl.col("chrom").cast(pl.String), "from_pos": "pos", "from_ref": "ref", "from_alt": "alt"}
    whole = (
        pl.read_parquet(variants)
        .with_row_index("variant")
        .with_columns(**own)  # type: ignore[arg-type]
        .drop("chrom", "pos", "ref", "alt", "key")
        .join(places, on="variant", how="inner", validate="1:1")
    )
    table = with_keys(_swapped(whole).with_columns(pl.col("chrom").cast(CHROM))).sort("key", "ref", "alt")
    schema = polars_schema(LIFTED_VARIANTS)
    write_published(table.select(pl.col(name).cast(kind) for name, kind in schema.items()), target)
    counts = table.select(pl.col("flipped", "swapped").sum(), unchecked=(~pl.col("checked")).sum()).row(0)
    flipped, swapped, unchecked = counts
    return LiftedVariants(
        rows=len(table), set_aside=dict(told), flipped=flipped, swapped=swapped, unchecked=unchecked
    )


def oriented(lifted: Path, reference: Path, target: Path) -> int:
    """Swap the unchecked single bases whose REF is the module's ALT; gives how many those are.

    The module's own REF says which base its build has: a row that meets a site only the other way round is swapped.
    """
    table = pl.read_parquet(lifted)
    single = (pl.col("ref").str.len_bytes() == 1) & (pl.col("alt").str.len_bytes() == 1) & (pl.col("chrom") != "MT")
    alone = pl.len().over("line") == 1
    asked = table.select(
        "key", "chrom", "pos", "ref", "alt", "variant", may=single & alone & ~pl.col("checked")
    ).filter("may")
    turned = asked.with_columns(turned=variant_keys(asked.rename({"ref": "alt", "alt": "ref"})))
    known = pl.scan_parquet(reference).select("key").unique()
    straight = _met(known, turned.select("variant", "key"))
    reverse = _met(known, turned.select("variant", key="turned"))
    wanted = sorted(reverse - straight)
    chosen = pl.col("variant").is_in(wanted)
    swapped = table.with_columns(
        swapped=pl.col("swapped") | chosen,
        ref=pl.when(chosen).then("alt").otherwise("ref"),
        alt=pl.when(chosen).then("ref").otherwise("alt"),
        _turn=chosen,
    )
    write_published(with_keys(_swapped(swapped, pl.col("_turn")).drop("_turn")).sort("key", "ref", "alt"), target)
    return len(wanted)


def variants_told_back(answer: Answer, lifted: Path, *, build: Build) -> Answer:
    """Tell the answer of lifted variants in the sample's build; `build` is the module's. LIFTED is added."""
    own = pl.read_parquet(
        lifted, columns=["variant", "from_chrom", "from_pos", "from_ref", "from_alt", "flipped", "swapped"]
    ).with_row_index("row")
    return answer.changed(lambda table: _told_back(table, own, build))


def _told_back(table: pl.DataFrame, own: pl.DataFrame, build: Build) -> pl.DataFrame:
    there = table.with_columns(
        lifted_from=pl.format("{} {}:{} {}>{}", pl.lit(str(build)), "chrom", "pos", "ref", "alt")
    ).join(own, on="row", how="left", maintain_order="left")
    swapped = pl.col("swapped")
    back = there.with_columns(
        row="variant",
        chrom=pl.col("from_chrom").cast(CHROM),
        pos="from_pos",
        ref=pl.when(swapped).then("from_alt").otherwise("from_ref"),
        alt=pl.when(swapped).then("from_ref").otherwise("from_alt"),
        lift=pl.when(swapped)
        .then(pl.lit("the reference base differs: REF and ALT swapped"))
        .when("flipped")
        .then(pl.lit("the strands differ: alleles complemented")),
    )
    return with_keys(back).select(*table.columns, "lifted_from", "lift")


_PLACED = {
    "variant": pl.UInt32, "chrom": pl.String, "pos": pl.UInt32, "ref": pl.String, "alt": pl.String,
    "flipped": pl.Boolean, "swapped": pl.Boolean, "checked": pl.Boolean,
}  # fmt: skip


def _lifted_rows(
    narrow: pl.DataFrame, lift: Lift, bases: Bases | None, told: Counter[str]
) -> Iterator[tuple[int, str, int, str, str, bool, bool, bool]]:
    """Lift the rows of one place and REF together: a swap changes the REF of all its ALTs."""
    numbered = narrow.with_row_index("variant").select("variant", "line", "chrom", "pos", "ref", "alt")
    ordered = numbered.sort("line", "chrom", "pos", "ref", maintain_order=True)
    for (_, chrom, pos, ref), group in groupby(ordered.iter_rows(), key=itemgetter(1, 2, 3, 4)):
        rows = list(group)
        if ref is None:
            told[NO_REFERENCE] += len(rows)
            continue
        site = lift_site(lift, (chrom, pos), ref, [row[5] for row in rows], bases)
        if isinstance(site, LiftedSite) and site.swapped and chrom == "MT":
            told[SWAPPED_MITOCHONDRIAL] += len(rows)
        elif isinstance(site, Reason):
            told[str(site)] += len(rows)
        else:
            for row, alt in zip(rows, site.alts, strict=True):
                yield row[0], site.chrom, *trim(site.pos, site.ref, alt), *site[4:]


def _swapped(rows: pl.DataFrame, which: pl.Expr | None = None) -> pl.DataFrame:
    """Give the row whose ALT became REF the copies, depth and fraction of the file's REF.

    A row beside it in the same record keeps its own: its ALT is the same allele as before.
    """
    old_ref = pl.col("from_ref").str.len_bytes() == 1
    turned = which if which is not None else pl.col("swapped") & old_ref & _now_the_old_reference()
    all_copies = pl.col("dosage").sum().over("line")
    rest = (pl.col("ploidy").cast(pl.Int64) - pl.col("missing").fill_null(0) - all_copies).clip(lower_bound=0)
    fraction = (1 - pl.col("allele_fraction").sum().over("line")).clip(0, 1)
    reads = (pl.col("allele_depth") / pl.col("allele_fraction")).round() - pl.col("allele_depth")
    one = (pl.len().over("line") == 1) & (pl.col("allele_fraction") > 0)
    kinds = {name: rows.schema[name] for name in ("dosage", "allele_fraction", "allele_depth", "zygosity")}
    made = rows.with_columns(
        dosage=pl.when(turned).then(rest).otherwise("dosage").cast(kinds["dosage"]),
        allele_fraction=pl.when(turned & pl.col("allele_fraction").is_not_null())
        .then(fraction)
        .otherwise("allele_fraction")
        .cast(kinds["allele_fraction"]),
        allele_depth=pl.when(turned)
        .then(pl.when(one).then(reads))
        .otherwise("allele_depth")
        .cast(kinds["allele_depth"]),
        _turned=turned,
    )
    copies, ploidy = pl.col("dosage"), pl.col("ploidy")
    zygosity = (
        pl.when((copies == 0) | (pl.col("missing") > 0))
        .then(None)
        .when(copies < ploidy)
        .then(pl.lit("heterozygous"))
        .when(ploidy == 1)
        .then(pl.lit("hemizygous"))
        .otherwise(pl.lit("homozygous"))
    )
    return made.with_columns(
        zygosity=pl.when("_turned").then(zygosity.cast(kinds["zygosity"])).otherwise("zygosity")
    ).drop("_turned")


def _now_the_old_reference() -> pl.Expr:
    """Whether a row's ALT is what the file calls REF, on the strand of the target."""
    other = pl.col("from_ref").replace_strict(["A", "C", "G", "T"], ["T", "G", "C", "A"], default=None)
    return pl.col("alt") == pl.when("flipped").then(other).otherwise("from_ref")


def _met(known: pl.LazyFrame, rows: pl.DataFrame) -> set[int]:
    found = rows.lazy().join(known, on="key", how="semi").select("variant").collect(engine="streaming")
    return set(found["variant"].to_list())

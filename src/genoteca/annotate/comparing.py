"""Two genomes laid side by side, allele by allele.

What both carry is found by joining their sorted keys, a chromosome at a time. Of what only one carries the other
file is asked as a module asks it: a genotype without the allele, a stated reference or a silence that may be read as
one is "only here"; a no-call or plain silence is "cannot say", never an absence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from genoteca.annotate.alleles import annotate_alleles
from genoteca.annotate.calls import FRACTION, READ, carried_mitochondrial
from genoteca.annotate.kinship_counts import kinship_counts
from genoteca.annotate.parquet_table import ParquetTable
from genoteca.annotate.publish import ALLELE_SITE
from genoteca.annotate.sample_tables import SampleTables
from genoteca.genome.key import position_bounds
from genoteca.genome.schema import EVIDENCE, polars_schema
from genoteca.model.build import CHROMOSOMES
from genoteca.model.column import Column
from genoteca.model.comparison import COMPARED, Difference, KinshipCounts
from genoteca.model.evidence import Evidence
from genoteca.model.sample import SampleKind

__all__ = ["Compared", "Progress", "Side", "compare_genomes", "compared_schema", "read_chromosome"]

Progress = Callable[[float, str], None]

OWN = ("genotype", "zygosity", "dosage", "missing", "line")
ALLELE = ("key", "ref", "alt")
POSITIONS = 1 << 28
JOINING, ASKING, ANSWERED = 0.0, 0.25, 0.9
"""Where on the way to 1 each part begins."""
CHIP = "calls of the chip where the other file lists no variant: a chip does not say which letter is the reference's"

_OWN_COLUMNS = [Column(name=f"own_{name}", label=name) for name in OWN]


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """One of the two genomes."""

    tables: SampleTables
    variants: Path | None = None
    """Its variants in the build of the comparison, where they were lifted to it; None: its own table."""

    @property
    def table(self) -> Path:
        """Give the table whose alleles are compared."""
        return self.variants or self.tables.variants

    @property
    def is_chip(self) -> bool:
        """Whether its calls have no REF."""
        return self.tables.kind is SampleKind.ARRAY


@dataclass(kw_only=True, slots=True)
class Compared:
    """What a comparison counts while it goes on."""

    counts: dict[str, Counter[Difference]] = field(default_factory=dict)
    why: dict[Difference, Counter[Evidence]] = field(default_factory=dict)
    set_aside: Counter[str] = field(default_factory=Counter)
    kinship: KinshipCounts | None = None

    def take(self, rows: pl.DataFrame) -> None:
        """Count rows with `chrom`, `difference`, `first_known` and `second_known`."""
        named = rows.with_columns(pl.col("chrom", "difference", "first_known", "second_known").cast(pl.String))
        grouped = named.group_by("chrom", "difference", "first_known", "second_known").len()
        for chrom, told, first, second, number in grouped.iter_rows():
            difference = Difference(told)
            self.counts.setdefault(chrom, Counter())[difference] += number
            other = second if difference in (Difference.FIRST, Difference.SECOND_SILENT) else first
            self.why.setdefault(difference, Counter())[Evidence(other)] += number


def compared_schema() -> pl.Schema:
    """Give the schema of the table of differing rows."""
    schema = polars_schema(COMPARED)
    return pl.Schema(schema | dict.fromkeys(("first_known", "second_known"), EVIDENCE))


def compare_genomes(
    first: Side, second: Side, target: Path, *, scratch: Path, progress: Progress = lambda _fraction, _message: None
) -> Compared:
    """Compare two genomes of one build and write the rows that differ (`COMPARED`) to `target`, sorted by key.

    Where one was lifted, the other's own variants cannot be asked of it: its file is of another build. A chip is
    asked about the other's alleles, and of its own calls elsewhere is said how many there are.

    Raises:
        DatasetError: a table is not sorted, or not what it should be.

    """
    told = Compared()
    work = _Work(first=first, second=second, scratch=scratch, told=told, progress=progress)
    work.join()
    answers = work.ask()
    table = ParquetTable(target)
    try:
        for number, chrom in enumerate(CHROMOSOMES):
            progress(ANSWERED + (1 - ANSWERED) * number / len(CHROMOSOMES), f"Counting chromosome {chrom}")
            table.add(work.settle(chrom, answers))
    except BaseException:
        table.discard()
        raise
    table.close()
    told.kinship = work.kinship()
    return told


@dataclass(kw_only=True)
class _Work:
    first: Side
    second: Side
    scratch: Path
    told: Compared
    progress: Progress

    def __post_init__(self) -> None:
        self._related: list[KinshipCounts] = []

    def join(self) -> None:
        """Join chromosome by chromosome: shared rows, and what each side alone carries as a published reference."""
        shared = ParquetTable(self.scratch / "shared.parquet")
        alone = {name: ParquetTable(self.scratch / f"{name}.parquet") for name in ("first", "second")}
        for number, chrom in enumerate(CHROMOSOMES):
            self.progress(ASKING * number / len(CHROMOSOMES), f"Joining chromosome {chrom}")
            mine, yours = (self._alleles(side, chrom) for side in (self.first, self.second))
            both = mine.join(yours, on=[*ALLELE, "chrom", "pos"], how="inner", suffix="_second")
            shared.add(both.sort(ALLELE))
            for name, rows, other in (("first", mine, yours), ("second", yours, mine)):
                lonely = rows.join(other, on=ALLELE, how="anti").sort(ALLELE)
                alone[name].add(_published(lonely, alone[name].rows))
            self._count_chip_calls(chrom, mine, yours)
        for table in (shared, *alone.values()):
            table.close()

    def _alleles(self, side: Side, chrom: str) -> pl.DataFrame:
        return _no_alleles() if side.is_chip else _carried(read_chromosome(side.table, chrom))

    def _count_chip_calls(self, chrom: str, mine: pl.DataFrame, yours: pl.DataFrame) -> None:
        for side, other in ((self.first, yours), (self.second, mine)):
            if side.is_chip:
                calls = read_chromosome(side.table, chrom)
                self.told.set_aside[CHIP] += len(calls.join(other, on="pos", how="anti"))

    def ask(self) -> Mapping[str, _Asked]:
        """Ask each file about what only the other carries; by the side that carries it."""
        asked = {"first": (self.second, ASKING), "second": (self.first, (ASKING + ANSWERED) / 2)}
        found: dict[str, _Asked] = {}
        for name, (other, begins) in asked.items():
            reference = self.scratch / f"{name}.parquet"
            if other.variants is not None or not pl.scan_parquet(reference).select(pl.len()).collect().item():
                found[name] = _Asked(alleles=pl.scan_parquet(reference), answer=None)
                continue

            def heard(fraction: float, message: str, begins: float = begins) -> None:
                self.progress(begins + fraction * (ANSWERED - ASKING) / 2, message)

            answer = annotate_alleles(
                reference, other.tables, columns=_own_columns(reference), dense=True, engine="polars", progress=heard
            )
            found[name] = _Asked(alleles=pl.scan_parquet(reference), answer=answer.scan())
        return found

    def settle(self, chrom: str, answers: Mapping[str, _Asked]) -> pl.DataFrame:
        """Give the differing rows of one chromosome, all of its rows counted."""
        low, high = position_bounds(chrom, 0, POSITIONS - 1)
        here = pl.col("key").is_between(low, high)
        both = _compared_shared(pl.scan_parquet(self.scratch / "shared.parquet").filter(here).collect())
        mine = answers["first"].within(here)
        yours = answers["second"].within(here)
        if chrom.isdecimal():
            self._related.append(kinship_counts(both, mine, yours))
        frames = [
            _shaped(both),
            _alone(mine, first=True, chip=self.second.is_chip),
            _alone(yours, first=False, chip=self.first.is_chip),
        ]
        rows = pl.concat([frame.select(compared_schema().names()) for frame in frames])
        self.told.take(rows)
        differing = rows.filter(pl.col("difference") != Difference.SAME.value)
        return differing.sort("key", "ref", "alt").cast(compared_schema())

    def kinship(self) -> KinshipCounts | None:
        """Add up what relatedness is told from; None where one side has no genotypes of its own to tell by."""
        sides = (self.first, self.second)
        if any(side.is_chip or side.variants is not None for side in sides):
            return None
        names = KinshipCounts.model_fields
        return KinshipCounts(**{name: sum(getattr(one, name) for one in self._related) for name in names})


def read_chromosome(table: Path, chrom: str) -> pl.DataFrame:
    """Read the variant rows of one chromosome; row groups of the others are not decoded."""
    low, high = position_bounds(chrom, 0, POSITIONS - 1)
    names = [*dict.fromkeys(["key", *READ, "zygosity", *([FRACTION] if chrom == "MT" else [])])]
    return pl.scan_parquet(table).filter(pl.col("key").is_between(low, high)).select(names).collect()


def _carried(rows: pl.DataFrame) -> pl.DataFrame:
    """Keep carried alleles, one row each; records that contradict each other leave the copies unknown."""
    if len(rows) and rows["chrom"][0] == "MT":
        kept = rows.filter(pl.Series(carried_mitochondrial(rows)))
    else:
        kept = rows.filter(pl.col("dosage") >= 1)
    chosen = kept.select(*ALLELE, pl.col("chrom").cast(pl.String), "pos", *OWN).with_columns(
        pl.col("zygosity").cast(pl.String), pl.col("missing").fill_null(0)
    )
    key = pl.col("key")
    again = ((key == key.shift()) | (key == key.shift(-1))).fill_null(value=False)
    repeated = chosen.filter(again)
    if not len(repeated):
        return chosen
    merged = repeated.group_by(*ALLELE, maintain_order=True).agg(
        pl.exclude(*ALLELE).first(), kinds=pl.struct("zygosity", "dosage").n_unique()
    )
    unsure = pl.col("kinds") > 1
    settled = merged.with_columns(
        zygosity=pl.when(unsure).then(None).otherwise("zygosity"),
        missing=pl.when(unsure).then(1).otherwise("missing").cast(chosen.schema["missing"]),
    )
    return pl.concat([chosen.filter(~again), settled.select(chosen.columns)]).sort("key")


def _no_alleles() -> pl.DataFrame:
    kinds = {
        "key": pl.UInt64, "ref": pl.String, "alt": pl.String, "chrom": pl.String, "pos": pl.UInt32,
        "genotype": pl.String, "zygosity": pl.String, "dosage": pl.UInt32, "missing": pl.UInt32, "line": pl.UInt32,
    }  # fmt: skip
    return pl.DataFrame(schema=kinds)


def _published(rows: pl.DataFrame, before: int) -> pl.DataFrame:
    """Give rows the form in which a file is asked; they are trimmed and sorted as variants tables are."""
    named = rows.rename({name: f"own_{name}" for name in OWN}).with_columns(
        site=pl.int_range(before, before + pl.len(), dtype=pl.UInt32),
        infer=pl.lit(value=True),
        always=pl.lit(value=False),
    )
    return named.select(*(pl.col(name).cast(kind) for name, kind in ALLELE_SITE.items()), pl.col("^own_.*$"))


def _own_columns(reference: Path) -> list[Column]:
    return [one for one in _OWN_COLUMNS if one.name in pl.read_parquet_schema(reference)]


_ANSWERED = {"genotype": pl.String, "dosage": pl.UInt32, "line": pl.UInt32}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """What one side alone carries, and what the other file says of it; None: it was not asked."""

    alleles: pl.LazyFrame
    answer: pl.LazyFrame | None

    def within(self, here: pl.Expr) -> pl.DataFrame:
        """Give the alleles of a stretch of keys; what the other file is silent of has no row in its answer."""
        alleles, silent = self.alleles.filter(here).collect(), pl.lit(Evidence.NOT_COVERED.value, EVIDENCE)
        if self.answer is None:
            nothing = {f"other_{name}": pl.lit(None, kind) for name, kind in _ANSWERED.items()}
            return alleles.with_columns(other_evidence=silent, **nothing)
        told = self.answer.filter(here).select(
            "site", "evidence", *(pl.col(name).cast(kind) for name, kind in _ANSWERED.items())
        )
        named = told.rename({name: f"other_{name}" for name in (*_ANSWERED, "evidence")}).collect()
        return alleles.join(named, on="site", how="left", maintain_order="left").with_columns(
            pl.col("other_evidence").fill_null(silent)
        )


def _compared_shared(both: pl.DataFrame) -> pl.DataFrame:
    """Mark shared rows as the same, as other copies, or as partly known."""
    partly = (pl.col("missing") > 0) | (pl.col("missing_second") > 0)
    alike = pl.col("zygosity").eq_missing(pl.col("zygosity_second"))
    one_copy = pl.col("zygosity").eq_missing(pl.lit("hemizygous"))
    counted = one_copy | pl.col("dosage").eq_missing(pl.col("dosage_second"))
    mitochondrial = pl.col("chrom") == "MT"
    return both.with_columns(
        difference=pl.when(partly)
        .then(pl.lit(Difference.PARTLY.value))
        .when(mitochondrial | (alike & counted))
        .then(pl.lit(Difference.SAME.value))
        .otherwise(pl.lit(Difference.COPIES.value))
    )


def _shaped(both: pl.DataFrame) -> pl.DataFrame:
    called, half = (pl.lit(one.value, EVIDENCE) for one in (Evidence.CALLED, Evidence.PARTIAL))
    return both.with_columns(
        first_genotype="genotype",
        second_genotype="genotype_second",
        first_known=pl.when(pl.col("missing") > 0).then(half).otherwise(called),
        second_known=pl.when(pl.col("missing_second") > 0).then(half).otherwise(called),
        first_line="line",
        second_line="line_second",
    ).cast(_LOOSE)


_LOOSE = pl.Schema(
    {
        "chrom": pl.String(),
        "pos": pl.UInt32(),
        "difference": pl.String(),
        "first_line": pl.UInt32(),
        "second_line": pl.UInt32(),
    }
)


def _alone(asked: pl.DataFrame, *, first: bool, chip: bool) -> pl.DataFrame:
    """Say of what one side carries how the other, which may be a chip, stands to it."""
    only, silent = (
        (Difference.FIRST, Difference.SECOND_SILENT) if first else (Difference.SECOND, Difference.FIRST_SILENT)
    )
    evidence = pl.col("other_evidence").cast(pl.String)
    absent = evidence.is_in([Evidence.OTHER_ALLELE.value, Evidence.REFERENCE.value, Evidence.INFERRED.value])
    mine, yours = ("first", "second") if first else ("second", "first")
    called, half = (pl.lit(one.value, EVIDENCE) for one in (Evidence.CALLED, Evidence.PARTIAL))
    return asked.with_columns(
        difference=pl.when(absent)
        .then(pl.lit(only.value))
        .when(evidence == Evidence.CALLED.value)
        .then(_copies() if chip else pl.lit(Difference.SPELLED.value))
        .otherwise(pl.lit(silent.value)),
        **{
            f"{mine}_genotype": pl.col("own_genotype"),
            f"{yours}_genotype": pl.col("other_genotype"),
            f"{mine}_known": pl.when(pl.col("own_missing") > 0).then(half).otherwise(called),
            f"{yours}_known": pl.col("other_evidence"),
            f"{mine}_line": pl.col("own_line"),
            f"{yours}_line": pl.col("other_line"),
        },
    ).cast(_LOOSE)


def _copies() -> pl.Expr:
    """Compare the copies of an allele that a chip carries too."""
    one_copy = pl.col("own_zygosity").eq_missing(pl.lit("hemizygous"))
    same = one_copy | pl.col("own_dosage").cast(pl.Int64).eq_missing(pl.col("other_dosage").cast(pl.Int64))
    return (
        pl.when(pl.col("own_missing") > 0)
        .then(pl.lit(Difference.PARTLY.value))
        .when(same)
        .then(pl.lit(Difference.SAME.value))
        .otherwise(pl.lit(Difference.COPIES.value))
    )

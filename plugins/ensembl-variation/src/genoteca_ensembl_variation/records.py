"""One chromosome's file of the dataset, read a batch at a time: its records become alleles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from genoteca.sdk import Build, ReferenceDataError

__all__ = ["LANDMARKS", "Account", "alleles_of"]

BATCH = 100_000
"""Records handled at once."""

REQUIRED = ("chrom", "start", "end", "id", "ref", "alt")
OPTIONAL = ("tsa", "ma", "maf", "aa")
DIGITS = 7
"""What a number of 32 bits, as the files hold them, can tell; the rest is noise of the conversion."""
EVIDENCE = "e_"
"""Columns of evidence begin with it: E_Freq, E_1000G … Those of clinical significance (CLIN_…) are not read: Ensembl
keeps them per identifier, for all its alleles together."""

NO_ALTERNATE = "no ALT allele"
NO_SEQUENCE = "ALT is not made of A, C, G, T"
NO_REFERENCE = "REF is not made of A, C, G, T"
NO_CHANGE = "ALT is the REF"
NO_POSITION = "no position"

# rsID, position in GRCh37, position in GRCh38 of well-known variants (dbSNP, https://www.ncbi.nlm.nih.gov/snp/).
# One at its GRCh37 position shows a file of that build: Ensembl's own folders of it have the same file names.
LANDMARKS: dict[str, tuple[str, int, int]] = {
    "1": ("rs6025", 169_519_049, 169_549_811),
    "2": ("rs4988235", 136_608_646, 135_851_076),
    "4": ("rs1229984", 100_239_319, 99_318_162),
    "5": ("rs16891982", 33_951_693, 33_951_588),
    "6": ("rs1800562", 26_093_141, 26_092_913),
    "7": ("rs4410790", 17_284_577, 17_244_953),
    "9": ("rs8176719", 136_132_908, 133_257_521),
    "10": ("rs7903146", 114_758_349, 112_998_590),
    "11": ("rs1815739", 66_328_095, 66_560_624),
    "12": ("rs671", 112_241_766, 111_803_962),
    "14": ("rs12896399", 92_773_663, 92_307_319),
    "15": ("rs762551", 75_041_917, 74_749_576),
    "16": ("rs17822931", 48_258_198, 48_224_287),
    "19": ("rs429358", 45_411_941, 44_908_684),
    "22": ("rs4680", 19_951_271, 19_963_748),
}


@dataclass(kw_only=True, slots=True)
class Account:
    """What became of every record and allele."""

    records_read: int = 0
    alleles_listed: int = 0
    """Alleles, and records without one, before any was judged."""
    alleles_kept: int = 0
    alleles_merged: int = 0
    """Listings of an allele that another record lists too, under another identifier: they share a row."""
    set_aside: Counter[str] = field(default_factory=Counter)
    """Alleles, and records without one, by reason."""

    def require_sum(self) -> None:
        """Check that of the alleles listed, and of the records read, none was lost on the way.

        Raises:
            ReferenceDataError: kept, merged and set aside are not what was read.

        """
        counted = self.alleles_kept + self.alleles_merged + self.set_aside.total()
        if counted != self.alleles_listed or counted < self.records_read:
            raise ReferenceDataError(
                f"{self.records_read} records list {self.alleles_listed} alleles; {self.alleles_kept} were kept, "
                f"{self.alleles_merged} merged and {self.set_aside.total()} set aside: some are lost.",
                hint="This is a fault of the module, not of the file. Please report it.",
            )


def alleles_of(
    path: Path, chrom: str, build: Build, account: Account, say: Callable[[int], None]
) -> Iterator[pl.DataFrame]:
    """Read the alleles of one chromosome's file, in batches, in flat memory.

    One row per allele that is a sequence: chrom, pos (1-based), ref, alt, id, variant_class, frequency, minor_allele,
    minor_allele_frequency, ancestral_allele, seen_in. `say` is told the records read so far.

    Raises:
        ReferenceDataError: it is not such a file, of another chromosome, or of another build.

    """
    scan = pl.scan_parquet(path)
    columns = _columns(scan, chrom)
    look = _Looks(chrom, build)
    read = 0
    chosen = scan.select(pl.col(given).alias(name) for name, given in columns.items())
    # a slice at a time: what streams ahead of a slower reader is held in memory
    while len(batch := chosen.slice(read, BATCH).collect()):
        look.at(batch)
        account.records_read += len(batch)
        read += len(batch)
        say(read)
        yield _alleles(batch, chrom, account)
    look.require()


def _columns(scan: pl.LazyFrame, chrom: str) -> dict[str, str]:
    """Give the names of the columns that are read, as the file spells them, by their names in lower case."""
    given = {name.lower(): name for name in scan.collect_schema().names()}
    if absent := [name for name in REQUIRED if name not in given]:
        raise ReferenceDataError(
            f"The file of chromosome {chrom} has no column {', '.join(absent)}; it has {', '.join(given.values())}.",
            hint="Expected are the files homo_sapiens-chr….parquet of the dataset just-dna-seq/ensembl_variations.",
        )
    wanted = [name for name in (*REQUIRED, *OPTIONAL) if name in given]
    return {name: given[name] for name in (*wanted, *(name for name in given if name.startswith(EVIDENCE)))}


class _Looks:
    """Whether a file is of the chromosome and the build that it should be, as far as it has been read."""

    def __init__(self, chrom: str, build: Build) -> None:
        self._chrom, self._build = chrom, build
        self._records = self._one_based = self._zero_based = 0

    def at(self, batch: pl.DataFrame) -> None:
        """Look at the next records."""
        start, end, width = (
            pl.col("start").cast(pl.Int64),
            pl.col("end").cast(pl.Int64),
            pl.col("ref").str.len_bytes(),
        )
        found = batch.select(
            other=pl.col("chrom").filter(_folded() != self._chrom).first(),
            last=start.max(),
            one_based=(end == start + width - 1).sum(),
            zero_based=(end == start + width).sum(),
        ).row(0, named=True)
        if found["other"] is not None:
            raise ReferenceDataError(f"The file of chromosome {self._chrom} has records of {found['other']}.")
        length = self._build.lengths[self._chrom]
        if (found["last"] or 0) > length:
            self._refuse(f"has a record at {found['last']}, beyond the chromosome's {length} bases")
        name, old, new = LANDMARKS.get(self._chrom, ("", 0, 0))
        near = {old, old - 1} - {new, new - 1}
        if name and len(batch.filter(pl.col("start").is_in(list(near)) & (pl.col("id") == name))):
            self._refuse(f"has {name} at its position in GRCh37")
        self._records += len(batch)
        self._one_based += found["one_based"]
        self._zero_based += found["zero_based"]

    def require(self) -> None:
        """Check what was seen, at the end of the file.

        Raises:
            ReferenceDataError: positions do not start at 1.

        """
        if self._one_based <= self._records / 2:
            counted = "from 0" if self._zero_based > self._records / 2 else "in a way that is not known"
            raise ReferenceDataError(
                f"The file of chromosome {self._chrom} counts positions {counted}: start and end fit a first base of "
                f"1 in {self._one_based} of {self._records} records.",
                hint="Nothing was published. The dataset may have been laid out anew; look for an update.",
            )

    def _refuse(self, what: str) -> None:
        raise ReferenceDataError(
            f"The file of chromosome {self._chrom} is not of {self._build}: it {what}.",
            title="This release is of another genome build",
            hint="Take the files of Ensembl's current release, which is of GRCh38.",
        )


def _folded() -> pl.Expr:
    return pl.col("chrom").cast(pl.String).str.replace(r"^(?i:chr)", "").replace("M", "MT")


def _alleles(batch: pl.DataFrame, chrom: str, account: Account) -> pl.DataFrame:
    """One row per allele of a batch that is a sequence; the others are counted by reason."""
    named = batch.with_columns(
        chrom=pl.lit(chrom),
        pos=pl.col("start").cast(pl.UInt32),
        ref=pl.col("ref").str.to_uppercase(),
        alts=pl.col("alt").str.to_uppercase().str.split("|"),
        seen_in=_evidence(batch),
        **{name: _told(batch, name, pl.String()) for name in ("tsa", "ma", "aa")},
        maf=_told(batch, "maf", pl.Float64()).round_sig_figs(DIGITS),
    )
    padded = named.with_columns(padded=_is_padded(named))
    rows = padded.with_columns(alt=pl.col("alts")).explode("alt")
    account.alleles_listed += len(rows)
    reason = _reason()
    aside = rows.select(reason.alias("reason")).filter(pl.col("reason").is_not_null())["reason"].value_counts()
    account.set_aside.update(dict(aside.iter_rows()))
    return rows.filter(reason.is_null()).select(
        "chrom",
        "pos",
        "ref",
        "alt",
        pl.col("id").cast(pl.String).replace({".": None, "": None}),
        variant_class="tsa",
        frequency=pl.when(pl.col("ma").str.to_uppercase() == _as_ensembl_writes("alt")).then("maf"),
        minor_allele="ma",
        minor_allele_frequency="maf",
        ancestral_allele="aa",
        seen_in="seen_in",
    )


def _reason() -> pl.Expr:
    """Why an allele is set aside; null: it is kept."""
    alt, ref = pl.col("alt"), pl.col("ref")
    return (
        pl.when(pl.col("pos").fill_null(0) == 0)
        .then(pl.lit(NO_POSITION))
        .when(alt.fill_null("").is_in(["", "."]))
        .then(pl.lit(NO_ALTERNATE))
        .when(~alt.str.contains("^[ACGT]+$"))
        .then(pl.lit(NO_SEQUENCE))
        .when(~ref.str.contains("^[ACGT]+$").fill_null(value=False))
        .then(pl.lit(NO_REFERENCE))
        .when(alt == ref)
        .then(pl.lit(NO_CHANGE))
    )


def _is_padded(frame: pl.DataFrame) -> pl.Series:
    """Whether the alleles of a record begin with a base that Ensembl put before them.

    Ensembl's own alleles have none (`-/A`); where they differ in length, its VCF puts the base before them in front
    of each (dump scripts of https://github.com/Ensembl/ensembl-variation, Apache-2.0). MA is written without it.
    """
    long = (pl.col("ref").str.len_bytes() > 1) | (pl.col("alt").str.len_bytes() > 1)
    rows = frame.select(long.fill_null(value=False).arg_true()).to_series()
    lengths = pl.col("alts").list.eval(pl.element().str.len_bytes())
    uneven = (lengths.list.min() != pl.col("ref").str.len_bytes()) | (lengths.list.max() != lengths.list.min())
    first = pl.col("alts").list.eval(pl.element().str.head(1))
    alike = (first.list.n_unique() == 1) & (first.list.first() == pl.col("ref").str.head(1))
    told = frame.select("ref", "alts")[rows].select((uneven & alike).fill_null(value=False)).to_series()
    return pl.repeat(value=False, n=len(frame), eager=True).scatter(rows, told)


def _as_ensembl_writes(name: str) -> pl.Expr:
    """An allele as MA would name it: without the base in front, and a dash for nothing."""
    bare = pl.col(name).str.slice(1)
    return pl.when("padded").then(pl.when(bare == "").then(pl.lit("-")).otherwise(bare)).otherwise(name)


def _told(batch: pl.DataFrame, name: str, kind: pl.DataType) -> pl.Expr:
    """A column that a file may not have; empty text and a dot say nothing."""
    if name not in batch.columns:
        return pl.lit(None, kind)
    if kind == pl.String():
        return pl.col(name).cast(kind).replace({"": None, ".": None})
    return pl.col(name).cast(kind, strict=False)


def _evidence(batch: pl.DataFrame) -> pl.Series:
    """What is named as evidence, joined by `;`; there are few different combinations, so each is written once."""
    flags = [name for name in batch.columns if name.startswith(EVIDENCE)]
    if not flags:
        return pl.Series([None], dtype=pl.String).new_from_index(0, len(batch))
    raised = (pl.col(name).cast(pl.Boolean).fill_null(value=False).cast(pl.UInt32) for name in flags)
    codes = batch.select(pl.sum_horizontal(flag * (1 << bit) for bit, flag in enumerate(raised))).to_series()
    words = [name.removeprefix(EVIDENCE) for name in flags]
    known = codes.unique().to_list()
    texts = [";".join(_word(word) for bit, word in enumerate(words) if code >> bit & 1) or None for code in known]
    return codes.replace_strict(known, texts, return_dtype=pl.String)


def _word(name: str) -> str:
    """The words for an evidence of Ensembl (https://www.ensembl.org/info/genome/variation/prediction/variant_quality.html)."""
    known = {
        "freq": "frequency data",
        "1000g": "1000 Genomes",
        "topmed": "TOPMed",
        "gnomad": "gnomAD",
        "exac": "ExAC",
        "esp": "ESP",
        "hapmap": "HapMap",
        "cited": "publications",
        "multiple_observations": "several observations",
        "phenotype_or_disease": "a phenotype or disease",
    }
    return known.get(name, name.replace("_", " "))

"""Small samples and references, built as tables; and the files that the annotation reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from genoteca.annotate.alleles import annotate_alleles
from genoteca.annotate.answer import Answer
from genoteca.annotate.matching import Engine
from genoteca.annotate.publish import publish_alleles, verify_published, write_published
from genoteca.annotate.room import Room
from genoteca.annotate.sample_tables import SampleTables
from genoteca.genome.alleles import trim
from genoteca.genome.key import with_keys
from genoteca.genome.schema import polars_schema
from genoteca.model.build import Build
from genoteca.model.column import COVERAGE, STRUCTURAL, VARIANTS, Column
from genoteca.model.rules import Rules
from genoteca.model.sample import SampleKind, Sex

NOTE = Column(name="note", label="Note")


def record(line: int, chrom: str, pos: int, ref: str, alts: str, genotype: str, **more: Any) -> list[dict[str, Any]]:
    """Variant rows of one VCF record, as the reading of a genome makes them; `genotype` is GT (`0/1`, `./1`)."""
    alleles = [ref, *alts.split(",")]
    phased = "|" in genotype
    called = [None if g == "." else int(g) for g in genotype.replace("|", "/").split("/")]
    spelled = ["?" if g is None or alleles[g] == "<NON_REF>" else alleles[g] for g in called]
    rows = []
    for number, alt in enumerate(alleles[1:], 1):
        if not alt.isalpha():
            continue
        trimmed = trim(pos, ref, alt)
        rows.append(
            dict.fromkeys(column.name for column in VARIANTS)
            | {
                "chrom": chrom, "pos": trimmed[0], "ref": trimmed[1], "alt": trimmed[2], "filter": "PASS",
                "genotype": ("|" if phased else "/").join(spelled),
                "dosage": None if chrom == "MT" else called.count(number),
                "ploidy": len(called), "missing": spelled.count("?"), "phased": phased, "line": line,
                "allele": number,
            }
            | more
        )  # fmt: skip
    return rows


def block(line: int, chrom: str, start: int, end: int, evidence: str = "reference", **more: Any) -> dict[str, Any]:
    """One row of the coverage."""
    return {"chrom": chrom, "start": start, "end": end, "evidence": evidence, "line": line} | more


@dataclass(kw_only=True)
class World:
    """One sample, in a folder of its own."""

    folder: Path
    records: Sequence[list[dict[str, Any]]] = ()
    blocks: Sequence[dict[str, Any]] = ()
    structural: Sequence[dict[str, Any]] = ()
    build: Build = Build.GRCH38
    kind: SampleKind = SampleKind.WHOLE_GENOME
    sex: Sex = Sex.UNSTATED
    rules: Rules = field(default_factory=Rules)
    room: Room = field(default_factory=Room)

    def tables(self) -> SampleTables:
        """Write the tables of the sample."""
        rows = [row for rows in self.records for row in rows]
        schema = polars_schema(VARIANTS)
        variants = pl.DataFrame(rows, schema=schema).drop("key")
        variants = with_keys(variants).sort("key", "line", "allele").select(schema.names())
        coverage_schema = polars_schema(COVERAGE)
        full = [dict.fromkeys(coverage_schema) | row for row in self.blocks]
        coverage = pl.DataFrame(full, schema=coverage_schema).sort("chrom", "start")
        variants.write_parquet(self.folder / "variants.parquet")
        coverage.write_parquet(self.folder / "coverage.parquet")
        structural_schema = polars_schema(STRUCTURAL)
        events = [dict.fromkeys(structural_schema) | row for row in self.structural]
        structural = pl.DataFrame(events, schema=structural_schema).sort("chrom", "start")
        structural.write_parquet(self.folder / "structural.parquet")
        return SampleTables(
            variants=self.folder / "variants.parquet",
            coverage=self.folder / "coverage.parquet",
            structural=self.folder / "structural.parquet",
            build=self.build,
            kind=self.kind,
            sex=self.sex,
            rules=self.rules,
            room=self.room,
        )

    def ask(self, *alleles: str, dense: bool = True, engine: Engine = "polars") -> Answer:
        """Annotate with alleles such as `9:133257521 T>TC`, `always` or `never inferred` written behind."""
        frame = pl.DataFrame([allele_site(text) for text in alleles], schema=ASKED)
        return self.ask_frame(frame, dense=dense, engine=engine)

    def ask_frame(self, frame: pl.DataFrame, *, dense: bool = True, engine: Engine = "polars") -> Answer:
        """Annotate with a reference made of `chrom, pos, ref, alt, infer, always, note`."""
        return answered(*self.put(frame), dense=dense, engine=engine)

    def put(self, frame: pl.DataFrame) -> tuple[Path, SampleTables]:
        """Write such a reference and the tables of the sample: what `answered` takes, as often as wanted."""
        path = self.folder / "reference.parquet"
        write_published(publish_alleles(frame), path)
        verify_published(path)
        return path, self.tables()

    def one(self, allele: str) -> dict[str, Any]:
        """Annotate with one allele; the site always gets its row unless nothing is known of it."""
        return answer_row(self.ask(allele))


def answered(reference: Path, sample: SampleTables, *, dense: bool = True, engine: Engine = "polars") -> Answer:
    """Annotate a sample with a reference that are written already."""
    return annotate_alleles(reference, sample, columns=[NOTE], dense=dense, engine=engine)


ASKED = {
    "chrom": pl.String, "pos": pl.UInt32, "ref": pl.String, "alt": pl.String,
    "infer": pl.Boolean, "always": pl.Boolean, "note": pl.String,
}  # fmt: skip


def allele_site(text: str) -> dict[str, Any]:
    """Read `chrom:pos ref>alt`, with `always` or `uninferable` behind it."""
    where, change, *words = text.split()
    chrom, pos = where.split(":")
    ref, alt = change.split(">")
    return {
        "chrom": chrom, "pos": int(pos), "ref": ref, "alt": alt, "note": text,
        "infer": "uninferable" not in words, "always": "always" in words,
    }  # fmt: skip


def answer_row(answer: Answer) -> dict[str, Any]:
    """The only row of an answer; `not_covered` when it has none."""
    assert answer.sites == 1
    assert sum(answer.evidence.values()) == 1
    if not len(answer.frame()):
        assert answer.evidence["not_covered"] == 1
        return {"evidence": "not_covered"}
    return answer.frame().row(0, named=True)

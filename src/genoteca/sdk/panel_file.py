"""A panel (sites, genotypes, combinations) from its authored tables: validated, in one build."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from pathlib import Path

import polars as pl

from genoteca.annotate.panel import BY_RSID, Panel, ordered_genotype
from genoteca.errors import ManifestError, ReferenceDataError
from genoteca.genome.alleles import trim
from genoteca.model.build import Build
from genoteca.model.column import GATE
from genoteca.model.module import ModuleManifest, SettingType
from genoteca.sdk.manifest import MANIFEST_FILE
from genoteca.sdk.named_sites import PLACE, placed_or_named
from genoteca.sdk.site_letters import STRAND, WRITTEN_ON, SiteLetters, letters_of
from genoteca.sdk.table_file import LINE, flag, read_table, refuse, require_columns, typed
from genoteca.sdk.table_spec import TableSpec
from genoteca.sdk.undescribed import require_column, with_described

__all__ = ["read_panel"]

NOTES = ("checked",)
"""Kept in the authored tables for their reader, and not published unless declared as a column."""

ONE_COPY = ("Y", "MT")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Files:
    sites: Path
    genotypes: Path
    combinations: Path | None


def read_panel(folder: Path, spec: TableSpec, manifest: ModuleManifest, build: Build) -> Panel:
    """Read the tables of a `genotypes` module and give its panel in one build, sites in the order of the genome.

    Every possible genotype has a row, unless the table says that it is not complete: then every site has one at
    least, and its genotypes are marked as described.

    Raises:
        ManifestError: a column that is unknown or missing, a declared column that no table has, an opt-in without
            its setting.
        ReferenceDataError: a wrong cell, a genotype that is missing, double or of other alleles, an unknown site.

    """
    files = _Files(
        sites=folder / spec.sites,
        genotypes=folder / spec.genotypes,
        combinations=folder / spec.combinations if spec.combinations else None,
    )
    declared = [column.name for column in manifest.columns]
    sites = _sites(files.sites, manifest, build, declared, rsids=spec.rsids)
    letters = letters_of(files.sites, sites)
    genotypes = _genotypes(files.genotypes, letters, manifest, declared)
    combinations = _combinations(files.combinations, letters, manifest, declared)
    if not spec.complete:
        require_column(manifest)
        genotypes = with_described(genotypes)
    _every_column_is_authored(manifest, sites, genotypes, combinations)
    _gates_tell_nothing(files, genotypes, combinations)
    _genotypes_are_authored(files, sites, genotypes, combinations, complete=spec.complete)
    return Panel(
        sites=sites.drop(LINE, WRITTEN_ON), genotypes=genotypes.drop(LINE), combinations=combinations.drop(LINE)
    )


def _sites(path: Path, manifest: ModuleManifest, build: Build, declared: list[str], *, rsids: str) -> pl.DataFrame:
    table = read_table(path)
    builds = [f"{name}_{other}" for other in manifest.builds for name in PLACE]
    named = [rsids] if rsids else []
    require_columns(
        path, table, needed=["site", *named], allowed=[*PLACE, *builds, "build", "infer", STRAND, *declared, *NOTES]
    )
    _same_alleles_in_every_build(path, table, manifest.builds)
    table = placed_or_named(path, table, build, manifest.builds, rsids)
    _unique(path, table, ["site"])
    for row in table.iter_rows(named=True):
        _look_at_alleles(path, row)
    table = table.with_columns(pl.col("ref", "alt").str.to_uppercase())
    table = flag(path, table, "infer") if "infer" in table.columns else table.with_columns(infer=pl.lit(value=False))
    columns = [column for column in manifest.columns if column.name in table.columns]
    table = typed(path, table, columns).sort("chrom", "pos", "site", maintain_order=True)
    strand = pl.col(STRAND) if STRAND in table.columns else pl.lit(None)
    table = table.with_columns(strand.cast(pl.String).alias(WRITTEN_ON))
    numbered = table.rename({"site": "site_id"}).with_row_index("site")
    by_rsid = [BY_RSID] if rsids else []
    kept = ["site", "site_id", *PLACE, "infer", *by_rsid, LINE, WRITTEN_ON, *(column.name for column in columns)]
    return numbered.with_columns(pl.col("infer").fill_null(value=False)).select(kept)


def _look_at_alleles(path: Path, row: dict[str, object]) -> None:
    line, pos = int(str(row[LINE])), int(str(row["pos"] or 1))
    for name in ("ref", "alt"):
        for allele in str(row[name] or "").split(","):
            if not allele or set(allele.upper()) - set("ACGT"):
                refuse(
                    path, line, name, row[name], "alleles of the letters A, C, G, T (several ALT joined by a comma)"
                )
    ref, alts = str(row["ref"]).upper(), str(row["alt"]).upper().split(",")
    if ref in alts or len(set(alts)) < len(alts):
        refuse(path, line, "alt", row["alt"], f"alleles other than the reference {ref}, each once")
    if len(alts) == 1 and trim(pos, ref, alts[0]) != (pos, ref, alts[0]):
        shortest = "{}:{}>{}".format(*trim(pos, ref, alts[0]))
        refuse(path, line, "ref", f"{pos}:{ref}>{alts[0]}", f"the shortest spelling, {shortest},")


def _same_alleles_in_every_build(path: Path, table: pl.DataFrame, builds: Sequence[Build]) -> None:
    """A genotype is authored once for all builds: only REF and ALT may swap between them."""
    named = [(f"ref_{build}", f"alt_{build}") for build in builds]
    named = [pair for pair in named if set(pair) <= set(table.columns)]
    for row in table.iter_rows(named=True):
        told = [pair for pair in named if row[pair[0]] is not None or row[pair[1]] is not None]
        sets = [{*str(row[ref]).upper().split(","), *str(row[alt]).upper().split(",")} for ref, alt in told]
        for (ref, alt), found in zip(told, sets, strict=True):
            if found != sets[0]:
                refuse(path, row[LINE], alt, f"{row[ref]}>{row[alt]}", f"the same alleles as in {told[0][1][4:]}")


def _alleles(row: dict[str, object]) -> tuple[str, ...]:
    return (str(row["ref"]), *str(row["alt"]).split(","))


def _genotypes(path: Path, letters: SiteLetters, manifest: ModuleManifest, declared: list[str]) -> pl.DataFrame:
    table = read_table(path)
    require_columns(path, table, needed=["site", "genotype"], allowed=[*declared, *NOTES])
    for line, site, genotype in table.select(LINE, "site", "genotype").iter_rows():
        _look_at_genotype(path, line, site, genotype, letters)
    spelled = [letters.on_plus(site, genotype) for site, genotype in table.select("site", "genotype").iter_rows()]
    table = table.with_columns(pl.Series("genotype", spelled, pl.String))
    _unique(path, table, ["site", "genotype"])
    columns = [column for column in manifest.columns if column.name in table.columns]
    table = typed(path, table, columns).rename({"site": "site_id"})
    return table.select("site_id", "genotype", LINE, *(column.name for column in columns))


def _look_at_genotype(path: Path, line: int, site: str | None, genotype: str | None, letters: SiteLetters) -> None:
    if site not in letters.alleles:
        refuse(path, line, "site", site, "a site of the table of sites")
    given = (genotype or "").upper().split("/")
    written = letters.written(site)
    if len(given) > 2 or set(given) - set(written):
        refuse(path, line, "genotype", genotype, f"one or two of the alleles {', '.join(written)} joined by /")


def _combinations(
    path: Path | None, letters: SiteLetters, manifest: ModuleManifest, declared: list[str]
) -> pl.DataFrame:
    if path is None:
        return pl.DataFrame(schema=dict.fromkeys(("combination", "members", "opt_in"), pl.String) | {LINE: pl.UInt32})
    table = read_table(path)
    require_columns(path, table, needed=["combination", "members"], allowed=["opt_in", *declared, *NOTES])
    if "opt_in" not in table.columns:
        table = table.with_columns(opt_in=pl.lit(None, pl.String))
    members = [_members(path, row, letters) for row in table.iter_rows(named=True)]
    table = table.with_columns(pl.Series("members", members, pl.String))
    _unique(path, table, ["combination", "members"])
    _settings_for_opt_ins(path, table, manifest)
    columns = [column for column in manifest.columns if column.name in table.columns]
    table = typed(path, table, columns)
    return table.select("combination", "members", "opt_in", LINE, *(column.name for column in columns))


def _members(path: Path, row: dict[str, object], letters: SiteLetters) -> str:
    """Look at `site=A/G;site=C/C`, and spell its genotypes in their one way."""
    spelled = []
    for part in str(row["members"] or "").split(";"):
        site, _, genotype = part.partition("=")
        if not genotype:
            refuse(path, int(str(row[LINE])), "members", row["members"], "site=genotype, several joined by ;")
        _look_at_genotype(path, int(str(row[LINE])), site.strip(), genotype.strip(), letters)
        spelled.append(f"{site.strip()}={letters.on_plus(site.strip(), genotype.strip())}")
    return ";".join(spelled)


def _settings_for_opt_ins(path: Path, table: pl.DataFrame, manifest: ModuleManifest) -> None:
    offered = [name for name, setting in manifest.settings.items() if setting.type is SettingType.BOOLEAN]
    for line, opt_in in table.select(LINE, "opt_in").drop_nulls().iter_rows():
        if opt_in not in offered:
            raise ManifestError(
                f"{path.name}, line {line}: opt_in {opt_in!r} is no setting of type boolean in the manifest.",
                hint=f'Add [settings.{opt_in}] with type = "boolean".',
                at=(path.name, line),
            )


def _unique(path: Path, table: pl.DataFrame, names: list[str]) -> None:
    for name in names:
        empty = table.filter(pl.col(name).is_null())
        if len(empty):
            refuse(path, empty[LINE][0], name, None, f"a {name}")
    double = table.filter(~pl.struct(names).is_first_distinct())
    if len(double):
        given = " ".join(str(cell) for cell in double.select(names).row(0))
        refuse(path, double[LINE][0], names[-1], given, "one row for it, and it has another above")


def _every_column_is_authored(manifest: ModuleManifest, *tables: pl.DataFrame) -> None:
    for column in manifest.columns:
        if not any(column.name in table.columns for table in tables):
            raise ManifestError(
                f"The column {column.name!r} is declared, and none of the module's tables has it.",
                hint="Add it to a table, or leave its [[columns]] out of module.toml.",
                at=(MANIFEST_FILE, 0),
            )


def _gates_tell_nothing(files: _Files, genotypes: pl.DataFrame, combinations: pl.DataFrame) -> None:
    """See that no genotype decides whether its answer stays closed: that it does would tell the genotype."""
    if GATE in genotypes.columns:
        raise ManifestError(
            f"{files.genotypes.name} has the column {GATE!r}: whether an answer is closed would tell the genotype.",
            hint="Write the gate in the table of sites, or of combinations: it is asked whatever the answer is.",
            at=(files.genotypes.name, 1),
        )
    if files.combinations is None or GATE not in combinations.columns:
        return
    for (name,), rows in combinations.group_by("combination", maintain_order=True):
        if rows[GATE].n_unique() > 1:
            raise ManifestError(
                f"{files.combinations.name}: the combination {name!r} has a gate in some of its rows, or several.",
                hint="Write the same gate in every row of a combination: it is asked whatever the answer is.",
                at=(files.combinations.name, int(rows[LINE][0])),
            )


def _genotypes_are_authored(
    files: _Files, sites: pl.DataFrame, genotypes: pl.DataFrame, combinations: pl.DataFrame, *, complete: bool
) -> None:
    authored: dict[str, set[str]] = {}
    for site, genotype in genotypes.select("site_id", "genotype").iter_rows():
        authored.setdefault(site, set()).add(genotype)
    members = {part.split("=")[0] for row in combinations["members"] for part in row.split(";")}
    for row in sites.iter_rows(named=True):
        found = authored.get(row["site_id"], set())
        missing = [genotype for genotype in _possible(row) if genotype not in found]
        if found and not complete:
            continue
        if missing and not (row["site_id"] in members and not found):
            raise ReferenceDataError(
                f"{files.genotypes.name}: site {row['site_id']!r} ({files.sites.name}, line {row[LINE]}) has no row "
                f"for {', '.join(missing)}; every genotype of a site was expected.",
                hint="Write a row for every genotype, the reference one included.",
                at=(files.sites.name, int(row[LINE])),
            )


def _possible(row: dict[str, object]) -> Iterable[str]:
    alleles = _alleles(row)
    if row["chrom"] in ONE_COPY:
        return alleles
    return [ordered_genotype("/".join(pair)) for pair in combinations_with_replacement(alleles, 2)]

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from tests.sdk.modules import COMBINATIONS, GENOTYPES, MODULE_TOML, SITES, write_module

from genoteca.annotate.panel import Panel
from genoteca.errors import ManifestError, ReferenceDataError
from genoteca.model.build import Build
from genoteca.sdk.manifest import load_manifest
from genoteca.sdk.panel_file import read_panel
from genoteca.sdk.panel_table import PANEL, panel_from, panel_table, verify_panel
from genoteca.sdk.table_spec import load_table_spec
from genoteca.sdk.verdicts import schema

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"


def panel(folder: Path, build: Build = Build.GRCH38) -> Panel:
    return read_panel(folder, load_table_spec(folder), load_manifest(folder), build)


def test_a_panel_is_read_in_the_order_of_the_genome(tmp_path: Path) -> None:
    shuffled = "\n".join([SITES.splitlines()[0], *reversed(SITES.splitlines()[1:])]) + "\n"
    made = panel(write_module(tmp_path, sites=shuffled))
    assert made.sites.columns == ["site", "site_id", "chrom", "pos", "ref", "alt", "infer", "trait"]
    assert made.sites.rows() == [
        (0, "milk", "2", 135851076, "G", "A", True, "Lactase"),
        (1, "wax", "16", 48224287, "C", "T", False, "Earwax"),
    ]


def test_genotypes_and_members_are_spelled_in_one_way(tmp_path: Path) -> None:
    turned = COMBINATIONS.replace("milk=A/G;wax=C/C", "milk=g/a; wax=C/C")
    made = panel(write_module(tmp_path, combinations=turned))
    assert made.genotypes["genotype"].to_list() == ["G/G", "A/G", "A/A", "C/C", "C/T", "T/T"]
    assert made.combinations["members"].to_list() == ["milk=A/G;wax=C/C", "milk=G/G;wax=T/T"]


def test_a_module_without_combinations_has_an_empty_table_of_them(tmp_path: Path) -> None:
    toml = MODULE_TOML.replace('combinations = "combinations.csv"\n', "")
    assert panel(write_module(tmp_path, toml=toml)).combinations.is_empty()


def test_a_site_that_is_a_member_only_needs_no_genotypes(tmp_path: Path) -> None:
    only_milk = "".join(line for line in GENOTYPES.splitlines(keepends=True) if not line.startswith("wax"))
    assert len(panel(write_module(tmp_path, genotypes=only_milk)).sites) == 2


@pytest.mark.parametrize(
    ("table", "given", "instead", "error", "said"),
    [
        ("sites", "infer,checked", "infer,cheked", ManifestError, r"sites\.csv, line 1: column 'cheked'"),
        ("sites", "site,trait", "place,trait", ManifestError, r"sites\.csv has no column site"),
        ("sites", ",G,A,", ",G,N,", ReferenceDataError, r"sites\.csv, line 2, column alt: 'N' was given, alleles of"),
        ("sites", ",G,A,", ",,A,", ReferenceDataError, "column ref: nothing was given"),
        ("sites", ",G,A,", ",G,G,", ReferenceDataError, "column alt: 'G' was given, alleles other than"),
        ("sites", ",G,A,", ",GT,AT,", ReferenceDataError, r"column ref: '135851076:GT>AT'.*135851076:G>A"),
        ("sites", "135851076", "242193530", ReferenceDataError, "column pos: '242193530' was given, a position on"),
        ("sites", "true", "maybe", ReferenceDataError, "column infer: 'maybe' was given, true or false"),
        ("sites", "wax,Ear", "milk,Ear", ReferenceDataError, "line 3, column site: 'milk' was given, one row"),
        ("sites", "wax,Ear", ",Ear", ReferenceDataError, "line 3, column site: nothing was given"),
        ("genotypes", "milk,A/A", "milc,A/A", ReferenceDataError, r"genotypes\.csv, line 4, column site: 'milc'"),
        ("genotypes", "G/A", "G/T", ReferenceDataError, "line 3, column genotype: 'G/T' was given, one or two of"),
        ("genotypes", "G/A", "A/A", ReferenceDataError, "line 4, column genotype: 'milk A/A' was given, one row"),
        ("genotypes", "G/A", "A/G/G", ReferenceDataError, "'A/G/G' was given"),
        ("genotypes", "milk,A/A,two,weak\n", "", ReferenceDataError, r"site 'milk' \(sites\.csv, line 2\).*A/A"),
        ("genotypes", "weak", "strongest", ReferenceDataError, "column strength: 'strongest' was given, one of"),
        ("combinations", "wax=T/T", "ear=T/T", ReferenceDataError, r"combinations\.csv, line 3, column site: 'ear'"),
        ("combinations", "wax=T/T", "wax", ReferenceDataError, "column members: .* site=genotype"),
        (
            "combinations",
            "milk=G/G;wax=T/T,pair",
            "milk=G/G;wax=T/T,eye",
            ManifestError,
            "opt_in 'eye' is no setting",
        ),
        ("combinations", "milk=G/G;wax=T/T", "milk=A/G;wax=C/C", ReferenceDataError, "line 3, column members"),
    ],
)
def test_a_wrong_table_is_refused_naming_file_line_given_and_expected(
    tmp_path: Path, table: str, given: str, instead: str, error: type[Exception], said: str
) -> None:
    tables = {"sites": SITES, "genotypes": GENOTYPES, "combinations": COMBINATIONS}
    assert given in tables[table]
    tables[table] = tables[table].replace(given, instead, 1)
    folder = write_module(tmp_path, **tables)
    with pytest.raises(error, match=said):
        panel(folder)


def test_a_declared_column_that_no_table_has_is_refused(tmp_path: Path) -> None:
    toml = MODULE_TOML.replace('name = "strength"', 'name = "weight"')
    tables = {
        "genotypes": GENOTYPES.replace("strength", "checked"),
        "combinations": COMBINATIONS.replace("strength", "checked"),
    }
    with pytest.raises(ManifestError, match="'weight' is declared"):
        panel(write_module(tmp_path, toml=toml, **tables))


def test_alleles_that_differ_between_builds_are_refused_and_swapped_ones_taken(tmp_path: Path) -> None:
    toml = MODULE_TOML.replace('["GRCh38"]', '["GRCh37", "GRCh38"]')
    head, milk, wax = SITES.splitlines()
    head = head.replace("infer", "infer,chrom_GRCh37,pos_GRCh37,ref_GRCh37,alt_GRCh37")
    swapped = (
        f"{head}\n{milk.replace('true', 'true,2,136608646,A,G')}\n{wax.replace('false', 'false,16,48258198,C,T')}\n"
    )
    (tmp_path / "good").mkdir()
    made = panel(write_module(tmp_path / "good", toml=toml, sites=swapped), Build.GRCH37)
    assert made.sites.select("pos", "ref", "alt").row(0) == (136608646, "A", "G")
    (tmp_path / "bad").mkdir()
    with pytest.raises(ReferenceDataError, match="line 2, column alt_GRCh38: 'G>A' was given, the same"):
        panel(write_module(tmp_path / "bad", toml=toml, sites=swapped.replace("136608646,A,G", "136608646,C,T")))


def assert_same(first: Panel, second: Panel) -> None:
    for name in ("sites", "genotypes", "combinations"):
        one, other = getattr(first, name), getattr(second, name)
        assert set(one.columns) == set(other.columns)
        # Genotypes come back with their sites, which stand in the order of the genome.
        assert one.sort(one.columns[:2]).equals(other.select(one.columns).sort(one.columns[:2]))


def test_a_panel_survives_its_table(tmp_path: Path) -> None:
    folder = write_module(tmp_path)
    made, columns = panel(folder), load_manifest(folder).columns
    table = panel_table(made, columns)
    assert schema((*PANEL, *columns), table.schema).passed
    table.write_parquet(tmp_path / "panel.parquet")
    verify_panel(tmp_path / "panel.parquet")
    assert_same(made, panel_from(tmp_path / "panel.parquet", columns))


def test_a_column_that_is_empty_everywhere_is_still_there(tmp_path: Path) -> None:
    folder = write_module(tmp_path, genotypes=GENOTYPES.replace("strong", "").replace("weak", ""))
    (folder / "combinations.csv").write_text(COMBINATIONS.replace("weak", ""))
    columns = load_manifest(folder).columns
    panel_table(panel(folder), columns).write_parquet(tmp_path / "panel.parquet")
    assert panel_from(tmp_path / "panel.parquet", columns).sites["strength"].null_count() == 2


def test_the_shipped_panel_survives_its_table_in_both_builds(tmp_path: Path) -> None:
    folder = PLUGINS / "everyday-traits" / "src" / "genoteca_everyday_traits"
    columns = load_manifest(folder).columns
    for build in (Build.GRCH37, Build.GRCH38):
        made = panel(folder, build)
        assert len(made.sites) >= 30
        panel_table(made, columns).write_parquet(tmp_path / "panel.parquet")
        assert_same(made, panel_from(tmp_path / "panel.parquet", columns))


@pytest.mark.parametrize(
    ("order", "said"), [([1, 0], "not sorted by chromosome"), ([0, 2], "not numbered from 0 without a hole")]
)
def test_a_panel_out_of_order_is_found(tmp_path: Path, order: list[int], said: str) -> None:
    folder = write_module(tmp_path)
    table = panel_table(panel(folder), load_manifest(folder).columns)
    renumbered = table.with_columns(pl.col("site").replace([0, 1], order))
    renumbered.sort("site", nulls_last=True).write_parquet(tmp_path / "panel.parquet")
    with pytest.raises(ReferenceDataError, match=said):
        verify_panel(tmp_path / "panel.parquet")


def test_another_table_is_no_panel(tmp_path: Path) -> None:
    pl.DataFrame({"site": [1]}).write_parquet(tmp_path / "other.parquet")
    with pytest.raises(ReferenceDataError, match="is no panel: it has no column part"):
        panel_from(tmp_path / "other.parquet", ())


MINUS = SITES.replace("infer,checked", "infer,strand").replace("true,by hand", "true,-").replace("false,", "false,+")


def test_genotypes_of_a_site_on_the_minus_strand_are_turned_and_no_others(tmp_path: Path) -> None:
    written = (
        GENOTYPES.replace("milk,G/G", "milk,C/C").replace("milk,G/A", "milk,T/C").replace("milk,A/A", "milk,t/t")
    )
    members = COMBINATIONS.replace("milk=A/G", "milk=T/C").replace("milk=G/G", "milk=C/C")
    made = panel(write_module(tmp_path, sites=MINUS, genotypes=written, combinations=members))
    (tmp_path / "plus").mkdir()
    plain = panel(write_module(tmp_path / "plus"))
    assert made.sites.equals(plain.sites)
    assert made.genotypes.equals(plain.genotypes)
    assert made.combinations.equals(plain.combinations)


@pytest.mark.parametrize(
    ("given", "instead", "said"),
    [
        ("true,-", "true,minus", r"column strand: 'minus' was given, \+ or -"),
        ("G,A,true,-", "G,GA,true,-", "column strand: '-' was given, .*insertion or deletion"),
        ("true,-", "true,-", "column genotype: 'G/G' was given, one or two of the alleles C, T joined"),
    ],
)
def test_a_strand_that_does_not_fit_its_genotypes_is_refused(
    tmp_path: Path, given: str, instead: str, said: str
) -> None:
    with pytest.raises(ReferenceDataError, match=said):
        panel(write_module(tmp_path, sites=MINUS.replace(given, instead)))

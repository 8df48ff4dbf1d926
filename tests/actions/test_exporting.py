"""Taking everything out of the app, with the real module, and the wide table as an asset of a run."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pysam
import pytest

from genoteca import actions
from genoteca.actions import App, ExportReport, Query
from genoteca.actions.gates import without_closed
from genoteca.engine import records
from genoteca.errors import FilterError, GenomeFileError, InputError, NotFoundError
from genoteca.model.run import RunKind, RunStatus
from genoteca.model.sample import SampleId, SampleKind
from genoteca.settings import assets_folder

KEY = "demo/synthetic"
TRAITS = "everyday-traits"
DEMO = assets_folder() / "demo" / "demo-genome.vcf.gz"
FORMATS = ("csv", "tsv", "json", "parquet", "xlsx", "vcf")


def export(app: App, output: Path, form: str, **more: object) -> ExportReport:
    return actions.export_sample(app, KEY, format=form, output=output, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_accounts_for_every_answer(desk: App, tmp_path: Path, form: str) -> None:
    output = tmp_path / ("all.vcf.gz" if form == "vcf" else f"all.{form}")
    report = export(desk, output, form)
    (answer,) = actions.show_sample(desk, KEY).answers
    counts = report.modules[TRAITS]
    assert counts.reconciles
    assert (counts.rows, counts.hidden) == (answer.rows + answer.closed, 0)
    assert report.rows == report.counted
    assert report.bytes == output.stat().st_size
    beside = {output, Path(report.index)} if report.index else {output}
    assert set(tmp_path.iterdir()) == beside
    assert actions.export_words(report)


def test_a_table_and_a_vcf_put_the_same_answers_beside_variants(desk: App, tmp_path: Path) -> None:
    table = export(desk, tmp_path / "all.parquet", "parquet").modules[TRAITS]
    vcf = export(desk, tmp_path / "all.vcf.gz", "vcf").modules[TRAITS]
    assert (table.on_variants, table.further) == (vcf.on_variants, vcf.further)
    assert table.on_variants > 0
    frame = pl.read_parquet(tmp_path / "all.parquet").filter(pl.col("row_kind") == "variant")
    with pysam.VariantFile(str(tmp_path / "all.vcf.gz")) as file:
        told = [one.info["everyday_traits_evidence"] for one in file if "everyday_traits_evidence" in one.info]
    assert sum(one not in (None, ".") for values in told for one in values) == vcf.on_variants
    assert frame["everyday_traits_evidence"].count() == table.on_variants


@pytest.mark.parametrize("form", ["json", "vcf", "xlsx", "csv"])
def test_what_is_hidden_until_one_asks_is_in_no_format(desk: App, tmp_path: Path, form: str) -> None:
    output = tmp_path / ("all.vcf" if form == "vcf" else f"all.{form}")
    hidden = actions.result_page(desk, KEY, TRAITS, Query(where=actions.parse_where("gate is not empty"), limit=None))
    conclusions = [str(row["conclusion"]) for row in hidden.rows if row["conclusion"]]
    assert conclusions
    report = export(desk, output, form, opened={})
    assert report.modules[TRAITS].hidden == hidden.matched
    text = output.read_bytes()
    if form == "xlsx":
        with zipfile.ZipFile(output) as book:
            text = book.read("xl/worksheets/sheet1.xml")
    words = [one.replace(" ", "%20") if form == "vcf" else one for one in conclusions]
    assert not [one for one in words if one[:60].encode() in text]
    gates = frozenset(str(row["gate"]) for row in hidden.rows)
    assert export(desk, output, form, opened={TRAITS: gates}).modules[TRAITS].hidden == 0


def test_a_view_becomes_a_vcf_of_its_rows_and_a_workbook_that_says_what_it_is(desk: App, tmp_path: Path) -> None:
    query = Query(where=actions.parse_where("evidence = 'called'"))
    matched = actions.result_page(desk, KEY, TRAITS, query).matched
    output = tmp_path / "view.vcf.gz"
    report = actions.export_view_as_vcf(desk, KEY, TRAITS, query, columns=["gene"], output=output)
    assert report.modules[TRAITS].rows == matched
    assert set(report.modules[TRAITS].elsewhere) <= {"called"}
    with pysam.VariantFile(str(output)) as file:
        assert "everyday_traits_gene" in file.header.info
        assert "everyday_traits_conclusion" not in file.header.info
    with pytest.raises(FilterError, match="no column 'gen'"):
        actions.export_view_as_vcf(desk, KEY, TRAITS, query, columns=["gen"], output=output)
    book = tmp_path / "view.xlsx"
    about = actions.about_result(desk, KEY, TRAITS)
    shown = Query(where=without_closed(query.where, ()))
    rows = actions.export_result(desk, KEY, TRAITS, shown, columns=None, format="xlsx", output=book, about=about)
    assert 0 < rows < matched
    with zipfile.ZipFile(book) as file:
        told = file.read("xl/worksheets/sheet2.xml").decode()
    for words in ("GRCh38", "Everyday traits", "43 sites", "Not medical advice", "synthetic"):
        assert words in told


def test_a_vcf_needs_the_file_as_it_was_read(desk: App, tmp_path: Path) -> None:
    genome = tmp_path / "genome.vcf.gz"
    shutil.copy(DEMO, genome)
    sample, run = actions.add_sample(desk, actions.AddSample(path=str(genome), user="moved", sample="one"))
    assert desk.executor.run_until_over(run).status is RunStatus.SUCCEEDED
    with pytest.raises(NotFoundError, match="No module has answers"):
        actions.export_sample(desk, sample.key, format="csv", output=tmp_path / "x.csv")
    run = actions.annotate(desk, sample.key)
    assert desk.executor.run_until_over(run).status is RunStatus.SUCCEEDED
    output = tmp_path / "x.vcf.gz"
    written = genome.read_bytes()
    genome.write_bytes(written[:-1] + bytes([written[-1] ^ 1]))
    with pytest.raises(GenomeFileError, match="not the file any more"):
        actions.export_sample(desk, sample.key, format="vcf", output=output)
    genome.unlink()
    with pytest.raises(GenomeFileError, match="is gone"):
        actions.export_sample(desk, sample.key, format="vcf", output=output)
    assert not output.exists()
    assert actions.export_sample(desk, sample.key, format="csv", output=tmp_path / "x.csv").rows
    genome.write_bytes(written)
    for form in ("vcf", "csv"):
        with pytest.raises(InputError, match="was read from"):
            actions.export_sample(desk, sample.key, format=form, output=genome)
    assert genome.read_bytes() == written
    assert actions.export_sample(desk, sample.key, format="vcf", output=output).index
    actions.forget_sample(desk, sample.key)  # other tests know the desk with one genome


@pytest.fixture
def as_array(desk: App) -> Iterator[None]:
    path = desk.layout.sample("demo", "synthetic") / "sample.json"
    kept = path.read_text()
    path.write_text(json.dumps(json.loads(kept) | {"kind": SampleKind.ARRAY.value}))
    yield
    path.write_text(kept)


@pytest.mark.usefixtures("as_array")
def test_a_chip_is_no_vcf_and_a_table_all_the_same(desk: App, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="DNA chip"):
        export(desk, tmp_path / "all.vcf.gz", "vcf")
    assert export(desk, tmp_path / "all.csv", "csv").rows


def test_a_module_without_answers_is_named_or_refused(desk: App, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="clinvar"):
        actions.export_sample(desk, KEY, ["clinvar"], format="csv", output=tmp_path / "x.csv")
    with pytest.raises(InputError, match="no folder"):
        export(desk, tmp_path / "absent" / "x.csv", "csv")


def test_an_export_that_is_stopped_leaves_nothing(desk: App, tmp_path: Path) -> None:
    def stop(_fraction: float, _message: str) -> None:
        raise InputError("stopped")

    for form in ("csv", "xlsx", "parquet", "vcf"):
        with pytest.raises(InputError, match="stopped"):
            export(desk, tmp_path / f"x.{form}", form, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_the_wide_table_is_an_asset_with_its_lineage(desk: App, tmp_path: Path) -> None:
    run = actions.join_sample(desk, KEY)
    assert desk.executor.run_until_over(run).status is RunStatus.SUCCEEDED, actions.run_lines(desk, run)
    card = actions.show_run(desk, run)
    assert card.run.request.kind is RunKind.JOIN
    assert card.title.startswith("Join the answers")
    stored = records.current(desk.layout, ["sample", "annotated"], KEY)
    variants = records.current(desk.layout, ["sample", "variants"], KEY)
    annotations = records.current(desk.layout, [TRAITS, "annotations"], KEY)
    assert stored is not None
    assert variants is not None
    assert annotations is not None
    assert stored.record.inputs == {
        "sample/variants": variants.record.sha256,
        f"{TRAITS}/annotations": annotations.record.sha256,
    }
    assert [check.name for check in stored.record.checks if check.passed] == ["schema", "reconciles"]
    output = tmp_path / "all.parquet"
    assert export(desk, output, "parquet", opened={}).rows == stored.record.rows
    assert pl.read_parquet(output).equals(pl.read_parquet(stored.path))
    assert stored.path.is_relative_to(desk.layout.sample(*SampleId.parse(KEY).key.split("/")))

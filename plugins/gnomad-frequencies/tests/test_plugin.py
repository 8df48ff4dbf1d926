from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from genoteca.sdk import Build, check_module
from genoteca_gnomad_frequencies import plugin
from genoteca_gnomad_frequencies.fields import GROUPS
from genoteca_gnomad_frequencies.releases import CHROMOSOMES, MIRRORS, files_of, version_of

PACKAGE = Path(plugin.__file__).parent
PROJECT = Path(__file__).parents[1] / "pyproject.toml"
README = Path(__file__).parents[1] / "README.md"
RELEASES = (
    ("v2.1.1", "exomes"), ("v2.1.1", "genomes"), ("v3.1.2", "genomes"),
    ("v4.1", "exomes"), ("v4.1", "genomes"), ("v4.1", "joint"),
)  # fmt: skip


def test_the_module_keeps_every_rule() -> None:
    findings = check_module(plugin, folder=PACKAGE)
    assert not [finding for finding in findings if not finding.ok]
    assert len(findings) > 5


def test_the_manifest_and_the_distribution_agree() -> None:
    told = tomllib.loads(PROJECT.read_text())["project"]
    manifest = plugin.describe_module()
    assert told["version"] == manifest.version
    assert told["license"] == manifest.licence.code
    assert told["entry-points"]["genoteca"] == {manifest.id: "genoteca_gnomad_frequencies.plugin"}


def test_describing_the_module_loads_no_dagster() -> None:
    code = (
        "import sys; from genoteca_gnomad_frequencies.plugin import describe_module; describe_module();"
        "assert 'dagster' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(PACKAGE.parent)}, check=False)
    assert done.returncode == 0


def test_every_choice_is_a_release_or_a_mirror_that_there_is() -> None:
    settings = plugin.describe_module().settings
    assert set(settings["mirror"].choices) == set(MIRRORS)
    for data in settings["data"].choices:
        assert all(files_of("v4.1", one) for one in data.split(" and "))
    assert all(files_of(version, "genomes") for version in settings["version"].choices)
    assert version_of(Build.GRCH37, "v4.1") == "v2.1.1"


@pytest.mark.parametrize(("version", "data"), RELEASES)
def test_a_release_has_a_file_for_every_chromosome_with_its_size_and_digest(version: str, data: str) -> None:
    files = files_of(version, data)
    lacking = {"Y"} if (version, data) == ("v2.1.1", "genomes") else set()
    assert set(files) == set(CHROMOSOMES) - lacking
    for file in files.values():
        assert re.fullmatch("[0-9a-f]{32}", file.md5)
        assert file.bytes > 1 << 20
    assert len({file.path for file in files.values()}) == len({file.md5 for file in files.values()}) == len(files)


# The publisher's own totals, of all chromosomes in one file: https://gnomad.broadinstitute.org/downloads#v2-variants
@pytest.mark.parametrize(("data", "total"), [("exomes", 58.81), ("genomes", 460.93)])
def test_the_sizes_by_chromosome_add_up_to_the_publishers_own_total(data: str, total: float) -> None:
    found = sum(file.bytes for chrom, file in files_of("v2.1.1", data).items() if chrom != "MT")
    assert found / (1 << 30) == pytest.approx(total, abs=0.05)


def test_the_manifest_tells_the_true_size_of_the_default_download() -> None:
    manifest = plugin.describe_module()
    files = files_of(str(manifest.settings["version"].default), str(manifest.settings["data"].default))
    assert manifest.download_bytes == pytest.approx(sum(file.bytes for file in files.values()), rel=0.001)
    assert manifest.disk_bytes > manifest.download_bytes
    for size in ("198 GB", "63 GB", "563 GB", "495 GB", "Nothing here is a diagnosis"):
        assert size in manifest.description


@pytest.mark.parametrize(("version", "data"), RELEASES)
def test_the_readme_tells_the_size_of_every_file(version: str, data: str) -> None:
    text = README.read_text()
    files = {chrom: file for chrom, file in files_of(version, data).items() if chrom != "MT"}
    total = sum(file.bytes for file in files.values()) / 1e9
    assert f"| {version} {data} | {total:,.1f} |" in text
    column = [f"{version} {data}" in line for line in text.splitlines()].index(True)  # the table's header names it
    assert column > 0
    for chrom, file in files.items():
        row = next(line for line in text.splitlines() if line.startswith(f"| {chrom} |"))
        assert f" {file.bytes / 1e9:,.1f} |" in row


def test_every_group_has_its_column() -> None:
    names = {column.name for column in plugin.describe_module().columns}
    assert {f"frequency_{group}" for group in GROUPS} < names


def test_the_addresses_are_on_the_hosts_that_the_manifest_names() -> None:
    hosts = {base.split("/")[2] for base in MIRRORS.values()}
    assert hosts == set(plugin.describe_module().permissions.network)
    path = files_of("v4.1", "genomes")["21"].path
    assert path == "/release/4.1/vcf/genomes/gnomad.genomes.v4.1.sites.chr21.vcf.bgz"
    assert files_of("v2.1.1", "exomes")["X"].name == "gnomad.exomes.r2.1.1.sites.X.vcf.bgz"
    assert files_of("v2.1.1", "exomes")["MT"].name == "gnomad.genomes.v3.1.sites.chrM.vcf.bgz"

from __future__ import annotations

import pytest

from genoteca.genome.caller import caller_of
from genoteca.genome.header import Header


@pytest.mark.parametrize(
    ("meta", "told"),
    [
        ([], ""),
        ([("source", "strelka"), ("source_version", "2.9.10")], "strelka 2.9.10"),
        (
            [("GATKCommandLine.HaplotypeCaller", '<ID=HaplotypeCaller,Version=3.5-0-g36282e4,Date="Wed Mar 15">')],
            "GATK HaplotypeCaller 3.5-0-g36282e4",
        ),
        (
            [("GATKCommandLine", '<ID=GenotypeGVCFs,CommandLine="x",Version="4.1.0.0",Date="May">')],
            "GATK GenotypeGVCFs 4.1.0.0",
        ),
        ([("GATKCommandLine", '<ID=SelectVariants,CommandLine="x",Version="4.1.0.0">')], ""),
        ([("DRAGENVersion", '<ID=dragen,Version="SW: 07.021.510.3.5.7">')], "DRAGEN SW: 07.021.510.3.5.7"),
        ([("DeepVariant_version", "1.5.0")], "DeepVariant 1.5.0"),
        (
            [("bcftools_callVersion", "1.17+htslib-1.17"), ("bcftools_viewVersion", "1.17")],
            "bcftools call 1.17+htslib-1.17",
        ),
        ([("source", '"beagle.jar"'), ("source", '"beagle.jar"')], "beagle.jar"),
        ([("source", "x" * 1000)], "x" * 200),
    ],
)
def test_a_file_s_makers_are_told_by_the_lines_they_write(meta: list[tuple[str, str]], told: str) -> None:
    assert caller_of(Header(version="4.2", lines=2, contigs={}, meta=meta, samples=["S"])) == told

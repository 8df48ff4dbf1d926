"""Which programs made a file, from the lines of its header that say so."""

from __future__ import annotations

import re

from genoteca.genome.header import Header

__all__ = ["caller_of"]

LONGEST = 200
"""Characters kept of what a header says of its maker."""

_VERSION = re.compile(r'[<,]Version="?([^",>]+)')
_ID = re.compile(r"[<,]ID=([^,>]+)")
_CALLERS = re.compile(r"HaplotypeCaller|UnifiedGenotyper|GenotypeGVCFs|Mutect2", re.IGNORECASE)


def caller_of(header: Header) -> str:
    """Name the programs, with their versions where they are told; empty: the header does not say.

    GATK writes `GATKCommandLine` (https://gatk.broadinstitute.org), DRAGEN `DRAGENVersion`, DeepVariant
    `DeepVariant_version`, bcftools `bcftools_callVersion`; others use `source`, and some
    `source_version` beside it.
    """
    found = [_named(key, value) for key, value in header.meta]
    version = next(iter(header.values("source_version")), "")
    sources = [f"{value} {version}".strip() for value in header.values("source")]
    told = dict.fromkeys(one.strip().strip('"') for one in [*found, *sources] if one)
    return "; ".join(told)[:LONGEST]


def _named(key: str, value: str) -> str:
    """Say what one header line tells of a program that calls variants; empty: nothing."""
    name, version = key.lower(), _VERSION.search(value)
    if name.startswith("gatkcommandline"):
        tool = _ID.search(value)
        given = f" {version[1].strip()}" if version else ""
        return f"GATK {tool[1]}{given}" if tool and _CALLERS.search(tool[1]) else ""
    if name == "dragenversion":
        return f"DRAGEN {version[1].strip()}" if version else "DRAGEN"
    if name == "deepvariant_version":
        return f"DeepVariant {value}"
    return f"bcftools call {value}" if name == "bcftools_callversion" else ""

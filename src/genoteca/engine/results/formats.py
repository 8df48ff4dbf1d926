"""The formats that answers are written in."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Format"]


class Format(StrEnum):
    """What answers are written as."""

    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    PARQUET = "parquet"
    XLSX = "xlsx"
    VCF = "vcf"

    @property
    def ending(self) -> str:
        """Give the ending of a file's name."""
        return "vcf.gz" if self is Format.VCF else self.value

"""What an export wrote: counted before, counted again in the file, and told module by module."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["ExportReport", "ModuleExport"]


class ModuleExport(BaseModel):
    """Where the answers of one module went: `rows = hidden + on_variants + further + on_records + elsewhere`."""

    model_config = ConfigDict(extra="forbid")

    title: str
    release: str = ""
    rows: int = 0
    """Answers that the module has stored for the sample, those that a filter of the view leaves out not counted."""
    sites: int | None = None
    """Sites that the module looked at for the sample; of one that is not covered there may be no answer. None: a
    sparse module, which counts none, or a filtered view."""
    hidden: int = 0
    """Left out: behind a question that was not answered with yes."""
    on_variants: int = 0
    """Beside the variant (in a VCF: the ALT allele) that they are about."""
    further: int = 0
    """Second and later answers about one variant: rows of their own in a table; a VCF has them beside the first."""
    on_records: int = 0
    """VCF only: about a record, but none of its ALT alleles; told in the record's `…_SITES`."""
    elsewhere: dict[str, int] = Field(default_factory=dict)
    """About alleles that no variant is, by evidence: rows of their own in a table. In a VCF, which keeps the records
    of another file: answers without a record, which are not in it."""

    @property
    def reconciles(self) -> bool:
        """Whether every answer is accounted for."""
        told = self.hidden + self.on_variants + self.further + self.on_records + sum(self.elsewhere.values())
        return told == self.rows


class ExportReport(BaseModel):
    """What one export wrote. `rows` were promised and written; as many were `counted` in the finished file."""

    model_config = ConfigDict(extra="forbid")

    sample: str
    format: str
    file: str
    bytes: int
    rows: int
    """Rows of the table; of a VCF: records."""
    counted: int
    """Rows found when the finished file was read again."""
    variants: int = 0
    """Rows of the sample's variants table; 0: the export does not hold them."""
    index: str = ""
    """The index beside a VCF; empty: there is none."""
    notes: list[str] = Field(default_factory=list)
    """What a reader must know: why there is no index, what was left out, what is out of date."""
    left_out: dict[str, int] = Field(default_factory=dict)
    """Lines of the source file that are no records, by reason."""
    modules: dict[str, ModuleExport] = Field(default_factory=dict)
    not_included: dict[str, str] = Field(default_factory=dict)
    """Modules that have no answers in it, and why."""

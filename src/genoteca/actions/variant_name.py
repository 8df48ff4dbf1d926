"""Which variant is meant: by an address, or by a row of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genoteca.actions.references import annotating_modules
from genoteca.engine import records
from genoteca.engine.samples import read_sample
from genoteca.errors import InputError, NotFoundError
from genoteca.model.build import CHROMOSOMES
from genoteca.model.sample import Sample, SampleId
from genoteca.model.variant import UNKNOWN, VariantName

if TYPE_CHECKING:
    from genoteca.actions.app import App

__all__ = ["find_variant", "variant_of"]

LONGEST = 1000
"""Letters of a name up to which an address writes it out; a longer one is named by its key."""


def find_variant(app: App, key: str, text: str) -> VariantName:
    """Tell which variant an address names: `chrom-pos-ref-alt`, trimmed here, or the key of one with long alleles.

    Raises:
        NotFoundError: no such sample, or nothing that is stored of it has this key.
        InputError: it names no variant.

    """
    sample = read_sample(app.layout, SampleId.parse(key))
    if text.isdecimal():
        return _by_key(app, sample, int(text))
    name = VariantName.parse(text)
    if not name.known or len(name.alts) > 1:
        return name
    from genoteca.genome.alleles import trim  # loads Polars, which the first page does without

    pos, ref, alt = trim(name.pos, name.ref, name.alts[0])
    return VariantName(chrom=name.chrom, pos=pos, ref=ref, alt=alt)


def variant_of(row: dict[str, Any]) -> str:
    """Name the variant that a row of answers, or of the variants table, is about; empty: no single one."""
    if row.get("pos") is None or row.get("chrom") not in CHROMOSOMES:
        return ""
    ref, alt = row.get("ref") or UNKNOWN, row.get("alt") or UNKNOWN
    if (ref == UNKNOWN) != (alt == UNKNOWN):
        return ""
    try:
        name = VariantName.parse(f"{row['chrom']}-{row['pos']}-{ref}-{alt}").text
    except InputError:
        return ""
    return str(row["key"]) if len(name) > LONGEST and row.get("key") is not None else name


def _by_key(app: App, sample: Sample, number: int) -> VariantName:
    from genoteca.engine.variant.rows import named_by_key

    key = sample.id.key
    tables = [records.current(app.layout, ["sample", "variants"], key)]
    tables += [records.current(app.layout, [module, "annotations"], key) for module in annotating_modules(app.layout)]
    for stored in tables:
        if stored is not None and number < 1 << 64 and (name := named_by_key(stored.path, number)) is not None:
            return name
    raise NotFoundError(
        f"Nothing stored of {key} has the key {number}.",
        title="This variant is not known here",
        hint="Open it from the table that it stands in.",
    )

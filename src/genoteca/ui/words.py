"""Figures and names in words, the same on every screen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from genoteca.actions.module_views import ModuleCard
from genoteca.model import formats
from genoteca.model.evidence import Evidence, Shape
from genoteca.model.fit import Fit
from genoteca.model.formats import decimal, whole, written
from genoteca.model.licence import Use, use_of
from genoteca.model.module import ModuleManifest, Tier
from genoteca.model.run import RunStatus
from genoteca.model.sample import SampleKind, Sex

__all__ = [
    "ENGINES",
    "EVIDENCE",
    "FITS",
    "KINDS",
    "SEX",
    "SHAPES",
    "STATUS",
    "TIERS",
    "TIERS_IN_SHORT",
    "about",
    "asset",
    "count",
    "data_of",
    "evidence_class",
    "file_size",
    "kind",
    "kinds",
    "licence",
    "memory",
    "percent",
    "provided",
    "sentence",
    "shape_class",
    "share",
    "size_of",
    "span",
    "tier",
    "tier_icon",
    "to_fetch",
    "when",
]

EVIDENCE = {
    Evidence.CALLED: "Called",
    Evidence.PARTIAL: "Partly known",
    Evidence.OTHER_ALLELE: "Other allele",
    Evidence.NO_CALL: "No call",
    Evidence.REFERENCE: "Reference",
    Evidence.INFERRED: "Inferred",
    Evidence.NOT_APPLICABLE: "Not applicable",
    Evidence.NOT_COVERED: "Not covered",
}

SHAPES = {
    Shape.ANSWERED: ("Answered", "Your file has a genotype here, or part of one."),
    Shape.REFERENCE: ("Reference", "You carry the reference base: your file says so, or it is inferred."),
    Shape.NOT_CALLABLE: ("Not callable", "Your file could not tell, or says nothing here. That is no result."),
    Shape.NOT_APPLICABLE: ("Not applicable", "It does not apply to this genome."),
    Shape.ABSENT: ("Looked up and absent", "The module looked, and what it was made of does not list this."),
    Shape.FAILED: ("Module failed", "Something went wrong. Nothing is known, and nothing was found out."),
    Shape.NOT_LOOKED_UP: ("Not looked up", "The module was not asked yet, or cannot be."),
}
"""Every shape with its name, and what it means for the owner of the genome."""

KINDS = {
    SampleKind.WHOLE_GENOME: "Whole genome, differences only",
    SampleKind.EXOME: "Exome: the genes, not what lies between",
    SampleKind.GVCF: "gVCF: also says where nothing differs",
    SampleKind.ARRAY: "DNA chip (array)",
    SampleKind.PANEL: "A panel, or a region",
    SampleKind.NO_GENOTYPES: "A list of variants without genotypes",
}

_IN_SHORT = {SampleKind.ARRAY: "DNA chip (array)"}

SEX = {Sex.UNSTATED: "Not stated", Sex.FEMALE: "Female (XX)", Sex.MALE: "Male (XY)"}

TIERS = {
    Tier.DATA: "Tables only: it holds no program",
    Tier.ISOLATED: "Runs a program in a closed box",
    Tier.CODE: "Runs a program with your rights",
}

TIERS_IN_SHORT = {
    Tier.DATA: "Tables only",
    Tier.ISOLATED: "Locked-in program",
    Tier.CODE: "Program",
}

FITS = {
    Fit.YES: ("Yes", "check_circle", "--answered"),
    Fit.SETUP: ("Needs its file", "upload_file", "--not-callable"),
    Fit.LIFTOVER: ("Needs liftover", "swap_horiz", "--not-callable"),
    Fit.GVCF: ("Needs a gVCF", "description", "--not-callable"),
    Fit.NO: ("No", "block", "--not-callable"),
}
"""Words, icon and colour of how a module goes with a genome."""

ENGINES = {
    "auto": "Chosen for each genome",
    "polars": "Faster (Polars)",
    "duckdb": "With less memory (DuckDB)",
}
"""How genomes are looked up; every way gives the same answers."""

STATUS = {
    RunStatus.QUEUED: ("Waiting", "schedule", ""),
    RunStatus.RUNNING: ("Running", "autorenew", "info"),
    RunStatus.CANCELLING: ("Stopping", "hourglass_bottom", "warn"),
    RunStatus.SUCCEEDED: ("Done", "check_circle", "good"),
    RunStatus.FAILED: ("Failed", "error", "bad"),
    RunStatus.CANCELLED: ("Cancelled", "do_not_disturb_on", "warn"),
}
"""Words, icon and kind of pill."""

_LICENCES = {
    "CC0-1.0": "CC0",
    "Apache-2.0": "Apache 2.0",
    "LicenseRef-PublicDomain": "public domain",
    "LicenseRef-Public-Domain": "public domain",
    "LicenseRef-NCBI-Public-Domain": "public domain, NCBI",
    "LicenseRef-Ensembl": "Ensembl",
}
"""Short names, where the SPDX one is not how people write it."""


def licence(spdx: str) -> str:
    """Say in words what a licence allows, with its name; one that is not known is shown as it stands."""
    name = " and ".join(_licence_name(part.strip("() ")) for part in spdx.split(" AND "))
    match use_of(spdx):
        case Use.OWN:
            return "yours: not known to Genoteca"
        case Use.UNKNOWN:
            return _licence_name(spdx)
        case use:
            return f"{use} ({name})"


def _licence_name(spdx: str) -> str:
    known = {name.lower(): words for name, words in _LICENCES.items()}
    if spdx.lower() in known:
        return known[spdx.lower()]
    plain = re.sub(r"^CC-([A-Z-]+)-(\d)", r"CC \1 \2", spdx) if spdx.startswith("CC-BY") else spdx
    return plain.removeprefix("LicenseRef-").replace("-", " ") if plain.startswith("LicenseRef-") else plain


def kind(of: SampleKind, *, read: bool) -> str:
    """Say what sort of file a genome is; where only its calls tell, nothing before they were read."""
    if not read and of is SampleKind.PANEL:
        return "Measured while it is read: a whole genome, an exome, or a part"
    return KINDS[of]


def kinds(of: Iterable[SampleKind]) -> str:
    """Name the sorts of file that something reads: whole genome, exome, gVCF, DNA chip (array), panel."""
    return ", ".join(_IN_SHORT.get(one, one.value) for one in of)


def tier(of: Tier, runs_as: Tier) -> str:
    """Say what a tier means here; `runs_as`: what it comes to on this computer."""
    if of is Tier.ISOLATED and runs_as is Tier.CODE:
        return "Runs a program, not sandboxed on this system: with your rights"
    return TIERS[of]


def tier_icon(tier: Tier) -> str:
    """Name the icon of a tier."""
    return {Tier.DATA: "table_chart", Tier.ISOLATED: "lock", Tier.CODE: "terminal"}[tier]


def shape_class(shape: Shape) -> str:
    """Give the CSS class that draws a shape."""
    return shape.value.replace(" ", "-")


def evidence_class(kind: Evidence) -> str:
    """Give the CSS classes of an evidence: its shape's, and for what is inferred one more."""
    return shape_class(kind.shape) + (" inferred" if kind is Evidence.INFERRED else "")


def percent(of_one: float, digits: int = 1) -> str:
    """Write a share of 0 to 1 with so many digits behind the decimal sign: 99.8 %."""
    return f"{decimal(100 * of_one, digits)} %"


def share(of_one: float) -> str:
    """Write a share of 0 to 1 as people read it: 12.3 %, 0.04 %, 1 in 1,000,000."""
    if not of_one:
        return "0 %"
    if of_one >= 0.0001:
        return f"{written(f'{100 * of_one:.3g}')} %"
    return f"1 in {whole(round(1 / of_one))}"


def provided(name: str) -> str:
    """Say what is provided: `chain:NCBI36-GRCh37` is “Chain NCBI36 → GRCh37”."""
    kind, _, of = name.partition(":")
    return f"{kind[:1].upper()}{kind[1:]} {' → '.join(of.split('-'))}"


def sentence(text: str) -> str:
    """Begin with a capital, unless with an address, and end with a full stop."""
    first = text[:1] if text.startswith(("http:", "https:")) else text[:1].upper()
    return f"{first}{text[1:].removesuffix('.')}." if text else ""


_STAGES = {
    "Building": "Making it ready",
    "Reading": "Reading what is in it",
    "Resolving": "Finding what it needs",
    "Checking": "Trying it",
    "Switching": "Switching it on",
}


def stage(told: str) -> str:
    """Say in plain words how far an install is; any other message stands as it is."""
    return _STAGES.get(told, told)


def count(number: int) -> str:
    """Write a whole number with thousands set apart."""
    return whole(number)


def file_size(size: int) -> str:
    """Write bytes as people read them, in powers of ten."""
    amount = float(size)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{decimal(amount, 0 if unit == 'bytes' or amount >= 10 else 1)} {unit}"
        amount /= 1000
    return f"{decimal(amount, 1)} TB"


def memory(megabytes: float | None) -> str:
    """Write an amount of memory (MB of 10^6 bytes)."""
    return "–" if megabytes is None else file_size(round(megabytes * 1_000_000))


def span(seconds: float | None) -> str:
    """Write a duration."""
    if seconds is None:
        return "–"
    if seconds < 10:
        return f"{decimal(seconds, 1)} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def about(seconds: float) -> str:
    """Write an estimate of a duration, as roughly as it is known."""
    if seconds < 45:
        return f"{max(5, round(seconds / 5) * 5)} seconds"
    minutes = max(1, round(seconds / 60))
    if minutes < 90:
        return "a minute" if minutes == 1 else f"{minutes} minutes"
    return f"{round(minutes / 60)} hours"


def when(moment: datetime | None) -> str:
    """Write a moment in the computer's own time."""
    if moment is None:
        return "–"
    return formats.moment(moment.astimezone())


def asset(key: str | None, titles: dict[str, str] | None = None) -> str:
    """Say what an asset key (joined with `/`) makes, for the owner of the genome."""
    if not key:
        return "The run"
    first, _, last = key.partition("/")
    if first == "sample":
        known = {
            "source": "Looking at the file",
            "variants": "Reading the variants",
            "coverage": "Reading the coverage",
            "structural": "Reading the structural variants",
            "annotated": "Joining the answers into one table",
        }
        return known.get(last, last.replace("_", " ").capitalize())
    title = (titles or {}).get(first, first)
    known = {"reference": f"{title}: reference data", "annotations": f"{title}: looking up your genome"}
    return known.get(last, f"{title}: {last}")


def size_of(manifest: ModuleManifest) -> str:
    """Say how much a module fetches and keeps."""
    if manifest.download_bytes:
        return f"{file_size(manifest.download_bytes)} to fetch, {file_size(manifest.disk_bytes)} kept"
    return f"{file_size(manifest.disk_bytes)}" if manifest.disk_bytes else ""


def to_fetch(size: int) -> str:
    """Say that data is fetched first; `size`: its bytes at most, 0: not known."""
    return f"Its data is fetched first: {f'up to {file_size(size)}' if size else 'how much is not known'}."


def data_of(module: ModuleCard) -> str:
    """Say of which release a module's data is: its own where it came with it, else that it is fetched."""
    if module.own_source:
        return "read from your own copy"
    if module.manifest.permissions.network:
        return "its publisher's newest when it is fetched"
    if module.manifest.form == "table":
        return "a file of yours"
    return f"release {module.manifest.data_version}, came with the module"

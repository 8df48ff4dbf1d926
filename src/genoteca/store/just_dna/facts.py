"""What a just-dna module says of itself: name, title, version, authors, genome build."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from packaging.version import InvalidVersion, Version

from genoteca.errors import InputError
from genoteca.model.build import Build
from genoteca.model.module import MODULE_ID
from genoteca.store.just_dna.documents import Document, read_json, read_yaml
from genoteca.store.just_dna.formats import MANIFEST, METADATA, SPEC

__all__ = ["UNSTATED", "Facts", "module_id_of", "read_facts"]

DEFAULT_BUILD = "GRCh38"
"""Of the format, where neither manifest nor specification names one."""
UNSTATED = "0"
"""Version of a module that states none, or none that can be compared."""
_BUILDS = {"grch38": Build.GRCH38, "hg38": Build.GRCH38, "grch37": Build.GRCH37, "hg19": Build.GRCH37}


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """A module's own words about itself."""

    name: str
    """`lower_snake`; a folder's name where the module states none."""
    title: str
    description: str
    version: str
    """PEP 440; UNSTATED where the module states none."""
    authors: tuple[str, ...]
    build: Build
    build_told_by: str
    licence: str
    """As stated; empty where it is not."""
    curator: str
    method: str
    priority: str
    """What a specification gives for rows that leave these three empty."""


def read_facts(folder: Path, *, fallback: str) -> Facts:
    """Read module_spec.yaml, manifest.json and metadata.yaml, as far as they are there; `fallback` names the rest.

    Raises:
        InputError: one of them cannot be read, or the genome build is none that is known here.

    """
    manifest = read_json(folder / MANIFEST) if (folder / MANIFEST).is_file() else Document(None)
    spec = read_yaml(folder / SPEC) if (folder / SPEC).is_file() else Document(None)
    older = read_yaml(folder / METADATA) if (folder / METADATA).is_file() else Document(None)
    module, display, identity = spec.part("module"), manifest.part("display"), manifest.part("identity")
    defaults = spec.part("defaults")
    build, told_by = _build(manifest.text("genome_build"), spec.text("genome_build"))
    name = identity.text("name") or module.text("name") or older.text("name") or fallback
    return Facts(
        name=name,
        title=display.text("title") or module.text("title") or older.text("title") or name.replace("_", " ").title(),
        description=display.text("description") or module.text("description") or older.text("description"),
        version=_version(identity.text("version") or module.text("version") or older.text("version")),
        authors=_authors(manifest, spec),
        build=build,
        build_told_by=told_by,
        licence=manifest.text("license") or spec.text("license") or module.text("license") or older.text("license"),
        curator=defaults.text("curator"),
        method=defaults.text("method"),
        priority=defaults.text("priority"),
    )


def module_id_of(name: str, chosen: str = "") -> str:
    """Take the chosen module id, else make one of their name.

    Raises:
        InputError: the chosen one is no id, or nothing of the name can stand in one.

    """
    if chosen and (not MODULE_ID.fullmatch(chosen) or chosen == "sample"):
        raise InputError(
            f"{chosen!r} is no module id.", hint="2 to 40 of a-z, 0-9 and -, a letter first; not sample."
        )
    if chosen:
        return chosen
    made = "just-dna-" + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    made = made[:40].rstrip("-")
    if made == "just-dna" or not MODULE_ID.fullmatch(made):
        raise InputError(f"No module id can be made of {name!r}.", hint="Choose one, on the command line with --id.")
    return made


def _build(*told: str) -> tuple[Build, str]:
    stated = next(filter(None, told), "")
    build = _BUILDS.get((stated or DEFAULT_BUILD).lower())
    if build is None:
        raise InputError(
            f"The module's positions are of the genome build {stated!r}; GRCh37 and GRCh38 are known here.",
            title="A module of another genome build",
            hint="Ask its author for one of these builds.",
        )
    return build, "stated by the module" if stated else f"not stated: {DEFAULT_BUILD} is the format's default"


def _version(told: str) -> str:
    try:
        return str(Version(told))
    except InvalidVersion:
        return UNSTATED


def _authors(manifest: Document, spec: Document) -> tuple[str, ...]:
    contributed = [*manifest.parts("authorship"), *spec.parts("authorship")]
    named = [*manifest.texts("authors"), *(one.text("who", "name") for one in contributed), manifest.text("owner")]
    return tuple(dict.fromkeys(filter(None, named)))

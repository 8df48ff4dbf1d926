"""Catalogues that a test publishes: modules in a folder, built, signed, and served on this computer."""

from __future__ import annotations

from pathlib import Path

from tests.engine.publisher import Publisher

from genoteca import actions
from genoteca.actions import App, CatalogueCard

MANIFEST = """\
schema = 1
id = "{id}"
title = "{title}"
summary = "A module that a test made, about one site."
version = "{version}"
data_version = "{version}"
requires_app = "{requires_app}"
category = "Traits"
tags = ["milk"]
genes = ["MCM6"]
icon = "icon.svg"
builds = ["GRCh38"]
licence = {{ code = "Apache-2.0", data = "CC0-1.0" }}
authors = [{{ name = "A Tester" }}]
screenshots = ["shot.svg"]

[[sources]]
name = "Enattah et al. 2002"
url = "https://doi.org/10.1038/ng826"
citation = "Enattah NS et al. Nat Genet 2002;30:233-237."

[table]
kind = "alleles"
alleles = "alleles.csv"

[[columns]]
name = "gene"
label = "Gene"
description = "In or near which the allele lies."

[[columns]]
name = "note"
label = "Note"
description = "What is known of the allele."
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z"/></svg>\n'


def module(
    folder: Path, module_id: str = "milk-story", version: str = "1.0.0", *, requires_app: str = ">=0.1,<1"
) -> Path:
    """A data module that passes every check."""
    folder.mkdir(parents=True, exist_ok=True)
    title = module_id.replace("-", " ").capitalize()
    text = MANIFEST.format(id=module_id, version=version, title=title, requires_app=requires_app)
    (folder / "module.toml").write_text(text)
    (folder / "alleles.csv").write_text("chrom,pos,ref,alt,gene,note\n2,135851076,G,A,LCT,lactase stays\n")
    (folder / "icon.svg").write_text(SVG)
    (folder / "shot.svg").write_text(SVG)
    (folder / "README.md").write_text(f"# {module_id}\n\nAbout milk.\n")
    (folder / "CHANGELOG.md").write_text(
        f"# Changes\n\n## {version}\n\n- What is new in {version}.\n\n## 0.1\n\nOld.\n"
    )
    return folder


class Store:
    """One catalogue of a test: its modules, what is served, and its keys."""

    def __init__(self, app: App, folder: Path, *, name: str = "Our lab") -> None:
        self.app, self.modules, self.out, self.keys = app, folder / "modules", folder / "out", folder / "keys"
        self.name = name

    def publish(
        self, version: str = "1.0.0", *, module_id: str = "milk-story", requires_app: str = ">=0.1,<1"
    ) -> str:
        """Put a version of a module into the catalogue and sign it; gives the fingerprint."""
        module(self.modules / module_id, module_id, version, requires_app=requires_app)
        return self.sign()

    def sign(self, **yank: str) -> str:
        """Build and sign; gives the fingerprint."""
        actions.build_catalogue(self.app, self.modules, self.out, name=self.name, yank=yank)
        return actions.sign_catalogue(self.app, self.out, keys=self.keys).fingerprint

    def add(self, location: str = "") -> CatalogueCard:
        """Add it to the app."""
        where = location or str(self.out)
        return actions.add_catalogue(self.app, where, actions.look_at_catalogue(self.app, where).fingerprint)

    def files(self) -> dict[str, bytes]:
        """What is served, by path."""
        return {
            path.relative_to(self.out).as_posix(): path.read_bytes() for path in self.out.rglob("*") if path.is_file()
        }


def serve(publisher: Publisher, files: dict[str, bytes], under: str = "/store") -> str:
    """Serve files, and nothing that was served before; gives the address."""
    publisher.files.clear()
    for path, body in files.items():
        publisher.offer(f"{under}/{path}", body)
    return publisher.address + under

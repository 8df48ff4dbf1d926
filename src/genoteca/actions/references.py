"""From what is installed to what a worker needs, and to references that are there or must be made."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import JsonValue

from genoteca.engine import records
from genoteca.engine.kinship import MODULE_DIGEST
from genoteca.engine.modules import ModuleRef
from genoteca.engine.needed_chromosomes import chromosomes_missing
from genoteca.engine.release_choice import chosen_releases, release_name
from genoteca.errors import InputError, NotFoundError
from genoteca.model.build import Build
from genoteca.model.module import ModuleManifest
from genoteca.model.record import Record
from genoteca.sdk.beside import BESIDE, has_a_new_one
from genoteca.sdk.made_with import other_columns
from genoteca.sdk.resources import Stored
from genoteca.settings import Layout
from genoteca.store.installed import InstalledModule, installed_modules
from genoteca.store.preferences import Preferences
from genoteca.store.quarantine import Quarantine

__all__ = [
    "all_refs",
    "annotating_modules",
    "chosen_modules",
    "code_changed",
    "local_change",
    "module_refs",
    "provided_names",
    "ref_of",
    "reference_of",
    "reference_wanted",
    "usable_modules",
    "why_reference_is_old",
    "why_release_is_unfit",
]


def usable_modules(layout: Layout) -> dict[str, InstalledModule]:
    """Give the installed modules that are neither broken nor set aside, by id."""
    aside = Quarantine(layout.database).list()
    return {one.id: one for one in installed_modules(layout) if not one.broken and one.id not in aside}


def annotating_modules(layout: Layout) -> dict[str, InstalledModule]:
    """Give the usable modules that answer for a sample; the others provide what the app or a module needs."""
    return {one.id: one for one in usable_modules(layout).values() if one.sound_manifest().annotates}


def chosen_modules(layout: Layout, module_ids: Sequence[str]) -> list[InstalledModule]:
    """Give the modules of these ids; none: every one that answers for a sample.

    Raises:
        NotFoundError: one of them is not installed, or not usable.
        InputError: no module is installed.

    """
    usable = annotating_modules(layout)
    if not usable:
        raise InputError(
            "No module is installed.",
            title="Nothing to ask",
            hint="Install one from the Store (on the command line: genoteca modules install everyday-traits).",
        )
    for wanted in module_ids:
        if wanted not in usable:
            near = difflib.get_close_matches(wanted, usable, n=1)
            raise NotFoundError(
                f"No usable module {wanted!r} is installed" + (f"; did you mean {near[0]}?" if near else "."),
                hint=f"Installed: {', '.join(usable)}. `genoteca modules list` shows what is set aside and why.",
            )
    return [usable[one] for one in dict.fromkeys(module_ids or usable)]


def provided_names(layout: Layout) -> frozenset[str]:
    """Give the names of all that the usable modules provide, fetched already or not."""
    return frozenset(name for one in usable_modules(layout).values() for name in one.sound_manifest().provides)


def module_refs(layout: Layout, wanted: Sequence[str]) -> list[ModuleRef]:
    """Give what a worker needs to load these modules and all that they require."""
    usable = usable_modules(layout)
    found: dict[str, InstalledModule] = {}
    open_ = [module for module in wanted if module in usable]
    while open_:
        module = usable[open_.pop()]
        if module.id not in found:
            found[module.id] = module
            open_ += [one for one in module.sound_manifest().requires if one in usable]
    return [ref_of(layout, module) for module in found.values()]


def all_refs(layout: Layout) -> list[ModuleRef]:
    """Give what a worker needs to load every usable module."""
    return [ref_of(layout, module) for module in usable_modules(layout).values()]


def reference_of(layout: Layout, module_id: str, build: Build) -> Stored | None:
    """Give a module's reference in one build, of the release that the user chose, else the newest; or None."""
    return records.latest_reference(layout, module_id, build)


def why_reference_is_old(
    stored: Stored, manifest: ModuleManifest, settings: Mapping[str, JsonValue], digest: str = ""
) -> str:
    """Say why a reference must be made anew; empty: it need not. `digest`: of the module as it is installed."""
    made = stored.record.metadata
    if made.get("module_version") != manifest.version:
        return f"module {made.get('module_version') or 'of an older kind'} → {manifest.version}"
    if made.get("module_data_version") != manifest.data_version:
        return f"data {made.get('module_data_version')} → {manifest.data_version}"
    if made.get("settings") != dict(settings):
        return "its settings changed"
    if other_columns(stored.record, manifest):
        return "its columns changed"
    if code_changed(stored.record, digest):
        return "the module's code changed"
    changed = local_change(stored.record)
    return f"its {changed}" if changed else ""


def local_change(record: Record) -> str:
    """Say what changed on this computer of what a reference was made of; empty: nothing.

    A file is another one by its size and time; a folder, when a file of the same kind has come into it.
    """
    settings, files = record.metadata.get("settings"), record.metadata.get("files")
    told = settings if isinstance(settings, dict) else {}
    local = (
        [one for one in files if isinstance(one, dict) and "modified_ns" in one] if isinstance(files, list) else []
    )
    if _file_changed(local, told):
        return "file changed"
    used = [str(one["url"]) for one in local]
    return "folder has a new file" if has_a_new_one(record.metadata.get(BESIDE), told, used) else ""


def _file_changed(files: Sequence[dict[str, JsonValue]], settings: Mapping[str, JsonValue]) -> bool:
    told = [Path(value).expanduser() for value in settings.values() if isinstance(value, str)]
    for one in files:
        # the record keeps the name of the file; the setting says where it lies, or its folder
        name, known = str(one["url"]), (one["bytes"], one["modified_ns"])
        places = (place for path in told for place in (path, path / name) if place.name == name)
        found = [place.stat() for place in places if place.is_file()]
        if found and known not in [(now.st_size, now.st_mtime_ns) for now in found]:
            return True
    return False


def code_changed(record: Record, digest: str) -> bool:
    """Whether the code of a module, as it is installed, is other than that which made a dataset; unknown: no."""
    made = record.metadata.get(MODULE_DIGEST)
    return bool(made and digest) and made != digest


def why_release_is_unfit(record: Record, manifest: ModuleManifest) -> str:
    """Say why a release cannot answer for a module as it now is; empty: it can."""
    if record.metadata.get("module_data_version") != manifest.data_version:
        return "was made for another version of the module"
    return "has other columns than the module has now" if other_columns(record, manifest) else ""


def reference_wanted(
    layout: Layout, module: InstalledModule, build: Build, *, key: str | None = None
) -> tuple[str, str]:
    """Say why a module's reference must be made, and which release of it; empty: it need not, or the newest.

    `key`: of the genome that is asked about; None: it is to serve all on this computer.

    A release that lacks chromosomes is completed, as long as its publisher has it: it is no reason for another one.

    Raises:
        InputError: the user chose a release that cannot be used, and that cannot be made again.

    """
    stored = reference_of(layout, module.id, build)
    if stored is None:
        return "its data is not there yet", ""
    manifest, name = module.sound_manifest(), release_name(stored.record)
    settings = Preferences(layout.database).values(manifest)
    chosen = chosen_releases(layout, module.id).get(build) == name
    if chosen and (unfit := why_release_is_unfit(stored.record, manifest)):
        raise _unusable(module, name, unfit)
    if not chosen and (why := why_reference_is_old(stored, manifest, settings, module.digest)):
        return why, ""
    lacking = chromosomes_missing(layout, stored, key)
    if not lacking:
        return "", ""
    why = f"chromosome {', '.join(sorted(lacking))} is not there yet"
    if "://" in str(stored.record.metadata.get("files")):
        return why, name
    if chosen:
        raise _unusable(module, name, f"has no chromosome {', '.join(sorted(lacking))}")
    return why, ""


def _unusable(module: InstalledModule, release: str, why: str) -> InputError:
    return InputError(
        f"The release {release} of {module.sound_manifest().title}, which you chose, {why}.",
        title="The chosen release cannot be used",
        hint=f"Use the newest, on the module's page or with: genoteca modules release {module.id} --use newest",
    )


def ref_of(layout: Layout, module: InstalledModule) -> ModuleRef:
    """Give what a worker needs to load one module, with the user's settings."""
    manifest = module.sound_manifest()
    settled = manifest.columns_from == "settings"
    return ModuleRef(
        id=module.id,
        tier=module.tier,
        site=module.site,
        entry=module.entry,
        folder=module.folder,
        settings=Preferences(layout.database).values(manifest),
        digest=module.digest,
        provides=manifest.provides,
        environment=module.environment,
        columns=manifest.columns if settled else None,
        builds=manifest.builds if settled else None,
    )

"""Rules on what a module says of itself."""

from __future__ import annotations

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.specifiers import SpecifierSet
from packaging.version import Version

import genoteca
from genoteca.model.counted import counted
from genoteca.model.module import ModuleManifest, SettingType
from genoteca.sdk.finding import Broken

__all__ = ["MANIFEST_RULES"]


def it_fits_this_app(manifest: ModuleManifest) -> str:
    """The app's version is one the module asks for."""
    if not SpecifierSet(manifest.requires_app).contains(Version(genoteca.__version__), prereleases=True):
        raise Broken(
            f"The module needs Genoteca {manifest.requires_app}; this is {genoteca.__version__}.",
            hint="Update the app, or install a version of the module made for this one.",
            key=("requires_app",),
        )
    return f"Made for Genoteca {manifest.requires_app}; this is {genoteca.__version__}."


def licences_are_spdx(manifest: ModuleManifest) -> str:
    """Code and data each have a licence, written as an SPDX expression."""
    for what, given in (("code", manifest.licence.code), ("data", manifest.licence.data)):
        try:
            canonicalize_license_expression(given)
        except InvalidLicenseExpression as error:
            raise Broken(
                f"licence.{what}: {given!r} is no SPDX expression ({error}).",
                hint="Names stand on https://spdx.org/licenses; others are LicenseRef-… with a data_note.",
                key=("licence", what),
            ) from error
    return f"Code {manifest.licence.code}, data {manifest.licence.data}."


def sources_are_cited(manifest: ModuleManifest) -> str:
    """Every source says how it is cited."""
    if silent := [n for n, source in enumerate(manifest.sources) if not source.citation.strip()]:
        raise Broken(
            f"No citation: {', '.join(manifest.sources[n].name for n in silent)}.",
            hint="Say for every source which paper or page it is.",
            key=("sources", silent[0], "citation"),
        )
    return f"{counted(len(manifest.sources), 'source')}, each cited."


def columns_are_explained(manifest: ModuleManifest) -> str:
    """There are columns, unless it only provides something; each has a label and a description."""
    if not manifest.annotates:
        return f"It answers for no sample; it provides {', '.join(manifest.provides)}."
    if manifest.columns_from == "settings":
        return "Its columns depend on its settings; describe_columns gives them."
    if not manifest.columns:
        raise Broken(
            "No column is declared.",
            hint="Declare what the module says of a site under [[columns]].",
            key=("columns",),
        )
    if bare := [n for n, one in enumerate(manifest.columns) if not (one.label.strip() and one.description.strip())]:
        raise Broken(
            f"No label or no description: {', '.join(manifest.columns[n].name for n in bare)}.",
            hint="The label heads the column, the description is its tooltip.",
            key=("columns", bare[0]),
        )
    return f"{len(manifest.columns)} columns, each with label and description."


def settings_are_complete(manifest: ModuleManifest) -> str:
    """Every setting has a default of its own type."""
    for name, setting in manifest.settings.items():
        kinds: dict[SettingType, tuple[type, ...]] = {
            SettingType.BOOLEAN: (bool,),
            SettingType.INTEGER: (int, type(None)),
            SettingType.CHOICE: (str,),
        }
        fitting = isinstance(setting.default, kinds.get(setting.type, (str, type(None))))
        if setting.type is SettingType.INTEGER and isinstance(setting.default, bool):
            fitting = False
        if not fitting or (setting.type is SettingType.CHOICE and setting.default not in setting.choices):
            raise Broken(
                f"settings.{name}: the default {setting.default!r} is not of the type {setting.type}.",
                hint="A boolean is true or false; a choice is one of its choices.",
                key=("settings", name, "default"),
            )
    return f"{len(manifest.settings)} settings."


MANIFEST_RULES = (
    it_fits_this_app,
    licences_are_spdx,
    sources_are_cited,
    columns_are_explained,
    settings_are_complete,
)

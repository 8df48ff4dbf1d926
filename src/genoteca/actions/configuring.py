"""Settings of an installed module."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from genoteca.actions.app import App
from genoteca.actions.module_views import ModuleCard
from genoteca.actions.modules import show_module
from genoteca.actions.references import all_refs
from genoteca.actions.settling import changed_settings, settle_columns
from genoteca.engine.modules import write_loaded_modules
from genoteca.engine.releases import use_release
from genoteca.errors import NotFoundError
from genoteca.store.installed import installed_modules
from genoteca.store.preferences import Preferences

__all__ = ["configure_module"]


def configure_module(app: App, module_id: str, values: Mapping[str, JsonValue]) -> ModuleCard:
    """Change settings of an installed module; an empty text restores the default.

    A release of its data that was chosen before is no longer: the newest is used, made anew with the settings.

    Raises:
        NotFoundError: it is not installed.
        InputError: an unknown setting, or a value of another type; or the module cannot use them: none is kept.

    """
    module = next((one for one in installed_modules(app.layout) if one.id == module_id), None)
    if module is None:
        raise NotFoundError(f"{module_id!r} is not installed.", hint=f"Run: genoteca modules install {module_id}")
    settle_columns(app, module, changed_settings(app, module, values))
    preferences, manifest = Preferences(app.layout.database), module.sound_manifest()
    before = preferences.values(manifest)
    for name, value in values.items():
        if value == "" and name in manifest.settings:
            preferences.reset(module_id, name)
        else:
            preferences.set(manifest, name, value)
    if preferences.values(manifest) != before:
        use_release(app.layout, module_id, None)  # one that was made with other settings would answer for these
    write_loaded_modules(app.layout, all_refs(app.layout))
    return show_module(app, module_id)

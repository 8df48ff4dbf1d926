"""Columns that depend on a module's settings: asked for in a child process before the settings are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from pydantic import JsonValue

from genoteca.actions.app import App
from genoteca.actions.references import ref_of
from genoteca.engine.describe import describe
from genoteca.errors import InputError
from genoteca.store.installed import InstalledModule
from genoteca.store.preferences import Preferences, checked
from genoteca.store.settled import SettledColumns

__all__ = ["changed_settings", "local_source", "settle_columns"]

Progress = Callable[[float, str], None]


def changed_settings(app: App, module: InstalledModule, values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Give every setting as it would be after a change; an empty text restores the default.

    Raises:
        InputError: an unknown setting, or a value of another type.

    """
    manifest = module.sound_manifest()
    settings = Preferences(app.layout.database).values(manifest)
    for name, value in values.items():
        restored = value == "" and name in manifest.settings
        settings[name] = manifest.settings[name].default if restored else checked(manifest, name, value)
    return settings


def local_source(app: App, settings: Mapping[str, JsonValue], progress: Progress) -> dict[str, JsonValue]:
    """Give settings with a copy on this computer in place of an address: who looks at a file asks for no network.

    The copy lies where a reference that is made of it finds it again.

    Raises:
        FetchError: it cannot be fetched.

    """
    source = str(settings.get("source") or "")
    if "://" not in source:
        return dict(settings)
    from genoteca.engine.fetching import Fetcher

    fetcher = Fetcher(
        app.layout.cache,
        hosts=[urlsplit(source).hostname or ""],
        offline=app.settings.offline,
        on_request=app.outside.noting("Your own table, to look at it"),
    )
    fetched = fetcher.fetch(source, progress=progress)
    return dict(settings) | {"source": str(fetched.path), "name": source.rpartition("/")[2]}


def settle_columns(
    app: App,
    module: InstalledModule,
    settings: Mapping[str, JsonValue],
    *,
    progress: Progress = lambda _fraction, _message: None,
) -> None:
    """Ask a module whose columns depend on its settings which it has under these, and keep its answer.

    Raises:
        InputError: it cannot use them, with its reason.
        FetchError: the address among them cannot be fetched.

    """
    if module.sound_manifest().columns_from == "manifest":
        return
    at_hand = local_source(app, settings, progress)
    ref = ref_of(app.layout, module).model_copy(update={"settings": at_hand, "columns": None, "builds": None})
    found = describe(ref, settings=app.settings)
    problem = found.error or found.unsettled
    if problem is not None or found.manifest is None:
        told = problem.model_dump() if problem else {"message": f"{module.id} says nothing of its columns."}
        raise InputError(told.pop("message"), **told)
    settled = SettledColumns(app.layout.database)
    settled.keep(found.manifest, module.digest)
    settled.forget(module.id, but=module.digest)  # other versions answered for the settings until now

"""Settings of modules: what a user chose, checked against what the manifest declares."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import JsonValue

from genoteca.database import connect
from genoteca.errors import InputError
from genoteca.model.module import ModuleManifest, Setting, SettingType

__all__ = ["Preferences", "checked", "own_source"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS module_settings (
    module TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (module, key)
);
"""
TRUE = frozenset({"true", "yes", "on", "1"})
FALSE = frozenset({"false", "no", "off", "0"})


class Preferences:
    """The settings in `app.db`, one JSON value per module and key."""

    def __init__(self, database: Path) -> None:
        self._database = database

    def get(self, module_id: str) -> dict[str, JsonValue]:
        """Give what the user chose for a module; keys left alone are absent."""
        with connect(self._database, SCHEMA) as connection:
            query = "SELECT key, value FROM module_settings WHERE module = ? ORDER BY key"
            return {row["key"]: json.loads(row["value"]) for row in connection.execute(query, (module_id,))}

    def values(self, manifest: ModuleManifest) -> dict[str, JsonValue]:
        """Give the value of every setting the manifest declares: the user's, else the default."""
        chosen = self.get(manifest.id)
        return {key: chosen.get(key, setting.default) for key, setting in manifest.settings.items()}

    def set(self, manifest: ModuleManifest, key: str, value: JsonValue) -> JsonValue:
        """Keep a value (text, as a command line gives it, is read by the setting's type) and return what was kept.

        Raises InputError for a key the manifest does not declare, naming the nearest, or a value of another type.
        """
        kept = checked(manifest, key, value)
        with connect(self._database, SCHEMA) as connection:
            row = (manifest.id, key, json.dumps(kept))
            connection.execute("INSERT OR REPLACE INTO module_settings VALUES (?, ?, ?)", row)
        return kept

    def reset(self, module_id: str, key: str) -> None:
        """Go back to the default of one setting."""
        with connect(self._database, SCHEMA) as connection:
            connection.execute("DELETE FROM module_settings WHERE module = ? AND key = ?", (module_id, key))

    def forget(self, module_id: str) -> None:
        """Drop everything the user chose for a module."""
        with connect(self._database, SCHEMA) as connection:
            connection.execute("DELETE FROM module_settings WHERE module = ?", (module_id,))


def own_source(manifest: ModuleManifest, values: Mapping[str, JsonValue]) -> str:
    """Give the file or folder on this computer that a module takes its data from in place of its publisher's.

    `values`: its settings. Empty: it asks its publisher, or an address that the user set.
    """
    for name, setting in manifest.settings.items():
        value = values.get(name)
        if setting.type is SettingType.PATH_OR_URL and isinstance(value, str) and value and "://" not in value:
            return value
    return ""


def checked(manifest: ModuleManifest, key: str, value: JsonValue) -> JsonValue:
    """Read a value by the type the manifest declares.

    Raises InputError for an unknown key, naming the nearest, or a value of another type.
    """
    setting = manifest.settings.get(key)
    if setting is None:
        raise _unknown(manifest, key)
    try:
        return READERS[setting.type](setting, value)
    except ValueError as error:
        raise InputError(
            f"{manifest.id}: {key} cannot be {value!r}: {error}",
            hint=setting.description or f"{setting.label or key} takes a value of type {setting.type}.",
        ) from error


def _unknown(manifest: ModuleManifest, key: str) -> InputError:
    near = difflib.get_close_matches(key, manifest.settings, n=1, cutoff=0.4)
    have = ", ".join(manifest.settings) or "no settings at all"
    hint = f"Did you mean {near[0]}?" if near else f"{manifest.title} has: {have}."
    return InputError(f"{manifest.id} has no setting {key!r}; it has {have}", hint=hint)


def _text(_: Setting, value: JsonValue) -> JsonValue:
    if not isinstance(value, str):
        raise ValueError("text is expected")  # noqa: TRY004 - one kind of error reaches the caller
    return value


def _boolean(_: Setting, value: JsonValue) -> JsonValue:
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else ""
    if word not in TRUE | FALSE:
        raise ValueError("true or false is expected")
    return word in TRUE


def _integer(_: Setting, value: JsonValue) -> JsonValue:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("a whole number is expected")  # noqa: TRY004 - one kind of error reaches the caller
    try:
        return int(value)
    except ValueError as error:
        raise ValueError("a whole number is expected") from error


def _choice(setting: Setting, value: JsonValue) -> JsonValue:
    if value not in setting.choices:
        raise ValueError(f"one of {', '.join(setting.choices)} is expected")
    return value


def _path_or_url(_: Setting, value: JsonValue) -> JsonValue:
    text = str(_text(_, value)).strip()
    if not text:
        return ""
    scheme = urlsplit(text).scheme
    if scheme == "https":
        return text
    # One letter is a drive of Windows, not a scheme.
    if len(scheme) > 1:
        raise ValueError("an https:// address or a file on this computer is expected")
    path = Path(text).expanduser().resolve()
    # A name such as {build} stands for several files: of which one is needed, the module knows.
    several = re.search(r"\{[a-z]+\}", path.name) is not None
    if several and not path.parent.is_dir():
        raise ValueError(f"there is no folder {path.parent}")
    if not several and not path.exists():
        raise ValueError(f"there is no file {path}")
    return str(path)


READERS: dict[SettingType, Callable[[Setting, JsonValue], JsonValue]] = {
    SettingType.TEXT: _text,
    SettingType.BOOLEAN: _boolean,
    SettingType.INTEGER: _integer,
    SettingType.CHOICE: _choice,
    SettingType.PATH_OR_URL: _path_or_url,
}

"""Settings, the data folder's health, and what was asked of the network."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from genoteca.actions.app import App, free_bytes
from genoteca.actions.verifying import not_compared_words, verify
from genoteca.actions.words import size_words
from genoteca.engine.files import write_private
from genoteca.engine.forgetting.journal import is_pending
from genoteca.errors import InputError
from genoteca.settings import Settings
from genoteca.store.installed import installed_modules
from genoteca.store.quarantine import Quarantine

__all__ = ["Health", "change_settings", "doctor", "mark_notice_seen", "mark_tour_seen", "notice_seen", "tour_seen"]

LOW_BYTES = 2_000_000_000
"""Free space below which a whole genome with its results may not fit."""


class Health(BaseModel):
    """One thing looked at by `doctor`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    ok: bool
    message: str


def doctor(app: App) -> list[Health]:
    """Look at the data folder, every stored table (byte by byte), the modules and the tools."""
    checks: tuple[Callable[[App], Health], ...] = (_folder, _space, _tables, _deletion, _modules, _installer)
    return [check(app) for check in checks]


def change_settings(app: App, **values: object) -> Settings:
    """Change settings in `settings.toml`; what the environment sets stays as it says.

    Raises:
        InputError: an unknown setting, or a value it cannot take.

    """
    file = app.settings.home / "settings.toml"
    kept = tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
    unknown = sorted(set(values) - set(Settings.model_fields) | ({"home"} & set(values)))
    if unknown:
        raise InputError(f"There is no setting {unknown[0]!r}.", hint=f"Settings: {', '.join(Settings.model_fields)}")
    try:
        changed = Settings.model_validate({**app.settings.model_dump(), **values})
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{first['loc'][0]} cannot be {first['input']!r}: {first['msg']}.") from error
    plain = changed.model_dump(mode="json")
    kept.update({name: plain[name] for name in values})
    write_private(file, "".join(f"{name} = {_toml(value)}\n" for name, value in kept.items()), sealed=True)
    app.settings = changed
    return changed


def notice_seen(app: App) -> bool:
    """Whether the notice that this is no medical advice was read once."""
    return _notice(app).exists()


def mark_notice_seen(app: App) -> None:
    """Remember that the notice was read."""
    _notice(app).touch(mode=0o600)


def tour_seen(app: App) -> bool:
    """Whether the tour was taken, or left, once."""
    return _tour(app).exists()


def mark_tour_seen(app: App) -> None:
    """Remember that the tour was taken, or left."""
    _tour(app).touch(mode=0o600)


def _tour(app: App) -> Path:
    return app.layout.home / "tour-seen"


def _notice(app: App) -> Path:
    return app.layout.home / "notice-read"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _folder(app: App) -> Health:
    mode = app.settings.home.stat().st_mode & 0o077
    told = f"{app.settings.home}" + ("" if not mode else "; others on this computer may look into it")
    return Health(name="Data folder", ok=not mode, message=told)


def _space(app: App) -> Health:
    free = free_bytes(app.layout)
    return Health(name="Free space", ok=free > LOW_BYTES, message=f"{size_words(free)} free")


def _tables(app: App) -> Health:
    found = verify(app)
    told = "; ".join(one.message for one in found.damage)
    whole = not_compared_words(found) if found.not_compared else "every byte as it was written"
    told = told or f"{found.files} files read, {whole}"
    return Health(name="Stored tables", ok=found.whole, message=told)


def _deletion(app: App) -> Health:
    pending = is_pending(app.layout)
    told = "A deletion was interrupted; it goes on when Genoteca is opened" if pending else "Nothing is half deleted"
    return Health(name="Deletions", ok=not pending, message=told)


def _modules(app: App) -> Health:
    installed = installed_modules(app.layout)
    aside = Quarantine(app.layout.database).list()
    wrong = [f"{m.id}: {m.problem or aside[m.id].message}" for m in installed if m.broken or m.id in aside]
    return Health(name="Modules", ok=not wrong, message="; ".join(wrong) or f"{len(installed)} installed")


def _installer(app: App) -> Health:  # noqa: ARG001 - every check takes the app
    import uv

    try:
        return Health(name="Installer", ok=True, message=uv.find_uv_bin())
    except FileNotFoundError:
        return Health(name="Installer", ok=False, message="uv is missing; modules cannot be installed")

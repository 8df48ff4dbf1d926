"""What a generation changed, so that its history can be told when those before it are gone."""

from __future__ import annotations

from collections.abc import Sequence

from genoteca.store.installed import InstalledModule
from genoteca.store.record import Change

__all__ = ["changes_between"]


def changes_between(before: Sequence[InstalledModule], after: Sequence[InstalledModule]) -> tuple[Change, ...]:
    """List what was installed, updated (to another version or other contents) and removed, by title."""
    old, new = {module.id: module for module in before}, {module.id: module for module in after}
    changed = [
        Change(
            id=module_id,
            title=_title(new.get(module_id) or old[module_id]),
            before=old[module_id].version if module_id in old else "",
            after=new[module_id].version if module_id in new else "",
        )
        for module_id in old.keys() | new.keys()
        if _contents(old.get(module_id)) != _contents(new.get(module_id))
    ]
    return tuple(sorted(changed, key=lambda change: change.title.casefold()))


def _title(module: InstalledModule) -> str:
    return module.manifest.title if module.manifest else module.id


def _contents(module: InstalledModule | None) -> str:
    return module.sha256 if module else ""

"""The versions of a module: what changed in each, which one is installed, and staying with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from genoteca import actions
from genoteca.actions.module_views import ModuleCard, ModuleVersion
from genoteca.ui import words
from genoteca.ui.components.boxes import box, card, facts, heading, pill, row, said, stack
from genoteca.ui.components.buttons import act
from genoteca.ui.components.install import follow, start_install, work_name
from genoteca.ui.components.notice import notice, told, trouble_box
from genoteca.ui.components.trusting import needs_trust, trusts
from genoteca.ui.desktop import Desktop, ask
from genoteca.ui.work import Work

__all__ = ["ModuleVersions"]


class ModuleVersions:
    """The versions on offer, newest first; `on_change` is called when another one is installed, or pinned."""

    def __init__(self, desktop: Desktop, module: ModuleCard, on_change: Callable[[], Awaitable[None]]) -> None:
        self._desktop, self._module, self._on_change = desktop, module, on_change

    def show(self) -> None:
        """Draw them."""
        module = self._module
        if module.withdrawn:
            with notice("warn", f"Version {module.installed_version} was withdrawn", module.withdrawn):
                pass
        with card():
            heading("What is installed")
            facts(
                (
                    ("Version", module.installed_version or "not installed"),
                    ("Data", words.data_of(module)),
                    ("From", module.origin),
                )
            )
            if module.installed_version:
                self._pin()
        with card():
            heading("Versions on offer")
            self._live = stack("tight")
            if not module.versions:
                said("None: it came from a file. Install a newer file to update it.", "soft")
            for version in module.versions:
                self._version(version)
        work = self._desktop.works.find(work_name(module.id))
        if work and not work.over:
            self._follow(work)

    def _pin(self) -> None:
        pinned = self._module.pinned
        with row("tight"):
            if pinned:
                pill(f"Pinned to {pinned}", "good", "push_pin")
                said("Updates pass it by.", "faint grow")
                act("Let it be updated again", partial(self._set_pin, None), more="small-act")
            else:
                said("Pin it to stay with this version: updates then pass it by.", "faint grow")
                version = self._module.installed_version
                act(f"Pin to {version}", partial(self._set_pin, version), icon="push_pin", more="small-act")

    async def _set_pin(self, version: str | None) -> None:
        with told():
            await ask(actions.pin_module, self._desktop.app, self._module.id, version)
            self._desktop.works.changed()
            await self._on_change()

    def _version(self, version: ModuleVersion) -> None:
        here = version.version == self._module.installed_version
        when = words.when(version.released).split(",")[0] if version.released else ""
        told_of = (when, words.file_size(version.disk_bytes) if version.disk_bytes else "", _needs(version))
        with box("stack tight version"):
            with box("across keep top-line tight"):
                with stack("tight grow"):
                    with row("tight"):
                        said(version.version, "strong")
                        if here:
                            pill("Installed", "good", "check")
                        if version.yanked:
                            pill("Withdrawn", "warn", "report")
                    said(" · ".join(filter(None, told_of)), "faint")
                refused = version.yanked or version.why_not or self._desktop.app.without_modules
                if not here and not refused:
                    word = f"Install {version.version}"
                    act(word, partial(self._install, version), more="small-act")
            for why in filter(None, (version.yanked, version.why_not)):
                said(why, "small").style("color: var(--not-callable)")
            if version.changelog:
                ui.markdown(version.changelog).classes("readme small")
            else:
                said("Its author says nothing of what changed.", "faint")

    async def _install(self, version: ModuleVersion) -> None:
        module = self._module
        if await trusts(module.model_copy(update={"tier": version.tier})):
            work = start_install(
                self._desktop,
                module.id,
                module.source,
                module.manifest.title,
                version=version.version,
                trusted=needs_trust(module.model_copy(update={"tier": version.tier})),
            )
            self._follow(work)

    def _follow(self, work: Work) -> None:
        self._live.clear()
        with self._live:
            follow(work, self._over)

    async def _over(self, work: Work) -> None:
        self._desktop.works.forget(work_name(self._module.id))
        if work.trouble:
            self._live.clear()
            with self._live:
                trouble_box(work.trouble)
            return
        await self._on_change()


def _needs(version: ModuleVersion) -> str:
    requires = f" and {', '.join(version.requires)}" if version.requires else ""
    return f"needs Genoteca {version.requires_app}{requires}" if version.requires_app else ""

"""The rules every module keeps, looked at one by one before anyone installs it."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pluggy

from genoteca.errors import GenotecaError
from genoteca.model.module import ModuleManifest
from genoteca.sdk.context import ModuleContext, filled_settings
from genoteca.sdk.data_module import DataModule
from genoteca.sdk.file_rules import DATA_RULES, FILE_RULES
from genoteca.sdk.finding import Broken, Finding, look
from genoteca.sdk.hookspecs import plugin_manager
from genoteca.sdk.isolated.module import IsolatedModule
from genoteca.sdk.isolated.rules import ISOLATED_RULES
from genoteca.sdk.manifest import manifest_text
from genoteca.sdk.manifest_rules import MANIFEST_RULES

if TYPE_CHECKING:
    import dagster as dg

__all__ = ["Finding", "check_module", "line_in"]

HOOKS = ("describe_module", "build_definitions")


def check_module(plugin: object, *, folder: Path | None = None) -> list[Finding]:
    """Look at every rule; one finding each. Without a manifest or definitions, the rules on them are left out.

    `folder`: the module's package folder, for the rules on files. The hooks are called, so this runs the module's
    code: the app does it in a child process.
    """
    module, text = _Module(plugin, folder), manifest_text(folder) if folder else ""
    findings = [look(module.its_hooks_are_there)]
    if not findings[0].ok:
        return findings
    findings.append(look(module.its_manifest_is_valid))
    if module.manifest is None:
        return findings
    findings += [look(rule, module.manifest, manifest_text=text) for rule in MANIFEST_RULES]
    if folder is not None:
        own = (*DATA_RULES,) if isinstance(plugin, DataModule) else ()
        boxed = (*ISOLATED_RULES,) if isinstance(plugin, IsolatedModule) else ()
        rules = (*FILE_RULES, *own, *boxed)
        findings += [look(rule, module.manifest, folder, manifest_text=text) for rule in rules]
    findings.append(look(module.its_columns_are_given, module.manifest, manifest_text=text))
    findings.append(look(module.its_report_is_written, module.manifest, manifest_text=text))
    findings.append(look(module.its_definitions_are_built, module.manifest))
    if module.definitions is not None:
        from genoteca.sdk.asset_rules import ASSET_RULES

        findings += [look(rule, module.manifest, module.definitions) for rule in ASSET_RULES]
    return findings


class _Module:
    """A module under examination, and what was got out of it so far."""

    def __init__(self, plugin: object, folder: Path | None) -> None:
        self.plugin = plugin
        self.folder = folder
        self.manager = plugin_manager()
        self.manifest: ModuleManifest | None = None
        self.definitions: dg.Definitions | None = None

    def its_hooks_are_there(self) -> str:
        """Both hooks are implemented, and nothing is marked as a hook that is none."""
        try:
            self.manager.register(self.plugin)
            self.manager.check_pending()
        except pluggy.PluginValidationError as error:
            raise Broken(
                f"{error}", hint=f"The hooks are {' and '.join(HOOKS)}; look at name and arguments."
            ) from error
        found = [hook.name for hook in self.manager.get_hookcallers(self.plugin) or ()]
        if missing := [name for name in HOOKS if name not in found]:
            raise Broken(
                f"The module does not implement {' and '.join(missing)}.", hint="Mark the function with @hookimpl."
            )
        return " and ".join(HOOKS)

    def its_manifest_is_valid(self) -> str:
        """`describe_module` gives a manifest, of the module's valid and unreserved id."""
        told = _call(self.manager.hook.describe_module, self.folder)
        if not isinstance(told, ModuleManifest):
            raise Broken(f"describe_module gave {told!r}; a ModuleManifest was expected.")
        self.manifest = told
        return f"{told.id} {told.version}, {told.title}."

    def its_columns_are_given(self, manifest: ModuleManifest) -> str:
        """`describe_columns` is there where the columns depend on the settings, and only there."""
        implemented = bool(self.manager.hook.describe_columns.get_hookimpls())
        if implemented is not (manifest.columns_from == "settings"):
            raise Broken(
                f'columns_from is "{manifest.columns_from}", and describe_columns is '
                f"{'there' if implemented else 'not there'}.",
                hint='Implement describe_columns and write columns_from = "settings", or leave out both.',
                key=("columns_from",),
            )
        return f"Declared by the {manifest.columns_from}."

    def its_report_is_written(self, manifest: ModuleManifest) -> str:
        """`report_section` is there where the manifest names a report without a template, and only there."""
        implemented = bool(self.manager.hook.report_section.get_hookimpls())
        wanted = manifest.report is not None and manifest.report.template is None
        if implemented is not wanted:
            raise Broken(
                f"The manifest {'names' if wanted else 'does not name'} a report that the module writes, "
                f"and the hook report_section is {'there' if implemented else 'not there'}.",
                hint="Write [report] with a title and implement report_section, or give it a template, or neither.",
            )
        return manifest.report.title if manifest.report else "It has none."

    def its_definitions_are_built(self, manifest: ModuleManifest) -> str:
        """`build_definitions` gives Dagster definitions, under the settings' defaults."""
        import dagster as dg

        context = ModuleContext(
            module_id=manifest.id,
            version=manifest.version,
            data_version=manifest.data_version,
            settings=filled_settings(manifest, {}),
        )
        told = _call(self.manager.hook.build_definitions, self.folder, context=context)
        if not isinstance(told, dg.Definitions):
            raise Broken(f"build_definitions gave {told!r}; dagster.Definitions were expected.")
        self.definitions = told
        return f"{len(list(told.assets or ()))} asset definitions."


def _call(hook: Callable[..., object], folder: Path | None, **arguments: object) -> object:
    try:
        return hook(**arguments)
    except GenotecaError as error:
        at = error.at or line_in(error, folder)
        raise Broken(error.message, hint=error.hint, at=at) from error
    except Exception as error:  # the border to a module's code, which may raise anything
        raise Broken(
            f"{type(error).__name__}: {error}",
            hint="The module's own code raised this; its author can mend it.",
            at=line_in(error, folder),
        ) from error


def line_in(error: BaseException, folder: Path | None) -> tuple[str, int] | None:
    """Find the last line of a module's own code that an error came through; None: it came through none.

    Also of what the error came from: the file is named from the package folder, wherever it is installed.
    """
    found = None
    told: BaseException | None = error
    while folder is not None and told is not None:
        for frame in traceback.extract_tb(told.__traceback__):
            parts = Path(frame.filename).parts
            if folder.name in parts:
                last = len(parts) - 1 - parts[::-1].index(folder.name)
                found = (Path(*parts[last + 1 :]).as_posix(), frame.lineno or 0)
        if isinstance(told, SyntaxError) and told.filename and folder.name in Path(told.filename).parts:
            found = (Path(told.filename).name, told.lineno or 0)
        told = told.__cause__
    return found

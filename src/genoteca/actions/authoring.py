"""Writing a module: a working start, and the checks the store makes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from genoteca.actions.app import App
from genoteca.actions.checking import check_folder
from genoteca.errors import InputError
from genoteca.model.module import MODULE_ID

if TYPE_CHECKING:
    from genoteca.sdk.finding import Finding

__all__ = ["check_module_folder", "new_module"]


def new_module(folder: Path) -> list[Path]:
    """Write a working module into a new folder; gives the files. The folder's name becomes its id.

    Raises:
        InputError: the folder is not empty, or its name cannot be an id.

    """
    from genoteca.sdk.template import write_template

    module_id = folder.name.lower().replace("_", "-")
    if not MODULE_ID.fullmatch(module_id):
        raise InputError(
            f"{folder.name!r} cannot be a module's id: expected a letter, then up to 39 of a-z, 0-9 and dash.",
            hint="Choose another folder name, for example my-panel.",
        )
    if folder.exists() and any(folder.iterdir()):
        raise InputError(f"{folder} is not empty.", hint="Choose a new folder.")
    return write_template(folder, module_id)


def check_module_folder(app: App, folder: Path) -> list[Finding]:
    """Check a module's folder or wheel as the store does, rule by rule.

    Raises:
        InputError: there is no module.
        InstallError: it cannot even be looked into.

    """
    return check_folder(app, folder)

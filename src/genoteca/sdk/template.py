"""Working modules as a start: what `genoteca module new` writes."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from genoteca.errors import InputError
from genoteca.model.module import ModuleId, fold
from genoteca.settings import assets_folder

__all__ = ["TEMPLATES", "write_template"]

NAME = "my-module"
"""Id of every template, which is a working module itself."""

TEMPLATES = {
    "data": "Tables and a manifest, no code: two sites and what each genotype means.",
    "code": "Python with the two hooks: a table that is computed, and a column that looks at the whole answer.",
    "isolated": "A script in a closed box, with packages of its own: it reads one genome and writes one table.",
}
"""What a module can start from, by the name of its folder."""


def write_template(target: Path, module_id: str, template: str = "data") -> list[Path]:
    """Write a working module, with a test, into `target`; give the files written.

    Raises:
        InputError: not a module id, no such template, or `target` is there and not empty.

    """
    words = _words(module_id)
    if template not in TEMPLATES:
        raise InputError(f"There is no template {template!r}.", hint=f"There are {', '.join(TEMPLATES)}.")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputError(f"{target} is there already.", hint="Name a folder that is not there yet, or an empty one.")
    source = assets_folder() / "templates" / template
    written = []
    for path in sorted(path for path in source.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        made = target / _renamed(path.relative_to(source).as_posix(), words)
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text(_renamed(path.read_text("utf-8"), words), "utf-8")
        written.append(made)
    return written


def _words(module_id: str) -> dict[str, str]:
    try:
        TypeAdapter(ModuleId).validate_python(module_id)
    except ValidationError as error:
        raise InputError(
            f"{module_id!r} is not a module id.",
            title="This name cannot be used",
            hint="An id is 2 to 40 of a-z, 0-9 and -, begins with a letter, and is not the word sample.",
        ) from error
    title = module_id.replace("-", " ").capitalize()
    return {NAME: module_id, fold(NAME): fold(module_id), NAME.replace("-", " ").capitalize(): title}


def _renamed(text: str, words: dict[str, str]) -> str:
    for word, new in words.items():
        text = text.replace(word, new)
    return text

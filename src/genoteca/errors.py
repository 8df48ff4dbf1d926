"""Every error Genoteca raises on purpose.

```
GenotecaError
├── InputError            what the user gave cannot be used
│   ├── GenomeFileError   a genome file: unreadable, damaged, or not what it claims
│   ├── FilterError       a filter that does not parse or names an unknown column
│   └── NotFoundError     a sample, module, run or result that is not there
├── ModuleError           a module that cannot be used
│   ├── ManifestError     its manifest is not valid
│   ├── CheckError        it breaks a rule that every module keeps
│   └── InstallError      it could not be installed; the current generation is untouched
├── CatalogueError        a catalogue that cannot be trusted, reached or published
├── ReferenceDataError    a reference that cannot be fetched, verified or published
│   └── FetchError        the network, the publisher or the checksum said no
│       └── NotOfferedError   the publisher has no such file
├── DatasetError          a stored table or its record is missing or damaged
├── RunError              a run failed, was cancelled or lost its worker
└── DataFolderError       the data folder: locked, full, not writable, or of a newer version
```
"""

from __future__ import annotations

__all__ = [
    "CatalogueError",
    "CheckError",
    "DataFolderError",
    "DatasetError",
    "FetchError",
    "FilterError",
    "GenomeFileError",
    "GenotecaError",
    "InputError",
    "InstallError",
    "ManifestError",
    "ModuleError",
    "NotFoundError",
    "NotOfferedError",
    "ReferenceDataError",
    "RunError",
]


class GenotecaError(Exception):
    """An error with what a screen needs: a title, and a hint that says what to do next.

    The message says what was given, what was expected and where; `at` is the file's name and its line (from 1;
    0: the file as a whole) once more, for a list that leads there.
    """

    title = "Something went wrong"

    def __init__(
        self, message: str, *, title: str | None = None, hint: str = "", at: tuple[str, int] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.title = title or type(self).title
        self.hint = hint
        self.at = at


class InputError(GenotecaError):
    """What the user gave cannot be used."""

    title = "This cannot be used as it is"


class GenomeFileError(InputError):
    """A genome file that is unreadable, damaged, or not what it claims to be."""

    title = "This genome file cannot be read"


class FilterError(InputError):
    """A filter that does not parse, or that names a column the table does not have."""

    title = "This filter cannot be applied"


class NotFoundError(InputError):
    """A sample, module, run or result that is not there."""

    title = "Not found"


class ModuleError(GenotecaError):
    """A module that cannot be used."""

    title = "This module cannot be used"


class ManifestError(ModuleError):
    """A manifest that is not valid."""

    title = "The module's manifest is not valid"


class CheckError(ModuleError):
    """A module that breaks a rule every module keeps."""

    title = "The module did not pass its checks"


class InstallError(ModuleError):
    """An install that changed nothing."""

    title = "The module could not be installed"


class CatalogueError(GenotecaError):
    """A catalogue that cannot be trusted, reached or published."""

    title = "The catalogue cannot be used"


class ReferenceDataError(GenotecaError):
    """A reference that cannot be fetched, verified or published."""

    title = "The reference data is not usable"


class FetchError(ReferenceDataError):
    """The network, the publisher or the checksum said no."""

    title = "The download did not succeed"


class NotOfferedError(FetchError):
    """The publisher answered that there is no such file: it may lie elsewhere."""


class DatasetError(GenotecaError):
    """A stored table or its record that is missing or damaged."""

    title = "Stored data is missing or damaged"


class RunError(GenotecaError):
    """A run that failed, was cancelled or lost its worker."""

    title = "The run did not finish"


class DataFolderError(GenotecaError):
    """The data folder is locked, full, not writable, or written by a newer version."""

    title = "The data folder cannot be used"

"""Bad modules, each bad in its own way, and the words with which each is refused."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from tests.store.workshop import TABLE, data_folder, forge, manifest_text, project

__all__ = ["BAD_MODULES", "CODE", "GOOD", "PROCESSES", "BadModule", "code_module", "data_module"]

PROCESSES = 60
"""Where the bomb ends by itself: the machine of who runs this shall survive a failure."""
CODE = """\
import os
from pathlib import Path

from genoteca.sdk import hookimpl, load_manifest
{above}
MANIFEST = load_manifest(Path(__file__).parent)


class Plugin:
    @hookimpl
    def describe_module(self):
        return MANIFEST

    @hookimpl
    def build_definitions(self, context):
        import dagster as dg

        from genoteca.sdk import allele_annotations, reference_asset

        {build}


plugin = Plugin()
"""
COLUMN = """
[[columns]]
name = "says"
label = "Says"
description = "What it says."
"""
GOOD = "return dg.Definitions(assets=[reference_asset(MANIFEST, make=print), allele_annotations(MANIFEST)])"
FORK_BOMB = f"""
import time
for _ in range({PROCESSES}):
    if os.fork() == 0:
        time.sleep(60)
        os._exit(0)
time.sleep(60)
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class BadModule:
    """One bad module: how it is made in a folder, and what must be said of it."""

    name: str
    make: Callable[[Path], Path]
    refused: str
    """A regular expression that the refusal's message fits."""
    settings: dict[str, object] = field(default_factory=dict)
    trusted: bool = True
    long: bool = False
    """Left out of the short form: it takes a second or more, and another one shows the like."""
    tampered: Callable[[Path], None] | None = None
    """What is done to the kept wheel between the look at it and its install."""


def code_module(folder: Path, code: str = "", *, version: str = "1.0.0") -> Path:
    """Make a module with code that keeps every rule, as far as its manifest goes; a good one unless `code` is bad."""
    source = project(folder / "bad", "bad-module", version=version, code=code or CODE.format(above="", build=GOOD))
    _complete(source / "src" / "bad_module_module" / "module.toml")
    return source


def data_module(folder: Path, version: str) -> Path:
    """Make a good module without code."""
    source = data_folder(folder, "milk-traits", version)
    _complete(source / "module.toml")
    (source / "alleles.csv").write_text("chrom,pos,ref,alt,gene,says\n2,135851076,G,A,LCT,milk\n")
    return source


def _complete(manifest: Path) -> None:
    told = manifest.read_text().replace('paper" }', 'paper", citation = "A, 2026." }')
    manifest.write_text(told + COLUMN)


def _code(above: str = "", build: str = GOOD) -> Callable[[Path], Path]:
    return lambda folder: code_module(folder, CODE.format(above=above, build=build))


def _forged(files: dict[str, str] | None = None, **more: object) -> Callable[[Path], Path]:
    return lambda folder: forge(folder, files, **more)  # type: ignore[arg-type]


def _symlink(folder: Path) -> Path:
    wheel = forge(folder)
    link = ZipInfo("forged/sites.csv")
    link.external_attr = (0o120777) << 16
    with ZipFile(wheel, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    return wheel


def _bomb(folder: Path) -> Path:
    """Ninety tables of fifty million bytes each, as the archive says: 4.5 GB out of nothing."""
    wheel = forge(folder)
    with ZipFile(wheel, "a", ZIP_DEFLATED) as archive:
        for number in range(90):
            archive.writestr(f"forged/table{number}.csv", b"", compress_type=ZIP_DEFLATED)
            archive.getinfo(f"forged/table{number}.csv").file_size = 50_000_000
    return wheel


def _liar(folder: Path) -> Path:
    """A table that says it is ten bytes long, and unpacks to fifty million."""
    wheel = forge(folder)
    with ZipFile(wheel, "a", ZIP_DEFLATED) as archive:
        archive.writestr("forged/table.csv", b"0" * 50_000_000)
        archive.getinfo("forged/table.csv").file_size = 10
    content = bytearray(wheel.read_bytes())
    at = content.index(b"forged/table.csv") - 30
    struct.pack_into("<I", content, at + 22, 10)
    wheel.write_bytes(bytes(content))
    return wheel


def _huge_manifest(folder: Path) -> Path:
    wheel = forge(folder, package="other")
    with ZipFile(wheel, "a", ZIP_DEFLATED) as archive:
        archive.writestr("forged/module.toml", "#" * 20_000_000)
    return wheel


def _twice(folder: Path) -> Path:
    wheel = forge(folder, {"forged/Alleles.csv": "chrom\n"})
    with ZipFile(wheel, "a") as archive:
        archive.writestr("forged/alleles.csv", "pos\n")
    return wheel


def _other_backend(folder: Path) -> Path:
    """A project whose build would write a file beside it."""
    source = _code()(folder)
    toml = source / "pyproject.toml"
    told = toml.read_text().replace("uv_build>=0.1,<0.2", "setuptools")
    toml.write_text(told.replace('"uv_build"', '"setuptools.build_meta"'))
    (source / "setup.py").write_text(f"open({str(folder / 'it-ran')!r}, 'w').close()\n")
    return source


def _damaged(folder: Path) -> Path:
    wheel = forge(folder)
    wheel.write_bytes(wheel.read_bytes()[:-40])
    return wheel


def _misspelt(folder: Path) -> Path:
    code = CODE.replace("def build_definitions", "def build_definitons").format(above="", build=GOOD)
    return code_module(folder, code)


def _another_id(folder: Path) -> Path:
    code = CODE.replace("return MANIFEST", "return MANIFEST.model_copy(update={{'id': 'other'}})")
    return code_module(folder, code.format(above="", build=GOOD))


def _sdist(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "bad-module-1.0.0.tar.gz"
    path.write_bytes(os.urandom(200))
    return path


def _data(**more: str) -> Callable[[Path], Path]:
    return lambda folder: data_folder(folder / "data", "bad-module", **more)


def _swapped(kept: Path) -> None:
    """Put another wheel, as well made, in the place of the one that was looked at."""
    other = forge(kept.parent / "other", {"forged/alleles.csv": "chrom,pos\n1,1\n"})
    other.replace(kept)


def _manifest(**more: object) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        source = data_folder(folder / "data", "bad-module")
        (source / "module.toml").write_text(manifest_text("bad-module", **more) + TABLE)  # type: ignore[arg-type]
        return source

    return make


LOUD = "\nimport sys\nwhile True:\n    sys.stdout.write('x' * 1_000_000)\n"
MEMORY = """
import time
held = []
for _ in range(30):
    held.append(bytearray(b"x") * 100_000_000)
    time.sleep(0.02)
time.sleep(60)
"""
STOLEN = '@dg.asset(key=["sample", "variants"])\n        def stolen() -> None: ...\n        '

BAD_MODULES = (
    BadModule(
        name="import error", long=True, make=_code("raise RuntimeError('boom')"), refused=r"RuntimeError: boom"
    ),
    BadModule(name="ends the process at import (os._exit)", make=_code("os._exit(3)"), refused=r"exit code 3"),
    BadModule(
        name="imports without end",
        long=True,
        make=_code("while True: pass"),
        refused=r"did not end within",
        settings={"check_seconds": 3},
    ),
    BadModule(name="fork bomb", make=_code(FORK_BOMB), refused=r"started \d+ processes"),
    BadModule(name="takes all memory", long=True, make=_code(MEMORY), refused=r"GB of memory"),
    BadModule(name="prints without end", long=True, make=_code(LOUD), refused=r"printed \d+ MB"),
    BadModule(
        name="brings a package polars", make=_forged({"polars/__init__.py": ""}), refused="shadow the app's own"
    ),
    BadModule(name="is named polars", make=_forged(name="polars"), refused="would replace polars"),
    BadModule(name=".pth file", make=_forged({"run.pth": "import os\n"}), refused="every start of Python"),
    BadModule(
        name="hash mismatch: the wheel is swapped after it was looked at",
        make=_forged({"forged/alleles.csv": "chrom\n"}),
        refused=r"[Hh]ash",
        tampered=_swapped,
    ),
    BadModule(
        name="path out of the folder", make=_forged({"forged/../../evil.py": ""}), refused="leaves the module's"
    ),
    BadModule(name="absolute path", long=True, make=_forged({"/etc/evil.py": ""}), refused="leaves the module's"),
    BadModule(name="path of Windows", long=True, make=_forged({"C:\\evil.py": ""}), refused="leaves the module's"),
    BadModule(name="symbolic link", long=True, make=_symlink, refused="links are not installed"),
    BadModule(name="archive that unpacks to 4.5 GB", make=_bomb, refused="unpacks to more than"),
    BadModule(
        name="archive that lies about its size", long=True, make=_liar, refused=r"cannot be unpacked|cannot be read"
    ),
    BadModule(name="manifest of 20 MB", long=True, make=_huge_manifest, refused="larger than any file of its kind"),
    BadModule(name="one file twice, in other letters", long=True, make=_twice, refused="twice"),
    BadModule(name="damaged archive", long=True, make=_damaged, refused="cannot be read as a wheel"),
    BadModule(
        name="one asset twice",
        long=True,
        make=_code(build=GOOD.replace("[", "[allele_annotations(MANIFEST), ")),
        refused="Made more than once",
    ),
    BadModule(
        name="an asset of the app's (sample/variants)",
        make=_code(build=STOLEN + GOOD.replace("[", "[stolen, ")),
        refused="does not start with 'bad-module'",
    ),
    BadModule(
        name="a resource of the app's",
        long=True,
        make=_code(build=GOOD.replace("])", "], resources={'store': object()})")),
        refused="hold resources",
    ),
    BadModule(
        name="distribution of another module, spelt otherwise",
        make=_forged(name="GENOTECA_everyday.traits"),
        refused="the distribution genoteca-everyday-traits",
    ),
    BadModule(
        name="package of another module",
        long=True,
        make=_forged({"genoteca_everyday_traits/more.csv": "x\n"}),
        refused="'genoteca_everyday_traits', and so does",
    ),
    BadModule(name="id with _ for -", long=True, make=_forged(module_id="everyday_traits"), refused="id"),
    BadModule(name="compiled wheel", make=_forged(tag="cp311-cp311-linux_x86_64"), refused="compiled for one system"),
    BadModule(
        name="compiled file in a pure wheel",
        long=True,
        make=_forged({"forged/fast.so": ""}),
        refused="it is compiled",
    ),
    BadModule(
        name="scripts", make=_forged({"forged-1.0.0.data/scripts/run": "#!"}), refused="scripts and data outside"
    ),
    BadModule(
        name="commands and plugins of other programs",
        make=_forged(entry_points="[genoteca]\nforged = forged\n[console_scripts]\ngenoteca = forged:run\n"),
        refused="console_scripts",
    ),
    BadModule(
        name="two entry points",
        make=_forged(entry_points="[genoteca]\nforged = forged\nother = forged\n"),
        refused="2 entry points",
    ),
    BadModule(
        name="manifest lies about the id",
        make=_forged(entry_points="[genoteca]\nother = forged\n"),
        refused="the manifest says 'forged'",
    ),
    BadModule(
        name="manifest lies about the version",
        long=True,
        make=_forged(manifest_version="9.0.0"),
        refused="module.toml says 9",
    ),
    BadModule(
        name="code says another id than the manifest",
        long=True,
        make=_another_id,
        refused="says it is 'other'; it was installed as 'bad-module'",
    ),
    BadModule(
        name="missing dependency, no network",
        make=_forged(requires=["not-in-the-app>=4"]),
        refused="not-in-the-app",
    ),
    BadModule(name="needs an older polars", make=_forged(requires=["polars<1"]), refused="polars<1"),
    BadModule(name="misspelt hook", long=True, make=_misspelt, refused="build_definitons"),
    BadModule(name="needs a module that is not there", make=_manifest(requires=["nowhere"]), refused="needs nowhere"),
    BadModule(
        name="needs another version of the app", make=_manifest(requires_app=">=9"), refused="needs Genoteca >=9"
    ),
    BadModule(name="data folder with a program in it", make=_data(run__py="print()"), refused="it also holds run.py"),
    BadModule(name="code that nobody trusted", make=_code(), refused="nobody said that it is trusted", trusted=False),
    BadModule(
        name="source that must be built by its own code",
        make=_other_backend,
        refused="only 'uv_build' alone is built",
    ),
    BadModule(
        name="source of a program, without developer mode",
        make=_code(),
        refused="those are installed as wheels only",
        settings={"developer": False},
    ),
    BadModule(name="source archive", long=True, make=_sdist, refused="only wheels are installed"),
)

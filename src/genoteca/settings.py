"""Settings: the only reader of the environment, and the layout of the data folder."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

__all__ = [
    "Layout",
    "Settings",
    "assets_folder",
    "bare_environment",
    "bundled_plugins",
    "dagster_environment",
    "installer_environment",
    "reading_threads",
    "worker_environment",
]

DATA_FOLDER_VERSION = 3
"""What this app writes; `engine.migrating` brings older folders here."""

ROOMY_GB = 1.5
"""Gigabytes to aim at from which on a worker may hold a hundred megabytes for speed."""
KEEP_FREED_MEMORY = {
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:10000,muzzy_decay_ms:10000",
    "MALLOC_MMAP_THRESHOLD_": str(64 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(256 << 20),
}
"""Polars' allocator (https://jemalloc.net) keeps what it frees for ten seconds, and the C library's, which NumPy has,
keeps arrays of up to 64 MiB (https://man7.org/linux/man-pages/man3/mallopt.3.html): part after part of a table needs
the same again. Given back at once, its pages are cleared each time: up to a fifth of an annotation's processor time.
"""

ONE_ALGEBRA_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
"""NumPy's linear algebra (https://www.openblas.net), which nothing here uses, starts a waiting thread per core:
a tenth of a second of processor time at every start of a worker."""


def _default_home() -> Path:
    return Path(platformdirs.user_data_dir("genoteca", appauthor=False))


class Settings(BaseSettings):
    """What can be set, in `settings.toml` of the data folder or as `GENOTECA_…` in the environment.

    The environment wins over the file.
    """

    model_config = SettingsConfigDict(env_prefix="GENOTECA_", extra="ignore", use_attribute_docstrings=True)

    home: Path = Field(default_factory=_default_home)
    """The data folder."""
    cache: str = ""
    """Where a folder `genoteca` holds what can be made again (downloads, browse tables); empty: `cache` at home."""
    output: str = ""
    """Folder that `genoteca export` writes to where no file is named; empty: where it is called."""
    port: int = Field(default=8765, ge=0, le=65535)
    """Port of the desktop on 127.0.0.1; the next free one is taken when it is in use."""
    standby_seconds: float = Field(default=300, ge=0)
    """How long a warm worker waits before it retires; 0 keeps none."""
    engine: Literal["auto", "polars", "duckdb"] = "auto"
    """Join engine; both give the same rows, `duckdb` takes less memory."""
    memory_gb: float = Field(default=0, ge=0)
    """Gigabytes of memory that looking up a genome aims at, half of one at least; 0: half of what is free."""
    min_reference_quality: int = Field(default=20, ge=0)
    """Genotype quality (GQ) from which a file's 0/0 counts as reference."""
    min_reference_depth: int = Field(default=10, ge=0)
    """Depth (MIN_DP, else DP) from which a file's 0/0 counts as reference."""
    min_quality: float = Field(default=0, ge=0)
    """QUAL below which a call is marked filtered; 0 marks none."""
    min_depth: int = Field(default=0, ge=0)
    """Depth below which a call is marked filtered; 0 marks none."""
    min_genotype_quality: int = Field(default=0, ge=0)
    """Genotype quality below which a call is marked filtered; 0 marks none."""
    infer_within: int = Field(default=10_000, ge=0)
    """In a variant-only whole genome, bases to the nearest called variant within which silence may be read."""
    offline: bool = False
    """Never ask for the network."""
    check_updates: Literal["off", "daily", "weekly"] = "off"
    """How often an open desktop asks publishers and catalogues for news; nothing is fetched by that alone."""
    fetch_releases: bool = False
    """Fetch by itself what publishers have newer, for modules that are not asked by hand only; never offline."""
    automation: bool = True
    """Do by itself what was set for modules and for the inbox; `false`: nothing, until it is asked for."""
    night_time: str = Field(default="03:00", pattern=r"^([01]?\d|2[0-3]):[0-5]\d$")
    """When modules that are asked nightly are, `HH:MM`; a night that the computer slept through is caught up with."""
    time_zone: str = ""
    """Whose clock `night_time` is, such as `Europe/Berlin`; empty: this computer's."""
    idle_minutes: int = Field(default=10, ge=1)
    """Minutes without a run and without anything done in the desktop after which the computer counts as idle."""
    inbox: str = ""
    """Folder whose genome files are added by themselves; empty: `inbox` in the data folder."""
    inbox_files: Literal["move", "leave", "off"] = "move"
    """What becomes of a file in the inbox: moved into the data folder, read where it lies, or not looked at."""
    changed_answers: Literal["show", "take"] = "show"
    """Where an update would change an answer about somebody: `show` it first, or `take` it and tell afterwards."""
    backfill_runs: int = Field(default=4, ge=1, le=50)
    """Runs of a backfill that are queued or at work at a time."""
    hf_endpoint: str = Field(
        default="https://huggingface.co", validation_alias=AliasChoices("genoteca_hf_endpoint", "hf_endpoint")
    )
    """The Hugging Face Hub that references come from, or a mirror of it; `HF_ENDPOINT` is read too."""
    hf_token: str = Field(default="", repr=False, validation_alias=AliasChoices("genoteca_hf_token", "hf_token"))
    """Access token, shown to that Hub only: for datasets that are private or have terms; `HF_TOKEN` is read too."""
    hf_hub_offline: bool = Field(
        default=False, validation_alias=AliasChoices("genoteca_hf_hub_offline", "hf_hub_offline")
    )
    """Never ask the Hub; `HF_HUB_OFFLINE` is read too."""
    developer: bool = False
    """Developer mode: modules with code may be installed from a folder with their source, not from a wheel only."""
    check_seconds: float = Field(default=60, gt=0)
    """How long a module may take to load when it is checked; one that takes longer is not installed."""
    keep_runs: int = Field(default=1000, ge=0)
    """Runs of which the history is kept, the newest; 0: all. One that made what is kept stays in any case."""
    keep_run_days: int = Field(default=0, ge=0)
    """Days for which the history of a run is kept; 0: for ever."""
    keep_results: int = Field(default=3, ge=1)
    """Versions kept of every result and table, the one in force included."""
    theme: Literal["system", "light", "dark"] = "system"
    """Look of the desktop."""
    formats: Literal["english", "iso", "iso-comma"] = "english"
    """How the desktop writes numbers and dates: `english` 1,234.5 and 5 Mar 2026; `iso` 1 234.5 and 2026-03-05."""

    @property
    def layout(self) -> Layout:
        """Give the layout of the data folder."""
        return Layout(self.home, cache=self.cache)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments first, then the environment, then `settings.toml` of the data folder."""
        told = init_settings().get("home") or env_settings().get("home") or _default_home()
        file = TomlConfigSettingsSource(settings_cls, Path(str(told)) / "settings.toml")
        return init_settings, env_settings, file


class Layout:
    """Where everything lies in the data folder: functions of plain strings, nothing is made here."""

    def __init__(self, home: Path, *, without_modules: bool = False, cache: str = "") -> None:
        self.home = home
        # a folder of its own, which nobody else may read, wherever it lies
        self._cache = Path(cache).expanduser().absolute() / "genoteca" if cache else home / "cache"
        self.without_modules = without_modules

    @property
    def app_lock(self) -> Path:
        """Lock of the running desktop."""
        return self.home / "app.lock"

    @property
    def worker_lock(self) -> Path:
        """Lock of whoever executes the queue."""
        return self.home / "worker.lock"

    @property
    def automation_lock(self) -> Path:
        """Lock of whoever does at this moment what is to be done by itself."""
        return self.home / "automation.lock"

    @property
    def inbox(self) -> Path:
        """Files that are dropped here are added, unless another folder is set."""
        return self.home / "inbox"

    @property
    def dagster_lock(self) -> Path:
        """Lock under which the Dagster home is made."""
        return self.home / "dagster.lock"

    @property
    def database(self) -> Path:
        """Queue, run index, module settings."""
        return self.home / "app.db"

    @property
    def dagster(self) -> Path:
        """The Dagster home."""
        return self.home / "dagster"

    @property
    def modules(self) -> Path:
        """Generations of installed modules."""
        return self.home / "modules"

    @property
    def catalogue(self) -> Path:
        """Of each added catalogue, what was verified last."""
        return self.home / "catalogue"

    @property
    def catalogue_keys(self) -> Path:
        """Private keys of the catalogues that are published from here."""
        return self.home / "catalogue-keys"

    @property
    def logs(self) -> Path:
        """Logs of workers and of the app."""
        return self.home / "logs"

    @property
    def temporary(self) -> Path:
        """Uploads in flight; swept at start."""
        return self.home / "tmp"

    @property
    def made(self) -> Path:
        """Files that were made for the person and not fetched yet; gone when a sample is forgotten."""
        return self.temporary / "made"

    @property
    def forgetting(self) -> Path:
        """What is being deleted, and how far that is; there only while it is."""
        return self.home / "forgetting"

    @property
    def receipts(self) -> Path:
        """Receipts of what was deleted; they name nobody."""
        return self.home / "receipts"

    @property
    def cache(self) -> Path:
        """Disposable: browse tables, key files."""
        return self._cache

    @property
    def respelled(self) -> Path:
        """How references are spelled once they are left-aligned; what nobody has any more is swept at start."""
        return self.cache / "respelled"

    @property
    def users(self) -> Path:
        """Every user's samples."""
        return self.home / "users"

    def sample(self, user: str, sample: str) -> Path:
        """Folder of one sample."""
        return self.users / user / sample

    def asset(self, user: str, sample: str, asset: list[str]) -> Path:
        """Folder of a partitioned asset; the file's stem is the last part of the key."""
        return self.sample(user, sample).joinpath(*asset[:-1])

    def references(self, module_id: str) -> Path:
        """Every release of a module's references, side by side."""
        return self.home / "references" / module_id

    def chosen_releases(self, module_id: str) -> Path:
        """File that names the releases the user chose for a module; it lies where no record does."""
        return self.references(module_id) / "chosen"

    def reference(self, module_id: str, data_version: str, build: str) -> Path:
        """Folder of one release of a reference in one build."""
        return self.references(module_id) / data_version / build


def bundled(name: str) -> Path:
    """Folder shipped with the app: inside an installed wheel, or beside `src` in a checkout."""
    packed = Path(str(files("genoteca"))) / "bundled" / name
    return packed if packed.is_dir() else Path(__file__).resolve().parents[2] / name


def bundled_plugins() -> Path:
    """Folder of the modules shipped with the app."""
    return bundled("plugins")


def assets_folder() -> Path:
    """Folder of icons, help pages and the demo genome."""
    return bundled("assets")


def reading_threads() -> str:
    """Threads that Polars takes to read a genome: the user's `POLARS_MAX_THREADS`, else one."""
    return os.environ.get("POLARS_MAX_THREADS", "1")


def worker_environment(settings: Settings) -> dict[str, str]:
    """Environment of a child process: ours, with the data folder named and telemetry off."""
    roomy = settings.memory_gb == 0 or settings.memory_gb >= ROOMY_GB
    return {
        **(KEEP_FREED_MEMORY if roomy else {}),
        **ONE_ALGEBRA_THREAD,
        **os.environ,
        "GENOTECA_HOME": str(settings.home),
        "DAGSTER_HOME": str(settings.layout.dagster),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "DO_NOT_TRACK": "1",
    }


def dagster_environment(settings: Settings) -> dict[str, str]:
    """Environment of Dagster's own programs: a child's, and what hands their runs to the app's queue on the path."""
    given = worker_environment(settings)
    paths = [str(assets_folder() / "dagster"), given.get("PYTHONPATH", "")]
    return {**given, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def installer_environment() -> dict[str, str]:
    """Environment of uv where it fills a folder of its own: ours, without the virtual environment of the app."""
    return {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}


def bare_environment() -> dict[str, str]:
    """Environment of a program that shall know nothing of ours: what its system cannot start it without."""
    return {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}

"""The open app: one data folder with its queue, its index and what it keeps at hand."""

from __future__ import annotations

import logging
import shutil
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from genoteca.actions.references import module_refs
from genoteca.engine.at_rest import heed_logs, seal_at_rest
from genoteca.engine.automation.ticker import Ticker
from genoteca.engine.executor import Executor
from genoteca.engine.files import private_folder
from genoteca.engine.index import RunIndex
from genoteca.engine.migrating import bring_up_to_date
from genoteca.engine.outside_log import OutsideLog
from genoteca.engine.purge import finish
from genoteca.engine.recovery import sweep_temporary
from genoteca.errors import DataFolderError, DatasetError
from genoteca.settings import DATA_FOLDER_VERSION, Layout, Settings
from genoteca.store.generations import Generations

if TYPE_CHECKING:
    from genoteca.actions.explore_sources import Sources, Stamp
    from genoteca.actions.findable import FindableThings
    from genoteca.actions.finding_notes import NotedVariant
    from genoteca.engine.results import ResultTable
    from genoteca.engine.results.explore import WideTable

__all__ = ["App", "close", "free_bytes", "open_app", "start", "tidy"]

LOG = logging.getLogger(__name__)


@dataclass(kw_only=True, slots=True)
class App:
    """What every action works on."""

    settings: Settings
    index: RunIndex
    executor: Executor
    tables: OrderedDict[str, ResultTable] = field(default_factory=OrderedDict)
    """Result tables kept open, the last used at the end."""
    findable: tuple[object, FindableThings] | None = None
    """What a search may offer, with how the data folder stood when it was gathered."""
    noted: dict[str, tuple[object, list[NotedVariant]]] = field(default_factory=dict)
    """Notes of a sample that a search may offer, with how its file stood when it was read."""
    explored: OrderedDict[str, WideTable] = field(default_factory=OrderedDict)
    """Tables of all modules kept open, by folder, the last used at the end."""
    sources: dict[str, tuple[Stamp, Sources]] = field(default_factory=dict)
    """By sample: what its table of all modules is made of, and when that was looked at."""
    ticker: Ticker | None = None
    """The clock of what is done by itself; null: nobody started it."""
    without_modules: bool = False
    """Whether it was opened without modules, because it did not start with them."""

    @property
    def layout(self) -> Layout:
        """Give the layout of the data folder."""
        return Layout(self.settings.home, without_modules=self.without_modules, cache=self.settings.cache)

    @property
    def outside(self) -> OutsideLog:
        """Give the list of the requests to other hosts."""
        return OutsideLog(self.layout.database)


def open_app(settings: Settings) -> App:
    """Open a data folder, making it where it is not there. Nothing is executed yet.

    What was at work when Genoteca was ended hard is ended now: else it would be called running, and a backup or a
    deletion would wait for it, until the queue is worked again.

    Raises:
        DataFolderError: it cannot be made or written, a newer version wrote it, or an older one that cannot be
            brought up to date.

    """
    _prepare(settings.layout)
    _finish_forgetting(settings)
    executor = Executor(settings, modules=lambda wanted: module_refs(app.layout, wanted))
    app = App(settings=settings, index=RunIndex(settings.layout.database), executor=executor)
    app.executor.end_lost()
    return app


def start(app: App) -> bool:
    """Work the queue from here on; False where another process does (its runs can be followed all the same)."""
    app.executor.start()
    return app.executor.executing


def tidy(app: App) -> None:
    """Remove what an interrupted upload or install left. Only for the one desktop of a data folder, at its start."""
    sweep_temporary(app.layout)
    Generations(app.layout, offline=True).sweep()


def close(app: App) -> None:
    """Stop what is done by itself and the queue, let everything go, and seal what is left at rest."""
    if app.ticker is not None:
        app.ticker.stop()
    app.executor.stop()
    while app.tables:
        app.tables.popitem()[1].close()
    while app.explored:
        app.explored.popitem()[1].close()
    seal_at_rest(app.layout)


def _prepare(layout: Layout) -> None:
    version = layout.home / "version"
    try:
        layout.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in (layout.logs, layout.temporary, layout.users):
            folder.mkdir(exist_ok=True, mode=0o700)
        private_folder(layout.cache)
        if not version.exists():
            version.write_text(f"{DATA_FOLDER_VERSION}\n")
    except OSError as error:
        raise DataFolderError(
            f"{layout.home} cannot be written: {error.strerror or error}.",
            hint="Choose another folder with --home or GENOTECA_HOME.",
        ) from error
    heed_logs(layout)
    bring_up_to_date(layout)


def _finish_forgetting(settings: Settings) -> None:
    """Go on with a deletion that was interrupted, before anything is shown; where that fails, `doctor` says so."""
    try:
        finish(settings)
    except DatasetError as error:
        LOG.warning("%s", error.message)


def free_bytes(layout: Layout) -> int:
    """Give the free space of the disk that holds the data folder."""
    return shutil.disk_usage(layout.home).free

"""The code location of the Dagster UI: `dagster-webserver -m genoteca.engine.location`.

It reads the data folder that `GENOTECA_HOME` names, and the modules that are installed there.
"""

from __future__ import annotations

from contextlib import suppress

import dagster as dg

from genoteca.engine.dagster_automation import automated
from genoteca.engine.definitions import core_definitions, fitting, merged
from genoteca.engine.loading import Loaded, load_module
from genoteca.engine.modules import loaded_modules
from genoteca.engine.resources import Scope
from genoteca.errors import GenotecaError
from genoteca.settings import Settings

__all__ = ["defs", "location"]


def location(settings: Settings) -> dg.Definitions:
    """Merge the core with every installed module that can be loaded, and what ticks them; others are left out."""
    loaded: list[Loaded] = []
    for ref in loaded_modules(settings.layout):
        with suppress(GenotecaError):
            loaded.append(load_module(ref))
    found, _ = fitting(core_definitions(settings, Scope()), loaded)
    return automated(merged(core_definitions(settings, Scope(modules=found)), found), settings)


defs = location(Settings())

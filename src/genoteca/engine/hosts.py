"""Which hosts a module may ask: those of its manifest, and those of addresses that the user set."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from pydantic import JsonValue

from genoteca.engine.hub import CDN, PUBLIC, SCHEME
from genoteca.model.module import Permissions

__all__ = ["hosts_of"]


def hosts_of(permissions: Permissions, chosen: Mapping[str, JsonValue], endpoint: str) -> list[str]:
    """Give the hosts; `chosen` are the module's settings.

    Whoever may ask the Hub may ask the `endpoint` that the user set in its place.
    """
    declared = permissions.network
    addresses = [value for value in chosen.values() if isinstance(value, str) and "://" in value]
    named = [urlsplit(address).hostname or "" for address in addresses if not address.startswith(SCHEME)]
    of_hub = urlsplit(PUBLIC).hostname in declared or len(named) < len(addresses)
    return [*declared, *filter(None, named), *([urlsplit(endpoint).hostname or "", CDN] if of_hub else [])]

"""The two hooks of the module."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from genoteca.sdk import Dataset, ModuleContext, ModuleManifest, ReferenceRequest, file_asset, hookimpl, load_manifest
from genoteca_liftover_chains.source import CHAINS, Chain, fetch_chain

if TYPE_CHECKING:
    import dagster as dg

__all__ = ["build_definitions", "describe_module", "make_chain"]


@hookimpl
def describe_module() -> ModuleManifest:
    """Read the manifest that lies beside this file."""
    return load_manifest(Path(__file__).parent)


@hookimpl
def build_definitions(context: ModuleContext) -> dg.Definitions:
    """Give one file per chain, for everyone."""
    import dagster as dg

    manifest = describe_module()
    return dg.Definitions(
        assets=[
            file_asset(manifest, chain.asset, make=partial(make_chain, chain=chain), settings=context.settings)
            for chain in CHAINS
        ]
    )


def make_chain(request: ReferenceRequest, *, chain: Chain) -> Dataset:
    """Fetch a chain file and check that it is what it claims; it is kept as it came.

    Raises:
        FetchError: it cannot be fetched.
        ReferenceDataError: another file, or a chain of other builds.

    """
    fetched = fetch_chain(request, chain)
    request.progress(1.0, f"{chain.source} to {chain.target}")
    return Dataset(
        table=fetched.path,
        ending=".chain.gz",
        release=fetched.release,
        metadata={"provides": [chain.capability]},
    )

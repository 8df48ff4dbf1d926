"""Tests for module authors: a tiny sample, and a module really materialized for it.

A pytest plugin that comes with the app; nothing is set up, `genoteca_sample` is simply there:

    def test_one_copy_keeps_lactase_active(genoteca_sample):
        made = materialize_module(data_plugin(FOLDER), genoteca_sample())
        assert made.evidence["called"] == 1

Reference and annotations are made by Dagster in this process, in a temporary folder. The network is never asked.
"""

# Loaded by every pytest run in an environment that holds the app: what it needs is imported when it is used.
from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from pydantic import JsonValue

    from genoteca.model.build import Build
    from genoteca.model.sample import SampleKind, Sex
    from genoteca.sdk.materialized import Materialized
    from genoteca.sdk.tiny_sample import TinySample

__all__ = ["MakeSample", "genoteca_sample", "materialize_module"]


class MakeSample(Protocol):
    """What the fixture `genoteca_sample` gives."""

    def __call__(
        self,
        vcf: str | None = None,
        *,
        build: Build | str = "GRCh38",
        sex: Sex | str = "unstated",
        kind: SampleKind | str | None = None,
    ) -> TinySample:
        """Read a VCF, given as text, into a sample.

        Without one: rs4988235 het (`A/G`) and rs17822931 hom-ref (`C/C`), in the build asked for.
        `kind`: None takes what the file looks like.
        """


@pytest.fixture
def genoteca_sample(tmp_path: Path) -> MakeSample:
    """Make tiny samples in the test's temporary folder: `genoteca_sample(vcf_text, build="GRCh37")`."""

    def make(
        vcf: str | None = None,
        *,
        build: Build | str = "GRCh38",
        sex: Sex | str = "unstated",
        kind: SampleKind | str | None = None,
    ) -> TinySample:
        from genoteca.model.build import Build
        from genoteca.model.sample import SampleKind, Sex
        from genoteca.sdk.tiny_sample import read_tiny_sample

        return read_tiny_sample(
            vcf, tmp_path, build=Build(build), sex=Sex(sex), kind=SampleKind(kind) if kind else None
        )

    return make


def materialize_module(
    plugin: object,
    sample: TinySample,
    *,
    settings: Mapping[str, JsonValue] | None = None,
    sources: Mapping[str, Path] | None = None,
    built_on: Sequence[Materialized] = (),
) -> Materialized:
    """Make a module's reference and its annotations of a sample, as the app would.

    `plugin`: the module's Python module or object with the hooks, or `data_plugin(folder)`.
    `sources`: for an address that the module fetches, the local file that stands for it.
    `built_on`: what the modules that it requires made of the same sample.

    Raises:
        GenotecaError: what the module raised.
        FetchError: the module asked for an address that `sources` does not name.

    """
    from genoteca.sdk.materialized import materialize

    return materialize(plugin, sample, settings=settings or {}, sources=sources or {}, built_on=built_on)

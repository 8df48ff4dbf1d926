"""What the desktop remembers: whose genome is looked at, the page, a table's columns, the folded navigation."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, urlencode

from pydantic import JsonValue, TypeAdapter, ValidationError

from genoteca.actions.app import App
from genoteca.actions.kept_views import telling
from genoteca.actions.view import View
from genoteca.engine.samples import all_samples
from genoteca.model.build import Build
from genoteca.model.carrying import compared_columns
from genoteca.model.filter import Filter
from genoteca.model.sample import SampleKind
from genoteca.store.desktop_state import DesktopState

__all__ = [
    "KnownSample",
    "choose_columns",
    "choose_sample",
    "chosen_columns",
    "current_sample",
    "fold_navigation",
    "known_samples",
    "last_page",
    "leave_sample",
    "navigation_folded",
    "page_of_another",
    "remember_page",
    "sample_of",
]

_FILTER: TypeAdapter[Filter] = TypeAdapter(Filter)
_VIEW = TypeAdapter(dict[str, JsonValue])
SAMPLE = "sample"
PAGE = "page"
FOLDED = "navigation folded"
_WHOSE = re.compile(
    r"/(?P<part>genomes|results|report|explore|variant|changes|lineage)/(?P<key>[^/?#]+/[^/?#]+)(?=[/?#]|$)"
)
"""Addresses that are a sample's."""
PASSING = ("/runs/", "/welcome", "/author")
"""Pages of something that is over when it is left."""
LONGEST_PAGE = 4000
"""Letters of an address that is kept; a longer one is no page that a person would miss."""


class KnownSample(View):
    """One sample as the header names it."""

    key: str
    who: str
    name: str
    kind: SampleKind
    build: Build
    synthetic: bool

    @property
    def kind_words(self) -> str:
        """Give the kind as it begins a line; gVCF is written so everywhere."""
        return self.kind.value if self.kind is SampleKind.GVCF else self.kind.value.capitalize()


def known_samples(app: App) -> list[KnownSample]:
    """Give every sample, the one added last first; only names are read, no table."""
    found = sorted(all_samples(app.layout), key=lambda sample: sample.added, reverse=True)
    return [
        KnownSample(
            key=one.id.key,
            who=one.user_name,
            name=one.sample_name,
            kind=one.kind,
            build=one.build,
            synthetic=one.synthetic,
        )
        for one in found
    ]


def current_sample(app: App) -> str:
    """Give the key of the sample that is looked at: the one chosen last, else the newest; empty: there is none."""
    known = [sample.key for sample in known_samples(app)]
    chosen = _state(app).get(SAMPLE)
    return str(chosen) if chosen in known else next(iter(known), "")


def choose_sample(app: App, key: str) -> None:
    """Look at a sample from here on; a key that no sample has changes nothing."""
    if any(sample.key == key for sample in known_samples(app)) and _state(app).get(SAMPLE) != key:
        _state(app).set(SAMPLE, key)


def remember_page(app: App, address: str) -> None:
    """Keep the address that is looked at, filters and order included; the start, and what passes, is not kept.

    A filter that compares a genotype is left out of it, as it is nowhere kept outside of its genome's own folder.
    """
    if not address.startswith(PASSING) and len(address) <= LONGEST_PAGE:
        _state(app).set(PAGE, None if address == "/" else _without_genotypes(address))


def _without_genotypes(address: str) -> str:
    path, _, query = address.partition("?")
    asked = dict(parse_qsl(query))
    kept = {name: told for name, value in asked.items() if (told := _KEPT_OF.get(name, str)(value))}
    return address if kept == asked else path + (f"?{urlencode(kept)}" if kept else "")


def _where(text: str) -> str:
    """Give the explorer's filter as it may be kept: whole, or not at all."""
    try:
        return "" if telling(list(compared_columns(_FILTER.validate_json(text)))) else text
    except ValidationError:
        return ""


def _view(text: str) -> str:
    """Give a table's view as it may be kept: without filters of genotypes."""
    try:
        view = _VIEW.validate_json(text)
    except ValidationError:
        return ""
    filters = view.get("filter")
    if not isinstance(filters, dict) or not (held := telling(list(filters))):
        return text
    kept = {name: told for name, told in filters.items() if name not in held}
    return json.dumps({**view, "filter": kept})


_KEPT_OF = {"where": _where, "view": _view}


def last_page(app: App) -> str:
    """Give the address that was looked at last; empty: none, or its sample is gone."""
    address = str(_state(app).get(PAGE) or "")
    whose = sample_of(address)
    return "" if whose and whose not in {sample.key for sample in known_samples(app)} else address


def sample_of(address: str) -> str:
    """Give the key of the sample whose page an address is; empty: it is no sample's."""
    told = _WHOSE.match(address)
    return told["key"] if told else ""


def page_of_another(address: str, sample: KnownSample, before: KnownSample | None) -> str:
    """Give the page of the same kind for another sample; an address that is no sample's stays as it is.

    `before`: whose page it is. Positions mean other places in another build: there the page is opened without them.
    """
    told = _WHOSE.match(address)
    if told is None:
        start = {"/": "/results", "/results": "/results", "/explore": "/explore"}.get(address)
        return f"{start}/{sample.key}" if start else address
    rest = "" if told["part"] == "changes" else address[told.end() :]  # an older answer is of one genome only
    if before is None or before.build is not sample.build:
        part, rest = ("explore", "") if told["part"] == "variant" else (told["part"], rest.partition("?")[0])
        return f"/{part}/{sample.key}{rest}"
    return f"/{told['part']}/{sample.key}{rest}"


def leave_sample(app: App, key: str) -> None:
    """Forget what was remembered of a sample."""
    state = _state(app)
    if state.get(SAMPLE) == key:
        state.set(SAMPLE, None)
    if sample_of(str(state.get(PAGE) or "")) == key:
        state.set(PAGE, None)


def chosen_columns(app: App, source: str, *, preset: str = "") -> list[str] | None:
    """Give the columns that a person chose for a table, in no order; None: whatever it shows of itself.

    `source`: the module, or the name of a table of the app. `preset`: the one that the module is shown under.
    """
    kept = _state(app).get(_columns(source, preset))
    return [str(name) for name in kept] if isinstance(kept, list) else None


def choose_columns(app: App, source: str, columns: list[str] | None, *, preset: str = "") -> None:
    """Keep the columns that a person chose for a table; None goes back to what it shows of itself."""
    _state(app).set(_columns(source, preset), None if columns is None else [*columns])


def navigation_folded(app: App) -> bool:
    """Whether the navigation shows icons only."""
    return _state(app).get(FOLDED) is True


def fold_navigation(app: App, *, folded: bool) -> None:
    """Keep whether the navigation shows icons only."""
    _state(app).set(FOLDED, folded or None)


def _columns(source: str, preset: str) -> str:
    return f"columns {source}" + (f" {preset}" if preset else "")


def _state(app: App) -> DesktopState:
    return DesktopState(app.layout.database)

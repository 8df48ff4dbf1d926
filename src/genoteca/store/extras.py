"""What modules require and the app does not bring: resolved, fetched, and kept so that it is fetched once."""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from genoteca.errors import InstallError
from genoteca.model.outside import Asked
from genoteca.store import tool
from genoteca.store.digest import file_digest
from genoteca.store.environment import missing_requirements, taken_names
from genoteca.store.record import Extra, ModuleRecord, kept_wheel
from genoteca.store.stages import Stages
from genoteca.store.syncing import keep_file
from genoteca.store.wheels import inspect_extra

if TYPE_CHECKING:
    import httpx

__all__ = ["plan_extras"]

SECONDS = 60
CHUNK = 1024 * 1024


def plan_extras(
    records: tuple[ModuleRecord, ...],
    kept: tuple[Extra, ...],
    *,
    modules: Path,
    versions: dict[str, str],
    offline: bool,
    stages: Stages,
) -> tuple[Extra, ...]:
    """Decide which further distributions these modules need, and prove that all of it can live with the app.

    Nothing is asked from the network when the app, the modules and what is `kept` suffice.

    Raises InstallError with the installer's reason on a conflict; nothing was changed then.
    """
    present = {**versions, **{record.distribution: record.version for record in records}}
    wanted = sorted({line for record in records for line in missing_requirements(record.requires, present)})
    extras = kept if wanted else ()
    with tempfile.TemporaryDirectory(prefix="genoteca-plan-") as folder:
        work = Path(folder)
        if _covers(wanted, extras):
            try:
                tool.try_install(_wheels(modules, (*records, *extras)), versions, work, stages)
            except InstallError:
                stages.go_on()
                if not extras:
                    raise
            else:
                return extras
        _refuse_offline(wanted, offline=offline)
        lock = tool.resolve(wanted, versions, work, stages)
        fresh = _fetch(lock, modules, versions, work, stages)
        tool.try_install(_wheels(modules, (*records, *fresh)), versions, work, stages)
        return fresh


def _covers(wanted: list[str], extras: tuple[Extra, ...]) -> bool:
    have = {extra.distribution for extra in extras}
    return all(canonicalize_name(Requirement(line).name) in have for line in wanted)


def _wheels(modules: Path, records: Iterable[ModuleRecord | Extra]) -> list[Path]:
    return [kept_wheel(modules, record.sha256, record.wheel) for record in records]


def _refuse_offline(wanted: list[str], *, offline: bool) -> None:
    if offline:
        raise InstallError(
            f"It requires {', '.join(wanted)}, which the app does not bring, and Genoteca is set to stay offline",
            hint="Allow the network in the settings, install, then forbid it again.",
        )


def _fetch(lock: Path, modules: Path, versions: dict[str, str], work: Path, stages: Stages) -> tuple[Extra, ...]:
    packages = tomllib.loads(lock.read_text("utf-8")).get("packages", [])
    return tuple(
        _fetch_one(package, modules, work, stages)
        for package in packages
        if versions.get(canonicalize_name(package["name"])) != package.get("version")
    )


def _fetch_one(package: dict[str, Any], modules: Path, work: Path, stages: Stages) -> Extra:
    url, sha256 = _pure_wheel(package)
    name = unquote(urlsplit(url).path.rpartition("/")[2])
    target = kept_wheel(modules, sha256, name)
    if not target.is_file() or file_digest(target) != sha256:
        _download(url, sha256, work / name, stages)
        inspect_extra(work / name, taken=taken_names())
        keep_file(work / name, target)
    return Extra(
        distribution=canonicalize_name(package["name"]), version=package["version"], wheel=name, sha256=sha256
    )


def _pure_wheel(package: dict[str, Any]) -> tuple[str, str]:
    for wheel in package.get("wheels", []):
        url, sha256 = wheel.get("url", ""), wheel.get("hashes", {}).get("sha256", "")
        if url.startswith(("https://", "http://")) and urlsplit(url).path.endswith("-none-any.whl") and sha256:
            return url, sha256
    raise InstallError(
        f"It requires {package['name']} {package.get('version', '')}, of which there is no pure wheel with a sha256",
        hint="A module may only bring pure Python; compiled packages must be those of the app.",
    )


def _download(url: str, sha256: str, target: Path, stages: Stages) -> None:
    import httpx  # a fifth of the app's own imports, for something that few modules need

    try:
        with (
            _telling(stages) as client,
            client.stream("GET", url) as answer,
            target.open("wb") as file,
        ):
            answer.raise_for_status()
            for chunk in answer.iter_bytes(CHUNK):
                stages.go_on()
                file.write(chunk)
    except httpx.HTTPError as error:
        raise InstallError(f"{url} could not be fetched: {error}", hint="Check the network and try again.") from error
    if file_digest(target) != sha256:
        raise InstallError(
            f"{url} is not what the index promised: its sha256 is {file_digest(target)}, {sha256} was expected",
            hint="It was damaged on the way or replaced. Try again; if it stays so, do not install the module.",
        )


@contextmanager
def _telling(stages: Stages) -> Iterator[httpx.Client]:
    """Open a client that tells of every request it made, those it was redirected to included, when it is closed."""
    import httpx

    sent: list[httpx.Request] = []
    answered: dict[int, httpx.Response] = {}

    def hear(response: httpx.Response) -> None:
        answered[id(response.request)] = response

    try:
        with httpx.Client(
            event_hooks={"request": [sent.append], "response": [hear]}, follow_redirects=True, timeout=SECONDS
        ) as client:
            yield client
    finally:
        for request in sent:
            answer = answered.get(id(request))
            received, outcome = (answer.num_bytes_downloaded, str(answer.status_code)) if answer else (0, "no answer")
            stages.asked(Asked(str(request.url.copy_with(query=None, userinfo=b"")), received, outcome))

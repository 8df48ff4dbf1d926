"""A Hugging Face Hub on this computer: the few calls that fetching makes, answered as the Hub answers them.

Large files stand under another host name, as the Hub's do: the endpoint is 127.0.0.1, they are at `localhost`.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any
from urllib.parse import parse_qs, unquote

from .publisher import Handler, Publisher

DATASET = "acme/variants"

API = re.compile(r"/api/datasets/([\w.-]+/[\w.-]+)/(revision|paths-info)/([^/?]+)")
RESOLVE = re.compile(r"/datasets/([\w.-]+/[\w.-]+)/resolve/([^/]+)/(.+)")
LARGE = (".parquet", ".gz")


def is_large(path: str) -> bool:
    """Whether the Hub keeps a file apart from git."""
    return path.endswith(LARGE)


def git_id(body: bytes) -> str:
    """The id that git gives a file's contents."""
    return hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest()  # noqa: S324 - what git does


def sha256(body: bytes) -> str:
    """The id of a large file."""
    return hashlib.sha256(body).hexdigest()


class LoopbackHub(Publisher):
    """Datasets with commits; a token where one is needed."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.elsewhere = f"http://localhost:{port}"
        self.commits: dict[str, dict[str, bytes]] = {}
        self.main: dict[str, str] = {}
        self.token = ""
        """Who does not show it sees no dataset; empty: everybody does."""
        self.gated = False

    def commit(self, files: dict[str, bytes], dataset: str = DATASET) -> str:
        """Commit files on top of those that are there; gives the commit."""
        parent = self.main.get(dataset, "")
        whole = self.commits.get(parent, {}) | files
        told = parent + repr(sorted((path, git_id(body)) for path, body in whole.items()))
        commit = hashlib.sha1(told.encode()).hexdigest()  # noqa: S324 - a commit's id is one
        self.commits[commit] = whole
        self.main[dataset] = commit
        for path, body in whole.items():
            if is_large(path):
                self.offer(large(body), body, etag=f'"{sha256(body)}"')
            else:
                self.offer(small(commit, path, dataset), body, etag=f'"{git_id(body)}"')
        return commit

    def answer(self, handler: Handler) -> None:
        """Answer as the Hub does; `handler.path` may be a file's."""
        api, resolve = API.match(handler.path), RESOLVE.fullmatch(handler.path)
        if not api and not resolve:
            return super().answer(handler)
        dataset, revision = (api[1], api[3]) if api else (resolve[1], resolve[2]) if resolve else ("", "")
        commit = self.main.get(dataset, "") if revision == "main" else revision
        if refused := self._refused(handler, dataset, commit):
            return refuse(handler, *refused)
        if resolve:
            return self._resolve(handler, commit, unquote(resolve[3]))
        told = self._info(dataset, commit) if api and api[2] == "revision" else self._paths(handler, commit)
        return handler.reply(200, json.dumps(told).encode(), {"Content-Type": "application/json"})

    def _refused(self, handler: Handler, dataset: str, commit: str) -> tuple[int, str] | None:
        shown = handler.headers.get("Authorization", "")
        if dataset not in self.main or (self.token and shown != f"Bearer {self.token}"):
            return (404 if shown else 401), "RepoNotFound"
        if commit not in self.commits:
            return 404, "RevisionNotFound"
        if self.gated and RESOLVE.fullmatch(handler.path):
            return 403, "GatedRepo"
        return None

    def _info(self, dataset: str, commit: str) -> dict[str, Any]:
        return {"_id": "0", "id": dataset, "sha": commit, "private": False, "tags": [], "downloads": 0, "likes": 0}

    def _paths(self, handler: Handler, commit: str) -> list[dict[str, Any]]:
        asked = parse_qs(handler.rfile.read(int(handler.headers["Content-Length"])).decode())["paths"]
        return [entry(path, self.commits[commit][path]) for path in asked if path in self.commits[commit]]

    def _resolve(self, handler: Handler, commit: str, path: str) -> None:
        body = self.commits[commit].get(path)
        if body is None:
            return refuse(handler, 404, "EntryNotFound")
        if is_large(path):
            return handler.reply(302, headers={"Location": self.elsewhere + large(body), "X-Repo-Commit": commit})
        return handler.well(self.files[handler.path])


def entry(path: str, body: bytes) -> dict[str, Any]:
    """What the Hub says of a file."""
    told: dict[str, Any] = {"type": "file", "oid": git_id(body), "size": len(body), "path": path}
    if is_large(path):
        told["lfs"] = {"oid": sha256(body), "size": len(body), "pointerSize": 134}
    return told


def large(body: bytes) -> str:
    """Where a large file is."""
    return f"/cdn/{sha256(body)}"


def small(commit: str, path: str, dataset: str = DATASET) -> str:
    """Where a file is asked for."""
    return f"/datasets/{dataset}/resolve/{commit}/{path}"


def refuse(handler: Handler, status: int, code: str) -> None:
    """Say no in the Hub's way."""
    handler.reply(status, json.dumps({"error": code}).encode(), {"X-Error-Code": code})

"""Kept reports as the browser opens them: a page of their own that can load nothing and run nothing."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import FileResponse, PlainTextResponse, Response

from genoteca import actions
from genoteca.errors import GenotecaError
from genoteca.ui.desktop import Desktop, ask

__all__ = ["report_address", "report_routes"]

# The page has a policy of its own in its head; both hold. A click may open a source in a new tab.
# No `sandbox`: from an origin of its own the page could not fetch its tables, which ask for the cookie.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def report_address(key: str, name: str, file: str = "report.html", *, download: bool = False) -> str:
    """Give the address of a kept report, or of one of its tables."""
    return f"/api/reports/{key}/{name}/{file}" + ("?download=1" if download else "")


def report_routes(desktop: Desktop) -> APIRouter:
    """Give the addresses where kept reports are opened."""
    router = APIRouter()

    @router.get("/api/reports/{user}/{sample}/{name}/{file}")
    async def get(user: str, sample: str, name: str, file: str, download: int = 0) -> Response:
        try:
            path = await ask(actions.report_path, desktop.app, f"{user}/{sample}", name, file)
        except GenotecaError as error:
            return PlainTextResponse(f"{error.message} {error.hint}", status_code=404)
        if file.endswith(".html") and not download:
            return FileResponse(path, headers={"content-security-policy": POLICY}, media_type="text/html")
        return FileResponse(path, filename=f"{sample}-{name}-{file}")

    return router

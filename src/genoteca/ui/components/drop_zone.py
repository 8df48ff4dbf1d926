"""Where a genome file is dropped; the browser sends it and shows how far it is (assets/ui/genoteca.js)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import events, ui

from genoteca.ui.components.boxes import box, said

__all__ = ["drop_zone"]


def drop_zone(
    on_file: Callable[[str], Awaitable[None]], on_refused: Callable[[str], object], *, accept: str = ""
) -> ui.element:
    """Make a drop zone. `on_file` gets the handle of a file that arrived whole."""

    async def arrived(event: events.GenericEventArguments) -> None:
        await on_file(str(event.args["detail"]))

    def refused(event: events.GenericEventArguments) -> None:
        on_refused(str(event.args["detail"]))

    zone = box("drop").on("uploaded", arrived, ["detail"]).on("refused", refused, ["detail"])
    with zone:
        ui.icon("upload_file").props("aria-hidden=true")
        with box("idle"):
            said("Drop a genome file here", "h2")
            said(
                "VCF, gVCF, BCF, or the raw data of a DNA test (23andMe, AncestryDNA and others), compressed or not, "
                "also in a zip or tar. It stays on this computer."
            )
            picker = ui.element("input").props("type=file").props(f"id=genome-file-{zone.id}")
            picker.props["aria-label"] = "Choose a genome file"
            if accept:
                picker.props["accept"] = accept
            with ui.element("label").classes("pick").props(f"for=genome-file-{zone.id}"):
                ui.icon("folder_open", size="19px").props("aria-hidden=true")
                ui.label("Choose a file")
        with box("sending").props("aria-live=polite"):
            with box("track"):
                ui.element("div")
            said("", "soft words")
            with ui.element("button").classes("stop").props("type=button"):
                ui.label("Cancel")
    return zone

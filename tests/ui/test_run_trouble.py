"""What went wrong in a run: every cause in a box of its own, what follows from it in one line."""

from __future__ import annotations

from datetime import UTC, datetime

from nicegui import ui
from nicegui.testing.user_simulation import user_simulation

from genoteca.actions.views import RunCard
from genoteca.model.run import LEFT_OUT, Run, RunKind, RunRequest, RunStatus
from genoteca.ui.components.run_live import run_trouble


async def test_what_was_left_out_because_of_a_failure_is_named_without_a_box_of_its_own() -> None:
    run = Run(
        id="one",
        request=RunRequest(kind=RunKind.ANNOTATE, partition="me/mine", modules=["clinvar"], assets=[]),
        status=RunStatus.FAILED,
        queued=datetime.now(UTC),
        failed_assets={
            "clinvar/annotations": {"title": "Something must be made first", "message": "It is not there."},
            "clinvar/report": {"title": LEFT_OUT, "message": "It is made from clinvar/annotations."},
        },
    )
    async with user_simulation() as person:

        @ui.page("/trouble")
        def trouble() -> None:
            run_trouble(RunCard(run=run, title="Annotate"), {"clinvar": "ClinVar"})

        await person.open("/trouble")
        await person.should_see("Something must be made first")
        await person.should_see("Not made, as it rests on what failed: ClinVar: report.")
        await person.should_not_see("It is made from clinvar/annotations.")

from __future__ import annotations

from datetime import UTC, datetime

from genoteca.model.run import Run, RunKind, RunRequest, RunStatus


def run(kind: RunKind, *modules: str, status: RunStatus = RunStatus.QUEUED) -> Run:
    of_genome = kind is not RunKind.REFERENCE
    name = {RunKind.REFERENCE: "reference", RunKind.IMPORT: "variants"}.get(kind, "annotations")
    assets = [[module, name] for module in modules] or [["sample", name]]
    request = RunRequest(kind=kind, partition="anna/g" if of_genome else None, assets=assets, modules=list(modules))
    return Run(id="run", request=request, status=status, queued=datetime.now(UTC))


def told(found: Run) -> tuple[RunStatus, list[list[str]], list[str]]:
    return found.status, found.wanted, found.cancelled_assets


ASKED = run(RunKind.ANNOTATE, "clinvar", "traits")
BOTH = [["clinvar", "annotations"], ["traits", "annotations"]]


def test_nothing_is_left_out_where_nothing_was_cancelled() -> None:
    failed = run(RunKind.REFERENCE, "clinvar", status=RunStatus.FAILED)
    done = run(RunKind.REFERENCE, "traits", status=RunStatus.SUCCEEDED)
    assert told(ASKED.begun([failed, done])) == (RunStatus.RUNNING, BOTH, [])


def test_a_module_whose_data_was_not_fetched_is_cancelled_and_the_others_are_asked() -> None:
    cancelled = run(RunKind.REFERENCE, "clinvar", status=RunStatus.CANCELLED)
    assert told(ASKED.begun([cancelled])) == (RunStatus.RUNNING, BOTH[1:], ["clinvar/annotations"])


def test_where_no_module_is_left_the_run_is_cancelled_although_it_would_lift_the_genome() -> None:
    asked = run(RunKind.ANNOTATE, "clinvar")
    asked.request.assets.insert(0, ["sample", "lifted"])
    cancelled = run(RunKind.REFERENCE, "clinvar", status=RunStatus.CANCELLED)
    found = asked.begun([cancelled])
    assert (found.status, found.started) == (RunStatus.CANCELLED, None)
    assert found.ended is not None


def test_a_genome_that_was_not_read_and_chains_that_were_not_fetched_cancel_everything() -> None:
    for before in (
        run(RunKind.IMPORT, status=RunStatus.CANCELLED),
        run(RunKind.REFERENCE, "liftover-chains", status=RunStatus.CANCELLED),
    ):
        assert told(ASKED.begun([before])) == (RunStatus.CANCELLED, [], ["clinvar/annotations", "traits/annotations"])

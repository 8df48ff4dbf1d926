"""`genoteca samples …`."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from genoteca import actions
from genoteca.actions import AddSample, App, SampleCard
from genoteca.cli.following import follow
from genoteca.cli.forgetting import tell
from genoteca.cli.printing import print_json, print_table, say, status
from genoteca.cli.quality import changed_limits, limits_lines, quality_document, quality_lines
from genoteca.cli.session import Json, session
from genoteca.errors import InputError, RunError
from genoteca.model.sample import CallLimits, SampleId, SampleKind, Sex

if TYPE_CHECKING:
    from pydantic import JsonValue

__all__ = ["commands"]

commands = typer.Typer(help="Genomes: add, list, show, limit, forget.", no_args_is_help=True, rich_markup_mode=None)

Key = Annotated[str, typer.Argument(metavar="U/S", help="A sample, as user/sample.")]


class BuildChoice(StrEnum):
    """A genome build, or whatever the file says."""

    AUTO = "auto"
    NCBI36 = "NCBI36"
    GRCH37 = "GRCh37"
    GRCH38 = "GRCh38"


@commands.command("add")
def add(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A VCF, BCF or array, or an archive that holds one.")],
    user: Annotated[str, typer.Option("--user", help="Whose genome it is.")] = "me",
    name: Annotated[str, typer.Option("--name", help="Name of the sample; else the one in the file.")] = "",
    pick: Annotated[list[str] | None, typer.Option("--pick", help="Which sample of several; repeatable.")] = None,
    everyone: Annotated[bool, typer.Option("--all", help="Every sample of a file with several.")] = False,
    member: Annotated[str | None, typer.Option("--member", help="Which genome of an archive with several.")] = None,
    build: Annotated[BuildChoice, typer.Option("--build", help="Genome build.")] = BuildChoice.AUTO,
    sex: Annotated[Sex, typer.Option("--sex", help="Chromosomal sex; decides what X and Y genotypes mean.")] = (
        Sex.UNSTATED
    ),
    decompose: Annotated[
        bool, typer.Option("--decompose", help="Take exchanges of several bases (MNVs) apart into single bases.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Read a genome file; says what was kept, what was set aside, and why."""
    if everyone and pick:
        raise InputError("--all and --pick were both given.", hint="Give one of them.")
    request = AddSample(
        path=str(file.expanduser().absolute()),
        user=user,
        sample=name,
        member=member,
        build=build.value,
        sex=sex,
        decompose=decompose,
    )
    with session(context).app(executing=True) as app:
        added = actions.add_samples(app, request, None if everyone else (pick or [None]))
        if len(added) == 1:
            _follow_one(app, *added[0], as_json=as_json)
        else:
            _follow_each(app, added, as_json=as_json)


def _follow_one(app: App, sample: SampleId, run_id: str, *, as_json: bool) -> None:
    run = follow(app, run_id, quiet=as_json)
    report = actions.sample_report(app, sample.key, run)
    if as_json:
        print_json(**report)
    else:
        _print_card(actions.show_sample(app, sample.key))


def _follow_each(app: App, added: Sequence[tuple[SampleId, str]], *, as_json: bool) -> None:
    """Follow every reading to its end; one that fails does not keep the others from being told."""
    reports: list[dict[str, JsonValue]] = []
    failed: list[RunError] = []
    for sample, run_id in added:
        run = follow(app, run_id, quiet=as_json)
        try:
            reports.append(actions.sample_report(app, sample.key, run))
        except RunError as error:
            failed.append(error)
            status(f"{sample.key}: {error.title}. {error.message}")
            continue
        if not as_json:
            _print_card(actions.show_sample(app, sample.key))
    if failed:
        raise RunError(
            f"{len(failed)} of {len(added)} genomes could not be read; the first: {failed[0].message}",
            title=failed[0].title,
            hint=failed[0].hint,
        )
    if as_json:
        print_json(samples=reports)


@commands.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """List the samples, and where each module stands for each."""
    with session(context).app() as app:
        cards = actions.list_samples(app)
    if as_json:
        print_json(samples=cards)
        return
    print_table(
        ["Sample", "State", "Build", "Kind", "Variants", "Added"],
        [
            (
                c.sample.id,
                c.state,
                c.sample.build,
                c.sample.kind,
                c.intake and c.intake.rows,
                f"{c.sample.added:%Y-%m-%d}",
            )
            for c in cards
        ],
    )


@commands.command("show")
def show(context: typer.Context, key: Key, as_json: Json = False) -> None:
    """Show one sample: what was found in its file, and what each module says."""
    with session(context).app() as app:
        card = actions.show_sample(app, key)
    if as_json:
        print_json(sample=card)
    else:
        _print_card(card)


@commands.command("quality")
def quality(
    context: typer.Context,
    key: Key,
    inferred_sex: Annotated[
        bool, typer.Option("--inferred-sex", help="Also say what X and Y look like, beside the stated sex.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show how good a sample's file is: counts, ratios, coverage, filters."""
    with session(context).app() as app:
        report = actions.genome_report(app, key)
    if as_json:
        print_json(**quality_document(report, inferred_sex=inferred_sex))
    else:
        for line in quality_lines(report, inferred_sex=inferred_sex):
            say(line)


@commands.command("limits")
def limits(
    context: typer.Context,
    key: Key,
    gq: Annotated[int | None, typer.Option("--gq", help="Mark calls with a genotype quality (GQ) below.")] = None,
    dp: Annotated[int | None, typer.Option("--dp", help="Mark calls with fewer reads (DP).")] = None,
    qual: Annotated[float | None, typer.Option("--qual", help="Mark calls with a quality (QUAL) below.")] = None,
    balance: Annotated[
        float | None,
        typer.Option("--balance", help="Mark heterozygous calls with less than this share of reads for an allele."),
    ] = None,
    filter_failing: Annotated[
        list[str] | None,
        typer.Option(
            "--filter-failing", metavar="NAME", help="A name in FILTER that counts; repeat it; or: all, none."
        ),
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Forget this sample's limits; the settings hold.")] = False,
    preview: Annotated[bool, typer.Option("--preview", help="Only say what they would mark; keep nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Show or change the limits below which a sample's calls are marked filtered; none is ever deleted."""
    asked = _asked(gq, dp, qual, balance, filter_failing)
    with session(context).app() as app:
        now = CallLimits() if clear else actions.show_sample(app, key).sample.limits
        wanted = changed_limits(now, asked)
        told = actions.preview_limits(app, key, wanted)
        if (asked or clear) and not preview:
            actions.set_limits(app, key, wanted)
        effective = actions.genome_report(app, key).effective
    if as_json:
        print_json(sample=key, limits=wanted, effective=effective, preview=told, kept=not preview)
        return
    for line in limits_lines(wanted, told):
        say(line)


@commands.command("read-again")
def read_again(context: typer.Context, key: Key, as_json: Json = False) -> None:
    """Read a sample's file once more, with the limits that now hold."""
    with session(context).app(executing=True) as app:
        run_id = actions.read_again(app, key)
        run = follow(app, run_id, quiet=as_json)
        report = actions.sample_report(app, key, run)
        card = actions.show_sample(app, key)
    if as_json:
        print_json(**report)
    else:
        _print_card(card)


@commands.command("forget")
def forget(
    context: typer.Context,
    key: Key,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Delete a sample and everything made from it, as `genoteca forget U/S`."""
    if not yes and (as_json or not typer.confirm(f"Delete {key} and everything made from it?")):
        raise InputError(f"{key} was not deleted.", title="Nothing was deleted", hint="Say --yes to delete it.")
    with session(context).app() as app:
        done = actions.forget_sample(app, key)
    tell(done, None, as_json=as_json)


def _asked(
    gq: int | None, dp: int | None, qual: float | None, balance: float | None, failing: list[str] | None
) -> dict[str, object]:
    """Give the limits that options name, by field."""
    told = {"min_genotype_quality": gq, "min_depth": dp, "min_quality": qual, "min_balance": balance}
    asked: dict[str, object] = {name: value for name, value in told.items() if value is not None}
    if failing:
        asked["failing"] = {"all": None, "none": ()}.get(failing[0], tuple(failing))
    return asked


def _print_card(card: SampleCard) -> None:
    sample = card.sample
    say(f"{sample.id}: {sample.kind}, {sample.build} ({sample.build_evidence})")
    if sample.decompose:
        say("Exchanges of several bases are taken apart into single bases")
    if card.trouble:
        say(f"{card.trouble.title}: {card.trouble.message}")
    if card.intake:
        _print_intake(card)
    if card.why_read_again:
        say(f"Should be read again (genoteca samples read-again {sample.id}): {card.why_read_again}")
    for answer in card.answers:
        say(f"{answer.title}: {answer.state}" + (f" ({answer.why})" if answer.why else ""))
        for words in filter(None, (answer.words, answer.lifted)):
            say(f"  {words}")
        for words in actions.unusable_words(answer.unusable):
            say(f"  {words}")


def _print_intake(card: SampleCard) -> None:
    intake = card.intake
    if intake is None:
        return
    aside = sum(one.records for one in intake.set_aside.values())
    say(f"{intake.records_read:,} records read = {intake.records_kept:,} kept + {aside:,} set aside")
    for reason, one in intake.set_aside.items():
        say(f"  {one.records:,} {reason} (records {', '.join(map(str, one.first_lines))})")
    for allele, count in intake.alleles_set_aside.items():
        say(f"  {count:,} alleles {allele} make no row")
    if intake.kind is SampleKind.ARRAY:
        say(f"{intake.rows:,} positions called, {intake.coverage_rows:,} without a call")
    else:
        say(f"{intake.rows:,} variants, {intake.carried:,} carried; {intake.coverage_rows:,} stretches of coverage")
    if intake.structural_rows:
        say(f"{intake.structural_rows:,} structural variants, {intake.structural_carried:,} carried")
    for warning in intake.warnings:
        say(f"  Note: {warning}")

"""What a person says about a genome: names as shown, sex, relation, laboratory, day of the test, a note."""

from __future__ import annotations

from datetime import UTC, date, datetime

from pydantic import ValidationError

from genoteca.actions.app import App
from genoteca.actions.rereading import other_copies
from genoteca.actions.view import View
from genoteca.engine import records
from genoteca.engine.samples import all_samples, read_sample, write_sample
from genoteca.errors import InputError, RunError
from genoteca.model.run import RunStatus
from genoteca.model.sample import FormerSex, Sample, SampleDetails, SampleId, Sex

__all__ = ["Description", "SexChange", "describe_sample", "sex_change"]

MOST_NAME = 80
"""Characters of a name: it stands on cards and in the head of every page."""
FIRST_TEST = date(1990, 1, 1)
"""No genome file is older; an earlier day is a slip."""


class Description(View):
    """Changes of what is said about a sample; null leaves a value as it is, empty text takes it away."""

    person: str | None = None
    """Name of the person, as shown; it holds for every genome of the person."""
    name: str | None = None
    """Name of the genome, as shown. The key under which it is kept stays."""
    sex: Sex | None = None
    relation: str | None = None
    laboratory: str | None = None
    tested: str | None = None
    """A day as `2026-03-31`."""
    note: str | None = None


class SexChange(View):
    """What another stated sex means for a sample."""

    affects: str
    """What it decides, in words."""
    read_again: bool
    """Whether the tables must be read again: the file has calls on X or Y, and their copies are counted otherwise."""
    answers: int
    """Modules whose answers are then out of date."""


def describe_sample(app: App, key: str, changes: Description) -> Sample:
    """Keep what a person says about a sample; nothing is read again, and the results stay.

    Another sex makes answers out of date, and where it matters the tables too: `sex_change` says so beforehand.

    Raises:
        NotFoundError: there is no such sample.
        InputError: a name is empty or too long, a day is none, or a text is too long; nothing is changed.
        RunError: the sex cannot be changed while a run of the sample waits or works.

    """
    sample = read_sample(app.layout, SampleId.parse(key))
    names = {"user_name": _name(changes.person, "person"), "sample_name": _name(changes.name, "genome")}
    new: dict[str, object] = {field: name for field, name in names.items() if name is not None}
    new["details"] = _details(sample.details, changes)
    if changes.sex is not None and changes.sex is not sample.sex:
        _refuse_at_work(app, key)
        former = FormerSex(sex=sample.sex, until=datetime.now(UTC))
        new |= {"sex": changes.sex, "former_sexes": (*sample.former_sexes, former)}
    changed = sample.model_copy(update=new)
    write_sample(app.layout, changed)
    if names["user_name"] is not None:
        _name_person(app, changed)
    return changed


def sex_change(app: App, key: str, sex: Sex) -> SexChange:
    """Say what stating another sex would mean for a sample; nothing is changed.

    Raises:
        NotFoundError: there is no such sample.
        DatasetError: a record of it is damaged.

    """
    sample = read_sample(app.layout, SampleId.parse(key))
    former = FormerSex(sex=sample.sex, until=datetime.now(UTC))
    thought = sample.model_copy(update={"sex": sex, "former_sexes": (*sample.former_sexes, former)})
    variants = records.current(app.layout, ["sample", "variants"], key)
    again = variants is not None and other_copies(thought, variants.record)
    answers = [
        stored
        for stored in records.all_records(app.layout)
        if stored.record.partition == key
        and stored.record.asset[-1] == "annotations"
        and thought.sex_at(stored.record.created) is not sex
    ]
    return SexChange(affects=_AFFECTS[sex], read_again=again, answers=len(answers))


_AFFECTS = {
    Sex.MALE: "One X and one Y: outside the ends that they share, a difference there is on the only copy, and two "
    "different letters at one place are marked as doubtful.",
    Sex.FEMALE: "Two copies of X and no Y: a question about the Y chromosome then does not apply.",
    Sex.UNSTATED: "Nothing is concluded from sex: X is read as the file writes it, and a question about Y is "
    "answered by what the file says.",
}


def _name(given: str | None, what: str) -> str | None:
    if given is None:
        return None
    name = " ".join(given.split())
    if not name or len(name) > MOST_NAME:
        raise InputError(
            f"The name of a {what} has 1 to {MOST_NAME} characters; {len(name)} were given.",
            title="This name cannot be used",
            hint="It is only shown: any letters will do.",
        )
    return name


def _details(now: SampleDetails, changes: Description) -> SampleDetails:
    texts = {name: getattr(changes, name) for name in ("relation", "laboratory", "note")}
    new: dict[str, object] = {name: text.strip() for name, text in texts.items() if text is not None}
    if changes.tested is not None:
        new["tested"] = _day(changes.tested)
    try:
        return SampleDetails.model_validate({**now.model_dump(), **new})
    except ValidationError as error:
        first = error.errors()[0]
        most = first.get("ctx", {}).get("max_length")
        raise InputError(
            f"{first['loc'][0]}: {len(str(first['input']))} characters were given, {most} at most are kept.",
            title="This text is too long",
            hint="Shorten it, or keep the long form in a file of your own.",
        ) from error


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError(
            f"{text!r} is no day.", title="This is not a day", hint="Write it as year-month-day: 2026-03-31."
        ) from error
    if not FIRST_TEST <= day <= datetime.now(UTC).date():
        raise InputError(
            f"{day} is before {FIRST_TEST} or still to come.", title="This day cannot be", hint="Look at the year."
        )
    return day


def _refuse_at_work(app: App, key: str) -> None:
    for run in app.index.with_status(RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.CANCELLING):
        if run.request.partition == key:
            raise RunError(
                f"A run of {key} is at work, and it reads X and Y by the sex that was stated when it began.",
                title="The sex cannot be changed just now",
                hint="Wait until the run has ended, or cancel it.",
            )


def _name_person(app: App, of: Sample) -> None:
    """Show every genome of a person under the same name."""
    for sample in list(all_samples(app.layout)):
        if sample.id.user == of.id.user and sample.user_name != of.user_name:
            write_sample(app.layout, sample.model_copy(update={"user_name": of.user_name}))

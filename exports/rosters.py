"""The roster: one line a person, the columns as data, streamed from the database into a workbook."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certification.models import Certificate
from certification.models.standing import with_figures
from certification.people import Selection, due_of
from certification.rules import HOLDS_CERTIFICATE, WORST_FIRST
from conduct_codes.models import SignOff
from exports.indicators import STEPS
from institutions.models import Area, Person, Post
from institutions.models.merges import COUNTED_PERSON
from institutions.workbooks import Column

BATCH = 2000
PERSON = ("pk", "name", "name_latin", "sex", "birth_date", "rank", "unasked")


@dataclass
class RosterLine:
    """What a roster says of one person; period is the one behind the worst status, None before anything was asked."""

    day: date
    values: tuple
    post: Post
    periods: list
    certificates: dict
    signatures: dict
    areas: dict

    @cached_property
    def person(self):
        return dict(zip(PERSON, self.values, strict=True))

    @cached_property
    def period(self):
        return next((period for period in self.periods if period.rank == self.person["rank"]), None)

    @cached_property
    def certificate(self):
        """The newest certificate under the requirement that the line is about."""
        return self.certificates.get(self.period.requirement_id) if self.period else None

    @cached_property
    def signature(self):
        """The last signature under the code that the line is about, of any edition: (day, number of the edition)."""
        return self.signatures.get(self.period.requirement.code_id, (None, None)) if self.period else (None, None)

    @property
    def status(self):
        return WORST_FIRST[self.person["rank"]].label

    @property
    def due(self):
        return due_of(self.period) if self.period else None

    def holds(self, figure):
        """1 if the figure is true of the person under every requirement that binds, else 0."""
        if self.person["unasked"] or not self.periods:
            return 0
        return min(getattr(period, f"is_{figure}") for period in self.periods)

    def reached(self, name):
        """The day of a step in the current round, else in the round of the certificate that still holds."""
        if self.period is None:
            return None
        days = [getattr(self.period, name)]
        if self.certificate and self.period.status in HOLDS_CERTIFICATE:
            days.append(self.certificate[f"period__{name}"])
        return next((day for day in days if day and day <= self.day), None)

    def of_certificate(self, name):
        return self.certificate[name] if self.certificate else None

    def area(self, digits):
        code = self.post.institution.area.code if self.post.institution.area_id else ""
        area = self.areas.get(code[:digits]) if len(code) >= digits else None
        return area.label if area else ""


@dataclass(frozen=True)
class RosterColumn:
    """One column as data: its heading, what it means, and how a line fills it."""

    key: str
    heading: Promise
    about: Promise
    value: Callable[[RosterLine], Any]
    kind: str = "text"
    width: float = 16


_l = gettext_lazy
SEX = dict(Person.Sex.choices)


def _figure(step):
    return RosterColumn(step.key, step.name, step.definition, lambda line: line.holds(step.key), "integer", 11)


_SIGNED, _TRAINED, _PASSED, _CERTIFIED = (
    _figure(next(step for step in STEPS if step.key == key)) for key in ("signed", "trained", "passed", "certified")
)
COLUMNS = (
    RosterColumn(
        "staff_number",
        _l("Staff number"),
        _l("Number in the register of the ministry, as text"),
        lambda line: line.post.staff_number.number if line.post.staff_number else "",
    ),
    RosterColumn("name", _l("Name"), _l("Family name first"), lambda line: line.person["name"], width=24),
    RosterColumn(
        "name_latin",
        _l("Name in Latin letters"),
        _l("Family name first"),
        lambda line: line.person["name_latin"],
        width=24,
    ),
    RosterColumn("sex", _l("Sex"), _l("As in the register"), lambda line: str(SEX[line.person["sex"]]), width=9),
    RosterColumn(
        "birth_date", _l("Date of birth"), _l("As in the register"), lambda line: line.person["birth_date"], "date", 13
    ),
    RosterColumn(
        "sector", _l("Sector"), _l("Of the post that is shown"), lambda line: line.post.sector.label, width=22
    ),
    RosterColumn(
        "position",
        _l("Position"),
        _l("Of the post that is shown: the oldest that fits the filters"),
        lambda line: line.post.position.label,
        width=22,
    ),
    RosterColumn("rank", _l("Rank"), _l("Grade or rank, as text"), lambda line: line.post.rank, width=12),
    RosterColumn(
        "institution_code",
        _l("Institution code"),
        _l("Code in the tree of institutions"),
        lambda line: line.post.institution.code,
    ),
    RosterColumn(
        "institution",
        _l("Institution"),
        _l("Where the person serves"),
        lambda line: line.post.institution.name,
        width=30,
    ),
    RosterColumn(
        "institution_latin",
        _l("Institution in Latin letters"),
        _l("Where the person serves"),
        lambda line: line.post.institution.name_latin,
        width=30,
    ),
    RosterColumn("province", _l("Province"), _l("Capital or province of the institution"), lambda line: line.area(2)),
    RosterColumn("district", _l("District"), _l("Municipality, district or khan"), lambda line: line.area(4)),
    RosterColumn(
        "post_since",
        _l("In this post since"),
        _l("First day of the post that is shown"),
        lambda line: line.post.starts_on,
        "date",
        13,
    ),
    RosterColumn(
        "status", _l("Status"), _l("The worst of the person's statuses on this day"), lambda line: line.status, width=17
    ),
    RosterColumn(
        "requirement",
        _l("Requirement"),
        _l("The requirement behind the status; the days that follow belong to it"),
        lambda line: line.period.requirement.label if line.period else "",
        width=28,
    ),
    _SIGNED,
    RosterColumn(
        "signed_on",
        _l("Signed on"),
        _l("Day of the last signature under this code, of any edition"),
        lambda line: line.signature[0],
        "date",
        13,
    ),
    RosterColumn(
        "edition_signed",
        _l("Edition signed"),
        _l("Number of the edition signed on that day"),
        lambda line: line.signature[1],
        "integer",
        10,
    ),
    _TRAINED,
    RosterColumn(
        "trained_on",
        _l("Trained on"),
        _l("Day on which the last lesson was finished"),
        lambda line: line.reached("trained_on"),
        "date",
        13,
    ),
    _PASSED,
    RosterColumn(
        "passed_on",
        _l("Passed on"),
        _l("Day on which the last quiz was passed"),
        lambda line: line.reached("passed_on"),
        "date",
        13,
    ),
    _CERTIFIED,
    RosterColumn(
        "certificate",
        _l("Certificate"),
        _l("Serial number of the newest certificate, valid or not"),
        lambda line: line.of_certificate("serial"),
        width=20,
    ),
    RosterColumn(
        "issued_on",
        _l("Issued on"),
        _l("Day of issue of that certificate"),
        lambda line: line.of_certificate("issued_on"),
        "date",
        13,
    ),
    RosterColumn(
        "valid_until",
        _l("Valid until"),
        _l("Its last valid day, unless it was suspended or revoked"),
        lambda line: line.of_certificate("valid_until"),
        "date",
        13,
    ),
    RosterColumn(
        "next_due",
        _l("Next due"),
        _l("Day up to which the person has time, or had it"),
        lambda line: line.due,
        "date",
        13,
    ),
)


def columns():
    """The columns in the language that is active."""
    return [Column(key=c.key, heading=str(c.heading), kind=c.kind, width=c.width) for c in COLUMNS]


def rows(selection: Selection, advance=None):
    """One tuple a person, in the order of the list. advance(done) is told how many are through, batch by batch."""
    people = selection.people().values_list(*PERSON).iterator(chunk_size=2000)
    areas = {area.code: area for area in Area.objects.filter(level__lte=Area.Level.DISTRICT)}
    done = 0
    while batch := list(islice(people, BATCH)):
        for line in _lines(selection, batch, areas):
            yield tuple(column.value(line) for column in COLUMNS)
        done += len(batch)
        if advance:
            advance(done)


def _lines(selection, batch, areas):
    """The lines of a batch, from four reads whatever its size; nobody without a post that the viewer sees."""
    ids = [values[0] for values in batch]
    posts, periods = {}, {}
    for post in selection.shown_posts(ids):
        posts.setdefault(post.person_id, post)
    for period in with_figures(selection.periods(ids), selection.day).order_by("rank", "due_on", "pk"):
        periods.setdefault(period.person_id, []).append(period)
    certificates, signatures = _certificates(selection, ids), _signatures(selection, ids)
    for values in batch:
        pk = values[0]
        if pk in posts:
            yield RosterLine(
                selection.day,
                values,
                posts[pk],
                periods.get(pk, []),
                certificates.get(pk, {}),
                signatures.get(pk, {}),
                areas,
            )


def _certificates(selection, ids):
    """Person → requirement → the newest certificate issued by the day."""
    found = {}
    issued = Certificate.objects.visible_to(selection.scope).filter(_of(ids), issued_on__lte=selection.day)
    for row in (
        issued.annotate(human=COUNTED_PERSON)
        .order_by("issued_on", "pk")
        .values(
            "human", "requirement_id", "serial", "issued_on", "valid_until", "period__trained_on", "period__passed_on"
        )
    ):
        found.setdefault(row["human"], {})[row["requirement_id"]] = row
    return found


def _signatures(selection, ids):
    """Person → code → the last signature by the day, as (day, number of the edition)."""
    found = {}
    signed = SignOff.objects.visible_to(selection.scope).filter(_of(ids), signed_on__lte=selection.day)
    for person_id, code_id, *signature in signed.order_by("signed_at", "pk").values_list(
        COUNTED_PERSON, "edition__code_id", "signed_on", "edition__number"
    ):
        found.setdefault(person_id, {})[code_id] = tuple(signature)
    return found


def _of(ids):
    """The condition on what was signed by or issued to one of the people, under any row of theirs."""
    return Q(person__in=ids) | Q(person__merged_into__in=ids)


def notes():
    """What each column means, as lines of the second sheet."""
    return [(_("Columns"),), *((str(column.heading), str(column.about)) for column in COLUMNS)]

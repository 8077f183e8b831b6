"""Random histories of people, for tests that hold SQL and a slow recount in Python equal.

A world (two ministries, two sectors, three requirements) is made once a test. A history is drawn as plain values,
written by save(), and recounted by standing_of() and figures_of() from the plain values alone.
"""

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count

from django.db import transaction
from hypothesis import strategies as st

from certification import rules
from certification.models import Certificate, CertificateEvent, Exemption, Period, RequirementRule
from certification.rules import HOLDS_CERTIFICATE, CertificateFacts, PeriodFacts, Status
from conduct_codes.models import SignOff, SignRequest
from institutions.actions import name_key
from institutions.models import Institution, Person, Post, StaffNumber
from tests import factories

START = factories.TODAY - timedelta(days=400)
LENGTH = 430
PARENTS = {
    "ministry": None,
    "department": "ministry",
    "school": "department",
    "other-school": "department",
    "office": "ministry",
    "elsewhere": None,
    "firm": "elsewhere",
}
SECTORS = {"teacher": "education", "clerk": "education", "guide": "tourism"}
ALWAYS = factories.TODAY - timedelta(days=1000)
ACTIVE_FROM = {"education": ALWAYS, "tourism": ALWAYS, "teachers": START + timedelta(days=200)}
ASKED_OF = {"education": ("teacher", "clerk"), "tourism": ("guide",), "teachers": ("teacher",)}
IN_FORCE_FROM = factories.TODAY - timedelta(days=365)
FROZEN_WORDS = [
    f"{word}{script}"
    for word in ("holder", "position", "institution", "code_name", "issuer")
    for script in ("", "_latin")
]
_numbers = count(1)


# --- the world ------------------------------------------------------------------------------------------------------


@dataclass
class World:
    """Institutions, positions and requirements by the names that histories use, and the one edition to sign."""

    institutions: dict
    positions: dict
    requirements: dict
    edition: object


def make_world():
    """Two trees and three requirements: one for each sector, and a later one for teachers alone."""
    institutions = {}
    for name, parent in PARENTS.items():
        area = {"school": "06", "other-school": "0603", "firm": "12"}.get(name)
        institutions[name] = factories.make_institution(
            institutions.get(parent), code=f"h-{name}", area=factories.make_area(area) if area else None
        )
    education = factories.make_sector("education")
    tourism = factories.make_sector("tourism", name="ទេសចរណ៍", name_latin="Tourism", order=2)
    positions = {
        name: factories.make_position({"education": education, "tourism": tourism}[sector], name, name_latin=name)
        for name, sector in SECTORS.items()
    }
    code = factories.make_code(education, institutions["ministry"])
    other = factories.make_code(tourism, institutions["elsewhere"])
    requirements = {
        "education": factories.make_requirement(code, [], slug="h-education"),
        "tourism": factories.make_requirement(other, [], slug="h-tourism"),
        "teachers": factories.make_requirement(code, [], slug="h-teachers", active_from=ACTIVE_FROM["teachers"]),
    }
    RequirementRule.objects.create(
        requirement=requirements["teachers"], dimension=RequirementRule.Dimension.POSITION, value="teacher"
    )
    fresh = {name: Institution.objects.get(pk=made.pk) for name, made in institutions.items()}
    return World(fresh, positions, requirements, factories.make_edition(code, IN_FORCE_FROM))


def below(*names):
    """Names of these institutions and of everything under them."""
    found = set(names)
    for name, parent in PARENTS.items():
        if parent in found:
            found.add(name)
    return found


# --- a history as plain values --------------------------------------------------------------------------------------


@dataclass
class PostPlan:
    institution: str
    position: str
    starts_on: date
    ends_on: date | None

    def holds_on(self, day):
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)


@dataclass
class CertificatePlan:
    issued_on: date
    valid_until: date
    window_from: date
    grace_until: date
    events: list = field(default_factory=list)


@dataclass
class PeriodPlan:
    opened_on: date
    due_on: date
    started_on: date | None
    trained_on: date | None
    passed_on: date | None
    certificate: CertificatePlan | None


@dataclass
class PersonPlan:
    sex: str
    posts: list
    cycles: dict
    exemptions: list
    signed_on: date | None


days = st.integers(0, LENGTH).map(lambda offset: START + timedelta(days=offset))
past_days = st.integers(0, 400).map(lambda offset: START + timedelta(days=offset))
maybe = st.booleans()


@st.composite
def posts(draw):
    """Up to three posts, at most one of them open at one place and position."""
    made, open_at = [], set()
    for _post in range(draw(st.integers(0, 3))):
        place = draw(st.sampled_from(sorted(PARENTS))), draw(st.sampled_from(sorted(SECTORS)))
        starts_on = draw(days)
        length = draw(st.none() | st.integers(0, 300))
        ends_on = None if length is None else starts_on + timedelta(days=length)
        if ends_on is None and place in open_at:
            continue
        if ends_on is None:
            open_at.add(place)
        made.append(PostPlan(*place, starts_on, ends_on))
    return made


@st.composite
def certificates(draw, opened_on):
    issued_on = opened_on + timedelta(days=draw(st.integers(0, 200)))
    valid_until = issued_on + timedelta(days=draw(st.integers(0, 200)))
    window_from = max(issued_on, valid_until - timedelta(days=draw(st.integers(0, 60))))
    grace_until = valid_until + timedelta(days=draw(st.integers(0, 40)))
    kinds = st.sampled_from(CertificateEvent.Kind.values)
    events = draw(st.lists(st.tuples(kinds, st.integers(0, 200)), max_size=3))
    dated = sorted(((issued_on + timedelta(days=later), kind) for kind, later in events), key=lambda event: event[0])
    return CertificatePlan(issued_on, valid_until, window_from, grace_until, dated)


@st.composite
def periods(draw, opened_on):
    due_on = opened_on + timedelta(days=draw(st.integers(0, 90)))
    steps = [
        opened_on + timedelta(days=draw(st.integers(0, 120))) if draw(maybe) else None
        for _step in ("started", "trained", "passed")
    ]
    certificate = draw(certificates(opened_on)) if draw(maybe) else None
    return PeriodPlan(opened_on, due_on, *steps, certificate)


@st.composite
def people(draw):
    """One person with posts, rounds of each requirement, exemptions and perhaps a signature."""
    cycles = {}
    for requirement in ASKED_OF:
        opened = sorted(draw(st.lists(days, max_size=2)))
        cycles[requirement] = [draw(periods(opened_on)) for opened_on in opened]
    spans = st.tuples(st.sampled_from(sorted(ASKED_OF)), days, st.integers(0, 60))
    exemptions = [
        (requirement, starts_on, starts_on + timedelta(days=length))
        for requirement, starts_on, length in draw(st.lists(spans, max_size=1))
    ]
    return PersonPlan(draw(st.sampled_from("FM")), draw(posts()), cycles, exemptions, draw(st.none() | days))


histories = st.lists(people(), min_size=1, max_size=4)


# --- into the database ----------------------------------------------------------------------------------------------


@contextmanager
def undone():
    """A place for one example: what it writes is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def save(history, world):
    """Write the history and return its people, in its order."""
    return [_save_person(plan, world) for plan in history]


def _save_person(plan, world):
    number = next(_numbers)
    name, latin = f"សុខ ចាន់ {number:05d}", f"Sok Chan {number:05d}"
    person = Person.objects.create(
        name=name, name_latin=latin, name_key=name_key(name, latin), sex=plan.sex, birth_date=date(1990, 1, 1)
    )
    root = world.institutions["ministry"]
    given = StaffNumber.objects.create(register=root, number=f"H{number}", person=person) if plan.posts else None
    Post.objects.bulk_create(
        Post(
            person=person,
            institution=world.institutions[post.institution],
            sector=world.positions[post.position].sector,
            position=world.positions[post.position],
            staff_number=given,
            starts_on=post.starts_on,
            ends_on=post.ends_on,
        )
        for post in plan.posts
    )
    for requirement, cycles in plan.cycles.items():
        for cycle, period in enumerate(cycles, start=1):
            _save_period(person, world, requirement, cycle, period)
    for requirement, starts_on, ends_on in plan.exemptions:
        Exemption.objects.create(
            person=person,
            requirement=world.requirements[requirement],
            starts_on=starts_on,
            ends_on=ends_on,
            reason="leave",
            granted_at=factories.moment(starts_on),
            granted_by=world.edition.adopted_by,
        )
    if plan.signed_on:
        _save_signature(person, world.edition, plan.signed_on)
    return person


def _save_period(person, world, requirement, cycle, plan):
    period = Period.objects.create(
        person=person,
        requirement=world.requirements[requirement],
        cycle=cycle,
        opened_on=plan.opened_on,
        due_on=plan.due_on,
        started_on=plan.started_on,
        trained_on=plan.trained_on,
        passed_on=plan.passed_on,
        certified_on=plan.certificate and plan.certificate.issued_on,
    )
    if plan.certificate is None:
        return
    certificate = Certificate.objects.create(
        period=period,
        person=person,
        requirement=period.requirement,
        edition=world.edition,
        serial=f"H-{period.pk}",
        verification_code=f"H{period.pk}",
        issued_on=plan.certificate.issued_on,
        valid_until=plan.certificate.valid_until,
        window_from=plan.certificate.window_from,
        grace_until=plan.certificate.grace_until,
        issued_at=factories.moment(plan.certificate.issued_on),
        **dict.fromkeys(FROZEN_WORDS, "x"),
    )
    for on_day, kind in plan.certificate.events:
        CertificateEvent.objects.create(
            certificate=certificate, kind=kind, on_day=on_day, at=factories.moment(on_day), reason="x"
        )


def _save_signature(person, edition, day):
    request = SignRequest.objects.create(
        person=person, edition=edition, cause=SignRequest.Cause.NEW_EDITION, asked_on=day, due_on=day
    )
    SignOff.objects.create(
        request=request,
        person=person,
        edition=edition,
        edition_text=edition.texts.first(),
        method=SignOff.Method.ONLINE,
        statements=[],
        signed_on=day,
        signed_at=factories.moment(day),
        receipt=f"H{request.pk}",
    )


# --- the slow recount -----------------------------------------------------------------------------------------------


def requirements_of(plan, day, inside):
    """Requirements that a post inside these institutions binds the person to on the day."""
    held = [post for post in plan.posts if post.institution in inside and post.holds_on(day)]
    return [
        requirement
        for requirement, positions in ASKED_OF.items()
        if ACTIVE_FROM[requirement] <= day and any(post.position in positions for post in held)
    ]


def status_of(plan, requirement, day):
    """The status word under a requirement that binds, through rules.status_on."""
    exempt = any(name == requirement and starts_on <= day <= ends_on for name, starts_on, ends_on in plan.exemptions)
    begun = [period for period in plan.cycles[requirement] if period.opened_on <= day]
    if not begun:
        return Status.EXEMPT if exempt else Status.NOT_STARTED
    issued = [p.certificate for p in plan.cycles[requirement] if p.certificate and p.certificate.issued_on <= day]
    facts = None
    if issued:
        newest = max(enumerate(issued), key=lambda pair: (pair[1].issued_on, pair[0]))[1]
        happened = [kind for on_day, kind in newest.events if on_day <= day]
        facts = CertificateFacts(
            newest.valid_until, newest.window_from, newest.grace_until, happened[-1] if happened else ""
        )
    current = PeriodFacts(begun[-1].due_on, begun[-1].started_on)
    return rules.status_on(day, period=current, certificate=facts, exempt=exempt)


def standing_of(plan, day, inside):
    """The worst status of the person as somebody sees it who sees these institutions; None: not in the list."""
    bound = requirements_of(plan, day, inside)
    return rules.worst([status_of(plan, requirement, day) for requirement in bound]) if bound else None


def figures_of(plan, day, inside):
    """(trained, passed, signed, certified), each 1 only if it holds under every requirement that binds."""
    rows = []
    for requirement in requirements_of(plan, day, inside):
        begun = [period for period in plan.cycles[requirement] if period.opened_on <= day]
        if not begun and status_of(plan, requirement, day) != Status.EXEMPT:
            return (0, 0, 0, 0)
        if not begun:
            continue
        holds = status_of(plan, requirement, day) in HOLDS_CERTIFICATE
        signed = requirement != "tourism" and day >= IN_FORCE_FROM and plan.signed_on and plan.signed_on <= day
        trained, passed = (holds or bool(step and step <= day) for step in (begun[-1].trained_on, begun[-1].passed_on))
        rows.append((trained, passed, bool(signed), holds))
    return tuple(int(all(column)) for column in zip(*rows, strict=True)) if rows else (0, 0, 0, 0)

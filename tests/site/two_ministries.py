"""Two ministries side by side, each with everything that an address can name, for tests of who may open what.

A viewer's roles lie in the first ministry. The own place is what the roles cover, the sibling place is another
department of the same ministry, the foreign place is the other ministry.
"""

import datetime
import random
from dataclasses import dataclass, field
from types import SimpleNamespace

from django.core.files.base import ContentFile
from wagtail.models import Site

from certification.models import Certificate
from conduct_codes.actions import open_kiosk, open_section, request_signature
from conduct_codes.models import CodeIndexPage, CodePage, SignRequest
from conduct_site.models import HomePage
from courses.actions import complete_lesson, start_attempt
from courses.models import CourseIndexPage, Enrolment, QuestionBank
from exports.models import Export
from institutions import actions as register
from institutions.merging import merge_people
from institutions.models import Institution, Role
from jobs.models import Job
from tests import factories
from tests.factories.files import PDF
from tests.factories.packages import make_package

DAY = datetime.timedelta(days=1)
SECTORS = {"own": "education", "foreign": "police"}
PROVINCES = {"own": ("06", "កំពង់ធំ"), "sibling": ("08", "កណ្ដាល"), "foreign": ("08", "កណ្ដាល")}
# A name that nothing else on a page holds, in each script.
FAMILY = {"own": ("សុវណ្ណា", "Ownsok"), "sibling": ("វិចិត្រា", "Siblingsok"), "foreign": ("បូរមី", "Foreignsok")}
# Roles that reach over the whole ministry; the others lie in its first department.
OF_THE_MINISTRY = {Role.Kind.REGISTRAR, Role.Kind.EDITOR, Role.Kind.REVIEWER, Role.Kind.ADOPTER}


@dataclass
class Place:
    """A department with a school, an officer who has done some of everything, and a case against that officer."""

    name: str
    ministry: Institution
    department: Institution
    school: Institution
    code: object
    edition: object
    page: object
    revision: object
    waiting: object
    bank: object
    question: object
    package: object = None
    person: object = None
    request: object = None
    receipt: str = ""
    enrolment: object = None
    result: object = None
    certificate: object = None
    correction: object = None
    register_import: object = None
    transfer: object = None
    case: object = None
    seat: object = None
    prior: object = None
    document: object = None
    sheet: object = None
    kiosk: object = None
    role: object = None
    ended: object = None
    duty: object = None
    second: object = None
    system: object = None
    merge: object = None
    webhook: object = None
    jobs: dict = field(default_factory=dict)
    exports: dict = field(default_factory=dict)
    a_change: str = "move"

    @property
    def post(self):
        return self.person.posts.get()

    @property
    def lesson(self):
        return self.enrolment.lessons()[0]

    @property
    def first_lesson(self):
        return self.bank.course.lessons.order_by("order").first()

    @property
    def first_lesson_page(self):
        return self.first_lesson.pages.first()

    @property
    def session(self):
        return self.seat.session

    def allegation(self):
        """Answers to the questions on the way to a new case, as an officer's session keeps them."""
        return {
            "incident_on": (factories.TODAY - DAY).isoformat(),
            "article": self.edition.articles.get(number="2").pk,
            "institution": self.school.pk,
            "seriousness": "minor",
            "repetition": "first",
            "sexual_abuse": "no",
            "allegation": "ការអះអាង",
        }

    def secrets(self):
        """What only somebody with a right to this place may read: names, numbers, references."""
        native, latin = FAMILY[self.name]
        numbers = self.person.staff_numbers.values_list("number", flat=True)
        return {
            native,
            latin,
            *numbers,
            self.case.reference,
            self.receipt,
            self.certificate.serial,
            self.certificate.verification_code,
            self.school.name,
            self.school.name_latin,
            self.correction.message,
            self.webhook.host,
        }


def make_site():
    """A front page in both languages, each with the place below which codes and courses lie."""
    key = None
    for language in ("km", "en"):
        facts = {"locale": factories.locale(language), **({"translation_key": key} if key else {})}
        home = HomePage(title=f"Home {language}", slug=f"home-{language}", heading="Heading", **facts)
        factories.root_page().add_child(instance=home)
        if key is None:
            key, first = home.translation_key, home
        for kind, slug in ((CodeIndexPage, "codes"), (CourseIndexPage, "courses")):
            home.add_child(instance=kind(title=slug, slug=slug, locale=factories.locale(language)))
    Site.objects.all().delete()
    return Site.objects.create(hostname="testserver", root_page=first, is_default_site=True)


def make_world():
    """Both ministries with their three places, and a viewer for each role."""
    make_site()
    places = _ministry("own", ["own", "sibling"]) | _ministry("foreign", ["foreign"])
    world = SimpleNamespace(places=places, viewers=_viewers(places["own"]))
    for place in places.values():
        _ask_for_files(place, world.viewers)
    return world


def _ministry(slug, names):
    sector = factories.make_sector(SECTORS[slug], name=f"ផ្នែក {slug}", name_latin=f"Sector {slug}")
    ministry = factories.make_institution(code=f"{slug}-ministry", name=f"ក្រសួង{slug}", name_latin=f"Ministry {slug}")
    code = factories.make_code(sector, owner=ministry)
    edition = factories.make_edition(code, act=factories.SCAN)
    for slot in ("first", "second"):
        course = factories.make_course(f"{slug}-{slot}", sector=sector)
        factories.make_requirement(code, [course], slug=f"{slug}-{slot}", serial_prefix=slug[:3].upper())
        package = make_package(course.lessons.first())
    page = CodePage.objects.get(code=code, locale__language_code="km")
    facts = {"code": code, "edition": edition, "page": page, "revision": factories.approve(page)}
    facts["bank"] = QuestionBank.objects.get(slug=f"{slug}-first")
    facts["document"] = factories.make_document("form.pdf", PDF)
    facts["package"] = package
    facts["question"] = facts["bank"].questions.first()
    open_section(code=code, at=factories.moment())
    facts["waiting"] = factories.submit(CodePage.objects.get(code=code, locale__language_code="en"))
    return {name: _place(name, ministry, sector, facts) for name in names}


def _place(name, ministry, sector, facts):
    area = factories.make_area(*PROVINCES[name], name_latin=f"Province {name}")
    department = factories.make_institution(
        ministry, Institution.Kind.DEPARTMENT, code=f"{name}-department", area=area, hr_unit="អង្គភាព", hr_phone="012"
    )
    names = {"name": f"សាលា{FAMILY[name][0]}", "name_latin": f"School {name} {FAMILY[name][1]}"}
    school = factories.make_institution(department, code=f"{name}-school", area=area, **names)
    place = Place(name, ministry, department, school, **facts)
    position = factories.make_position(sector, slug=f"position-{sector.slug}")
    place.person = _someone(place, position)
    factories.give_account(place.person)
    _live(place)
    return place


def _someone(place, position):
    native, latin = FAMILY[place.name]
    person = factories.make_person(name=f"{native} ចាន់", name_latin=f"{latin} Chan")
    starts_on = factories.TODAY - 100 * DAY
    facts = {"staff_number": f"77{factories.number():05d}", "starts_on": starts_on}
    return factories.make_post(person=person, institution=place.school, position=position, **facts).person


def _live(place):
    """The officer is certified in one course, in the middle of the quiz of another, and asked to sign once more."""
    person, at, user = place.person, factories.moment(), place.person.user
    finished, running = Enrolment.objects.filter(person=person).order_by("pk")
    finished, _mark = factories.learn(finished)
    place.receipt = factories.sign(person).receipt
    place.certificate = Certificate.objects.get(person=person)
    for lesson in running.lessons():
        complete_lesson(enrolment=running, lesson=lesson, at=at, by=user)
    start_attempt(enrolment=running, at=at, rng=random.Random(1))
    place.enrolment, place.result = running, finished.attempts.get()
    place.request = request_signature(
        person=person, edition=place.edition, cause=SignRequest.Cause.RENEWAL, asked_on=factories.TODAY
    )
    place.correction = register.request_correction(
        person=person, field="name", message=f"{FAMILY[place.name][1]} spelt otherwise", at=at, by=user
    )
    place.register_import = factories.make_import(
        place.department,
        [{"name": person.name, "name_latin": person.name_latin}],
        file_name=f"{person.name_latin}.xlsx",
    )
    facts = {"kind": "child-interviewer", "starts_on": factories.TODAY, "by": None}
    place.duty = register.designate_person(person=person, institution=place.school, at=at, **facts)
    place.system = factories.make_client(place.department, name=f"{FAMILY[place.name][1]} payroll").client
    place.transfer = factories.make_transfer(person, place.ministry)
    place.seat = factories.make_seat(person=person, course=finished.course, institution=place.school)
    place.prior = factories.make_prior_learning(person=person)
    place.webhook = factories.make_webhook(place.department, address=f"https://{place.name}.hooks.example.org/")
    _take_signatures(place)
    world = {"school": place.school, "edition": place.edition}
    place.case = factories.make_case(world, person=person, allegation=f"{FAMILY[place.name][1]} allegation")


def _take_signatures(place):
    """Somebody without an account is on a sheet of paper, and a shared device stands at the school."""
    place.role = factories.make_role(Role.Kind.HR, place.school)
    clerk = place.role.user
    position = place.person.posts.get().position
    native, latin = FAMILY[place.name]
    person = factories.make_person(name=f"{native} ពៅ", name_latin=f"{latin} Pov")
    factories.make_post(person=person, institution=place.school, position=position)
    place.sheet = factories.make_sheet(person, unit=place.school, by=clerk)
    facts = {"starts_on": factories.TODAY - 90 * DAY, "ends_on": factories.TODAY - 80 * DAY}
    place.ended = factories.make_post(person=person, institution=place.department, position=position, **facts)
    place.second, row = person, factories.make_person(name=f"{native} ពៅ", name_latin=f"{latin} Pov")
    place.merge = merge_people(kept=person, other=row, reason="Typed twice", at=factories.moment(), by=clerk)
    place.kiosk = open_kiosk(unit=place.school, code=place.code, hours=4, at=factories.moment(), by=clerk)


def _viewers(place):
    """An account for each role, with its role in the place; the officer is the place's own."""
    viewers = {"officer": place.person.user, "superuser": factories.make_user(is_superuser=True, username="owner")}
    for kind in Role.Kind:
        top = place.ministry if kind in OF_THE_MINISTRY else place.department
        viewers[kind.value] = factories.make_role(kind, top).user
    viewers["area"] = factories.make_role(Role.Kind.MONITOR, area=place.school.area).user
    return viewers


def _ask_for_files(place, viewers):
    """A finished job with its file for each viewer; in other places they belong to somebody else."""
    for role, viewer in viewers.items():
        owner = viewer if place.name == "own" else factories.make_user()
        at = factories.moment()
        job = Job(kind="exports.roster", params={}, language="km", owner=owner, status=Job.Status.DONE)
        job.created_at = job.started_at = job.finished_at = at
        job.message, job.result_name = f"{FAMILY[place.name][1]} message", "roster.xlsx"
        job.result.save("roster.xlsx", ContentFile(b"PK file of one owner"), save=False)
        job.save()
        facts = {"what": Export.What.COVERAGE, "filters": {"on": factories.TODAY.isoformat()}, "rows": 1}
        export = Export.objects.create(institution=place.department, job=job, at=at, by=owner, **facts)
        place.jobs[role], place.exports[role] = job, export

"""The demo nation, loaded small: everything that a visitor is promised to find is there."""

import datetime
from collections import Counter
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from wagtail.models import Comment, Page, PageLogEntry, Revision, Site, TaskState, WorkflowState

from certification import rules
from certification.models import Certificate, CertificateEvent, Period, Requirement, RequirementRule
from certification.rules import Status
from conduct_codes.models import Code, CodePage, Edition, ReviewDecision, SignOff
from conduct_codes.reviews import returns_by_code, waiting_for
from conduct_site.models import DemoMark, HomePage
from conduct_site.nation import content
from conduct_site.nation.accounts import ACCOUNTS, DEFAULT_PASSWORD
from courses.answers import is_possible
from courses.marking import is_right
from courses.models import Attempt, AttemptMark, Course, LessonPage, LessonProgress, Question
from courses.question_types import Type
from discipline.models import Case, Stage
from institutions.models import Area, AuditEntry, Designation, Institution, Person, Post, Role, StaffNumber, User
from institutions.scope import Scope
from jobs.models import Job

DAY = datetime.date(2026, 11, 23)
PEOPLE = 120


def load(people=PEOPLE, seed=1, **options):
    out = StringIO()
    call_command("load_demo", people=people, seed=seed, on=DAY, stdout=out, **options)
    return out.getvalue()


@pytest.fixture(scope="module")
def demo_settings(django_db_setup):
    from django.test import override_settings

    with override_settings(CONDUCT_DEMO=True):
        yield


@pytest.fixture(scope="module")
def loaded(demo_settings, django_db_blocker):
    """The demo nation, loaded once for all tests of this module and undone after the last one."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load()
        transaction.set_rollback(True)


@pytest.fixture
def nation(loaded, db):
    return loaded


def periods():
    return Period.objects.current_on(DAY).bound_on(DAY).with_status_on(DAY)


# --- what is there --------------------------------------------------------------------------------------------------


def test_every_status_word_occurs_and_most_are_certified(nation):
    counts = Counter(periods().values_list("status", flat=True))
    assert set(counts) == set(Status)
    certified = sum(counts[status] for status in rules.HOLDS_CERTIFICATE)
    assert 0.4 < certified / counts.total() < 0.75


def test_gazetteer_and_tree_are_whole(nation):
    assert Area.objects.filter(level=Area.Level.PROVINCE).count() == 25
    assert Area.objects.filter(level=Area.Level.DISTRICT).count() == 210
    assert not Area.objects.provinces().filter(tile_column=None).exists()
    assert not any(Institution.find_problems())
    assert Institution.get_root_nodes().count() == 10
    assert Institution.objects.filter(kind=Institution.Kind.DEPARTMENT).count() == 250
    assert not Institution.objects.filter(depth__lte=2, hr_unit="", kind=Institution.Kind.DEPARTMENT).exists()


def test_every_code_is_in_force_in_both_languages_after_review(nation):
    in_force = Edition.objects.in_force_on(DAY)
    assert in_force.count() == Code.objects.count() == 10
    for edition in in_force:
        assert {text.language for text in edition.texts.all()} == {"km", "en"}
        assert edition.articles.count() >= 12
    for edition in Edition.objects.all():
        approved = TaskState.objects.filter(revision=edition.revision, status=TaskState.STATUS_APPROVED)
        assert approved.get().workflow_state.status == WorkflowState.STATUS_APPROVED
        reviewer = ReviewDecision.objects.approvals().get(revision=edition.revision).decided_by
        author = Revision.objects.get(pk=edition.revision).user
        assert len({author, reviewer, edition.adopted_by}) == 3
    keys = [[str(child.id) for child in page.articles] for page in CodePage.objects.filter(code__slug="education")]
    assert keys[0] == keys[1]


def test_texts_wait_for_the_reviewer_and_returns_were_cured(nation):
    waiting = waiting_for(User.objects.get(username="reviewer"))
    assert {row.page.code.slug: len(row.lacks) for row in waiting} == {"tourism": 1, "education": 0}
    returned = {Code.objects.get(pk=pk).slug: counted for pk, counted in returns_by_code().items()}
    assert returned == {"education": (1, 1), "national-police": (1, 1), "media": (1, 0)}


def test_two_codes_have_a_second_edition_that_some_signed_and_some_did_not(nation):
    substantive = Edition.objects.filter(change_class=Edition.ChangeClass.SUBSTANTIVE)
    again = {edition.code.slug for edition in substantive if edition.number > 1}
    assert again == {"education", "national-police"}
    assert Edition.objects.filter(change_class=Edition.ChangeClass.ERRATUM).count() == 1
    for slug in again:
        signed = set(SignOff.objects.filter(edition__code__slug=slug).values_list("edition__number", flat=True))
        assert signed >= {1, 2}
    figures = periods().filter(status=Status.CERTIFIED, requirement__code__slug__in=again)
    chains = [edition.chain_id for edition in Edition.objects.in_force_on(DAY)]
    now = set(SignOff.objects.filter(edition__in=chains).values_list("person", flat=True))
    assert {figure.person_id in now for figure in figures} == {True, False}


def test_certificates_of_each_kind_are_there(nation):
    assert Certificate.objects.filter(valid_until__lt=DAY).exists()
    assert Certificate.objects.filter(period__cycle__gt=1).exists()
    assert set(CertificateEvent.objects.values_list("kind", flat=True)) == {"suspended", "revoked"}
    assert {len(str(each)) for each in Certificate.objects.values_list("verification_code", flat=True)} == {17}
    for certificate in Certificate.objects.select_related("period"):
        assert certificate.issued_on == timezone.localdate(certificate.issued_at)
        assert certificate.issued_on == certificate.period.certified_on
        days = [certificate.period.trained_on, certificate.period.passed_on, certificate.period.signed_on]
        assert certificate.issued_on == max(days)


def test_attempts_hold_failures_and_ten_answers_each(nation):
    assert set(AttemptMark.objects.values_list("passed", flat=True)) == {True, False}
    for attempt in Attempt.objects.prefetch_related("questions__version"):
        rows = attempt.questions.all()
        assert len(rows) == 10
        assert all(is_possible(row.version, row.answer) and row.is_answered for row in rows)
        assert attempt.marks.get().right == sum(is_right(row.version, row.answer) for row in rows)


def test_the_bank_of_a_sector_has_a_question_of_every_type_that_can_be_drawn(nation):
    drawable = Question.objects.drawable_on(DAY).filter(bank__slug="education")
    assert set(drawable.values_list("versions__type", flat=True)) == set(Type.values)
    assert not Question.objects.exclude(pk__in=Question.objects.drawable_on(DAY)).exists()


def test_people_have_numbers_names_and_some_two_posts(nation):
    assert Person.objects.count() == PEOPLE
    assert StaffNumber.objects.values("number").distinct().count() == StaffNumber.objects.count()
    assert not Person.objects.filter(name="").exists()
    two = Counter(Post.objects.serving_on(DAY).values_list("person", flat=True))
    assert max(two.values()) == 2
    assert len(set(Post.objects.values_list("sector__slug", flat=True))) == 10
    assert Designation.objects.filter(kind=Designation.Kind.DESIGNATED_TEACHER).exists()


def test_cases_stand_at_different_stages(nation):
    latest = [case.stages.order_by("number").last().kind for case in Case.objects.all()]
    assert len(latest) >= 8
    assert len(set(latest)) >= 6
    effects = Counter(AuditEntry.objects.filter(verb="discipline.effect").values_list("facts__effect", flat=True))
    assert effects == {"suspended": 1, "revoked": 1}


def test_pages_hold_the_words_in_both_languages(nation):
    assert Page.objects.filter(slug="home").count() == 0
    site = Site.objects.get(is_default_site=True)
    assert isinstance(site.root_page.specific, HomePage)
    assert site.root_page.locale.language_code == "km"
    assert {page.locale.language_code for page in HomePage.objects.all()} == {"km", "en"}
    assert CodePage.objects.live().count() == 20
    lessons = sum(len(content.course(slug)["lessons"]) for slug in content.course_slugs())
    assert LessonPage.objects.live().count() == 2 * lessons == 2 * (6 + 10 * 4)
    assert Question.objects.count() == 24 + 10 * 12 + 7  # in one bank stands each of the further types
    assert not any(Page.find_problems())
    for page in Page.objects.filter(depth__gt=1):
        assert page.get_translations().count() == 1
    for question in Question.objects.exclude(article_key=None).select_related("code"):
        edition = Edition.objects.in_force_on(DAY).get(code=question.code)
        assert edition.articles.filter(key=question.article_key).exists()


def test_editors_keep_the_courses_of_their_sector_and_no_other(nation):
    editor = User.objects.filter(roles__kind=Role.Kind.EDITOR).distinct().first()
    kept = Course.objects.editable_by(Scope.for_user(editor, DAY))
    assert kept.count() == 1
    for page in LessonPage.objects.select_related("lesson"):
        rights = page.permissions_for_user(editor)
        assert (rights.can_edit(), rights.can_publish()) == (page.lesson.course_id == kept.get().pk, False)
        own_review = page.get_workflow().name == f"Course review · {page.lesson.course.slug}"
        assert own_review == (page.lesson.course.sector_id is not None)


def test_no_work_is_left_for_the_worker(nation):
    assert not Job.objects.open().exists()


# --- when it happened -----------------------------------------------------------------------------------------------

MOMENTS = [
    (AuditEntry, "at"),
    (SignOff, "signed_at"),
    (Certificate, "issued_at"),
    (CertificateEvent, "at"),
    (Attempt, "opened_at"),
    (Attempt, "closed_at"),
    (LessonProgress, "completed_at"),
    (Stage, "at"),
    (Revision, "created_at"),
    (TaskState, "started_at"),
    (TaskState, "finished_at"),
    (ReviewDecision, "decided_at"),
    (Comment, "created_at"),
    (PageLogEntry, "timestamp"),
    (User, "date_joined"),
]


@pytest.mark.parametrize(("model", "name"), MOMENTS)
def test_moments_lie_on_working_hours_of_past_days(nation, model, name):
    for at in model.objects.exclude(**{name: None}).values_list(name, flat=True):
        local = timezone.localtime(at)
        assert local.date() < DAY
        assert local.weekday() < 5
        assert datetime.time(7, 30) <= local.time() <= datetime.time(17, 30)


def test_nobody_acts_before_being_registered_or_after_leaving(nation):
    known = dict(AuditEntry.objects.filter(verb="institutions.add_person").values_list("subject", "at"))
    for sign_off in SignOff.objects.select_related("post"):
        assert sign_off.signed_at > known[f"person:{sign_off.person_id}"]
        assert sign_off.post.is_held_on(sign_off.signed_on)


# --- accounts -------------------------------------------------------------------------------------------------------


def test_each_demo_account_can_log_in_and_has_its_role(nation):
    for account in ACCOUNTS:
        assert account.username in nation
        user = User.objects.get(username=account.username)
        assert user.check_password(DEFAULT_PASSWORD)
        kinds = Scope.for_user(user, DAY).kinds
        assert account.role in kinds if account.role else not kinds
        assert (user.username == "owner") == user.is_superuser
        assert hasattr(user, "person") == account.is_person
    assert {account.role for account in ACCOUNTS} - {""} == set(Role.Kind.values)
    others = User.objects.exclude(username__in=[account.username for account in ACCOUNTS])
    assert not any(user.has_usable_password() for user in others)


def test_demo_officers_stand_where_their_line_begins(nation):
    for account in ACCOUNTS:
        if account.is_person:
            status = periods().get(person__user__username=account.username).status
            assert status == account.status
    nurse = Person.objects.get(user__username="4400001")
    requirement = Requirement.objects.get(slug="health")
    assert [row.course.slug for row in requirement.course_rows.all()] == ["core"]
    assert list(nurse.periods.values_list("requirement__slug", flat=True)) == ["health"]
    assert not nurse.enrolments.exclude(started_on=None).exists()


def test_every_sector_asks_for_its_module_and_binds_each_position_once(nation):
    for code in Code.objects.all():
        asked = {
            row.course.sector_id for requirement in code.requirements.all() for row in requirement.course_rows.all()
        }
        assert asked == {None, code.sector_id}
        for position in code.sector.positions.all():
            number_of_rules = RequirementRule.objects.filter(
                requirement__code=code, dimension=RequirementRule.Dimension.POSITION, value=position.slug
            ).count()
            whole = code.requirements.count() == 1
            assert number_of_rules == (0 if whole else 1), position.slug
    assert Certificate.objects.filter(requirement__slug="health-examination").exists()


def test_accounts_are_printed_again_and_the_password_only_if_it_is_the_usual_one(nation):
    out = StringIO()
    call_command("demo_accounts", stdout=out)
    assert DEFAULT_PASSWORD in out.getvalue()
    user = User.objects.get(username=ACCOUNTS[0].username)
    user.set_password("something else")
    user.save()
    out = StringIO()
    call_command("demo_accounts", stdout=out)
    assert DEFAULT_PASSWORD not in out.getvalue()
    assert ACCOUNTS[0].username in out.getvalue()


# --- a second time ------------------------------------------------------------------------------------------------


def test_second_load_leaves_everything_as_it_is(nation):
    assert "already" in load(people=7, seed=2)
    assert Person.objects.count() == PEOPLE
    mark = DemoMark.objects.get()
    assert (mark.people, mark.seed) == (PEOPLE, 1)
    assert mark.loaded_at

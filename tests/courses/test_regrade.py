"""Marking again: a dry run that names the certificates, then one more mark, and nothing taken away."""

import io

import pytest
from django.core.management import CommandError, call_command

from certification.models import Certificate
from courses.actions import regrade
from courses.models import AttemptMark, Enrolment, QuestionVersion
from courses.regrading import dry_run, outdated_attempts
from institutions.models import AuditEntry
from tests import factories

from .conftest import make_learner, words

pytestmark = pytest.mark.django_db

AT = factories.moment(hour=16)


@pytest.fixture
def course(learner):
    return learner.world["course"]


def correct(course, key, options=None):
    """A newer version of every question of the course whose right options are these."""
    for version in QuestionVersion.objects.filter(question__bank__course=course, number=1):
        QuestionVersion.objects.create(
            question=version.question,
            number=2,
            stem=version.stem,
            options=options or version.options,
            key=key,
            written_at=AT,
        )


def rows():
    return AttemptMark.objects.count(), AuditEntry.objects.count(), Enrolment.objects.filter(passed_on=None).count()


def test_dry_run_writes_nothing_and_names_who_gains(learner, course):
    factories.learn(learner.enrolment, right=False)
    correct(course, ["b"])
    before = rows()
    planned = dry_run(outdated_attempts(course.pk))
    assert rows() == before
    assert planned.gained == {learner.enrolment.pk}
    assert not planned.lost
    assert [(remark.before.right, remark.after.right) for remark in planned.remarks] == [(0, 3)]


def test_apply_adds_a_mark_dates_a_first_pass_and_a_second_run_finds_nothing(learner, course):
    _enrolment, first = factories.learn(learner.enrolment, right=False)
    correct(course, ["b"])
    boss = factories.make_user()
    regrade(attempts=outdated_attempts(course.pk), reason="key", at=AT, by=boss)
    assert list(AttemptMark.objects.order_by("number").values_list("right", "passed")) == [(0, False), (3, True)]
    assert AttemptMark.objects.get(pk=first.pk).right == 0
    assert Enrolment.objects.get(pk=learner.enrolment.pk).passed_on == factories.TODAY
    assert AuditEntry.objects.filter(verb="courses.regrade", actor=boss).count() == 1
    again = regrade(attempts=outdated_attempts(course.pk), reason="key", at=AT, by=boss)
    assert again.remarks == []
    assert AttemptMark.objects.count() == 2


def test_certificate_that_rests_on_a_lost_pass_is_proposed_and_never_changed(learner, course):
    certificate = factories.certify(learner.person)
    correct(course, ["b"])
    planned = dry_run(outdated_attempts(course.pk))
    assert [affected.serial for affected in planned.certificates] == [certificate.serial]
    assert not Certificate.objects.proposed_for_revocation_on(factories.TODAY).exists()
    regrade(attempts=outdated_attempts(course.pk), reason="key", at=AT, by=None)
    assert Certificate.objects.proposed_for_revocation_on(factories.TODAY).get() == certificate
    assert not certificate.events.exists()
    assert Enrolment.objects.get(pk=learner.enrolment.pk).passed_on == factories.TODAY


def test_version_that_drops_an_option_leaves_old_answers_as_they_were_marked(learner, course):
    factories.learn(learner.enrolment, right=False)
    options = QuestionVersion.objects.filter(question__bank__course=course).first().options[:2]
    correct(course, ["b"], options=options)
    assert dry_run(outdated_attempts(course.pk)).remarks == []


def test_pass_mark_that_was_raised_meanwhile_is_not_held_against_old_attempts(learner, course):
    factories.learn(learner.enrolment, right=True)
    course.quiz.pass_percent = 100
    course.quiz.save()
    correct(course, ["a"])
    assert dry_run(outdated_attempts(course.pk)).remarks == []


def test_dry_run_takes_the_same_queries_for_one_attempt_and_for_three(learner, course, django_assert_num_queries):
    correct_later = [learner, make_learner(learner.world), make_learner(learner.world)]
    factories.learn(correct_later[0].enrolment, right=False)
    correct(course, ["b"])
    with django_assert_num_queries(7):
        dry_run(outdated_attempts(course.pk))
    QuestionVersion.objects.filter(number=2)
    for other in correct_later[1:]:
        factories.learn(other.enrolment, right=False)
    with django_assert_num_queries(7):
        dry_run(outdated_attempts(course.pk))


def run(*args, **options):
    out = io.StringIO()
    call_command("regrade_quiz", *args, stdout=out, **options)
    return out.getvalue()


def test_command_says_what_would_change_and_only_applies_with_a_reason(learner, course):
    certificate = factories.certify(learner.person)
    correct(course, ["b"])
    assert "1 marks would change" in run(course.slug)
    assert certificate.serial in run(course.slug)
    assert AttemptMark.objects.count() == 1
    with pytest.raises(CommandError, match="reason"):
        run(course.slug, apply=True)
    other = factories.make_institution(code="elsewhere")
    assert "0 attempts" in run(course.slug, institution=other.code)
    assert "1 marks changed" in run(course.slug, apply=True, reason="key")
    assert AttemptMark.objects.count() == 2


def test_trainer_sees_the_dry_run_of_own_people_and_applies_it(client, learner, course):
    factories.certify(learner.person)
    stranger = make_learner()
    factories.learn(stranger.enrolment)
    correct(course, ["b"])
    correct(stranger.world["course"], ["b"])
    trainer = factories.make_role("trainer", learner.world["school"]).user
    client.force_login(trainer)
    assert words(client.get(f"/en/regrade/{stranger.world['course'].quiz.pk}/")).count("No mark would change") == 1
    listed = words(client.get("/en/regrade/"))
    assert listed.count("attempts drew a question that was corrected since") == 1
    address = f"/en/regrade/{course.quiz.pk}/"
    page = words(client.get(address))
    assert "3 of 3 right" in page
    assert "0 of 3 right" in page
    assert client.post(address, {"reason": ""}).status_code == 400
    assert client.post(address, {"reason": "key"})["Location"] == "/en/regrade/"
    assert AttemptMark.objects.filter(number=2).get().marked_by == trainer


def test_registrar_finds_the_certificate_on_the_to_do_list(client, learner, course):
    certificate = factories.certify(learner.person)
    correct(course, ["b"])
    regrade(attempts=outdated_attempts(course.pk), reason="key", at=AT, by=None)
    client.force_login(factories.make_role("registrar", learner.world["ministry"]).user)
    assert "certificates-to-review" in words(client.get("/en/to-do/"))
    assert certificate.serial in words(client.get("/en/certificates-to-review/"))


def test_learner_is_told_that_a_question_was_corrected(browser, learner, course):
    factories.learn(learner.enrolment, right=False)
    correct(course, ["b"])
    regrade(attempts=outdated_attempts(course.pk), reason="key", at=AT, by=None)
    attempt = learner.enrolment.attempts.get()
    page = words(browser.get(f"/en/quiz/results/{attempt.pk}/"))
    assert "because a question was corrected" in page
    assert "3 of 3 right" in page


@pytest.fixture
def large(monkeypatch):
    """Every number of attempts is too large for a page."""
    monkeypatch.setattr("courses.regrade_views.AT_ONCE", 0)
    monkeypatch.setattr("courses.regrading.A_BATCH", 2)


def test_very_many_attempts_are_looked_at_by_a_job_and_marked_by_another(
    client, large, django_capture_on_commit_callbacks
):
    first = make_learner()
    world = first.world
    for learner in (first, make_learner(world), make_learner(world)):
        factories.learn(learner.enrolment, right=False)
    correct(world["course"], ["b"])
    trainer = factories.make_role("trainer", world["ministry"]).user
    client.force_login(trainer)
    address = f"/en/regrade/{world['course'].quiz.pk}/"
    assert "Mark again</button>" not in words(client.get(address))
    assert client.post(address, {"reason": "not looked yet"}).status_code == 200
    assert AttemptMark.objects.count() == 3
    with django_capture_on_commit_callbacks(execute=True):
        looked = client.post(address, {"look": "1"})
    page = words(client.get(looked["Location"]))
    assert "Attempts looked at: 3. Marks that change: 3. Would now pass: 3. Would no longer pass: 0." in page
    assert AttemptMark.objects.count() == 3
    assert "Mark again</button>" in words(client.get(address))
    assert client.post(address, {"reason": ""}).status_code == 400
    with django_capture_on_commit_callbacks(execute=True):
        applied = client.post(address, {"reason": "wrong key"})
    assert "Attempts changed: 3." in words(client.get(applied["Location"]))
    assert AttemptMark.objects.filter(number=2, passed=True, marked_by=trainer, reason="wrong key").count() == 3


def test_a_job_marks_nothing_once_its_owner_lost_the_role(large, django_capture_on_commit_callbacks):
    from courses.regrade_jobs import ask
    from jobs.models import Job

    learner = make_learner()
    factories.learn(learner.enrolment, right=False)
    correct(learner.world["course"], ["b"])
    with django_capture_on_commit_callbacks(execute=True):
        ask(course_id=learner.world["course"].pk, reason="key", by=factories.make_user(), at=AT)
    assert Job.objects.get(kind="courses.regrade").status == Job.Status.FAILED
    assert AttemptMark.objects.count() == 1

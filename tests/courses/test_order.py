"""Lessons in their order, optional lessons, and courses that come before others: held by the server."""

import random

import pytest
from django.utils.translation import override

from certification.steps import plans_of
from courses.actions import LearningRefused, NotOpenYet, complete_lesson, enrol, open_lesson, start_attempt
from courses.bulk import LessonRead, Place, enrol_many, read_lessons
from courses.models import Course, Enrolment, Lesson, LessonProgress, PrerequisiteCourse, PrerequisiteSet
from courses.rules import is_far_below, missing_sets, next_lesson, opens_after, seconds_read
from tests import factories

from .conftest import make_learner
from .test_pages import library  # noqa: F401

pytestmark = pytest.mark.django_db
AT = factories.moment()


def ask_first(course, *courses, need=None):
    group = PrerequisiteSet.objects.create(course=course, need=need)
    for each in courses:
        PrerequisiteCourse.objects.create(group=group, course=each)


def in_order(**lessons):
    """A learner of a course of four lessons in their order; lessons names those that are optional."""
    world = factories.make_bound_world()
    course = factories.make_course(lessons=4)
    Course.objects.filter(pk=course.pk).update(is_ordered=True)
    Lesson.objects.filter(course=course, slug__in=lessons).update(is_required=False)
    world["course"] = Course.objects.get(pk=course.pk)
    factories.make_requirement(world["code"], [world["course"]])
    return make_learner(world)


def address(learner, slug, language="en"):
    return f"/{language}/learn/{learner.enrolment.pk}/{slug}/"


def read(learner, *slugs):
    for slug in slugs:
        lesson = Lesson.objects.get(course=learner.world["course"], slug=slug)
        complete_lesson(enrolment=learner.enrolment, lesson=lesson, at=AT, by=learner.user)


# --- pure -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("done", "after", "optional", "found"),
    [
        ((), None, (), 1),
        ((), None, (1,), 2),
        ((2,), 1, (), 3),
        ((2,), 1, (3,), 3),  # an optional one is offered where it stands
        ((1, 2, 4), 4, (3,), None),  # and nobody is led back to it
        ((1, 4), 4, (3,), 2),
    ],
)
def test_next_lesson_offers_an_optional_one_once(done, after, optional, found):
    assert next_lesson([1, 2, 3, 4], set(done), after=after, optional=optional) == found


@pytest.mark.parametrize(
    ("done", "lesson", "optional", "found"),
    [((), 1, (), None), ((), 2, (), 1), ((1,), 3, (), 2), ((1,), 3, (2,), None), ((2,), 3, (), 1)],
)
def test_lesson_opens_after_the_required_ones_before_it(done, lesson, optional, found):
    assert opens_after([1, 2, 3], set(done), lesson, optional=optional) == found


@pytest.mark.parametrize(
    ("need", "done", "found"),
    [
        (None, (), [(2, [7, 8])]),
        (None, (7,), [(1, [8])]),
        (None, (7, 8), []),
        (1, (), [(1, [7, 8])]),
        (1, (8,), []),
        (5, (7,), [(1, [8])]),  # a set that asks for more than it holds asks for all
    ],
)
def test_set_of_courses_names_what_is_missing(need, done, found):
    assert missing_sets([{"need": need, "courses": [7, 8]}], set(done)) == found


def test_time_is_bounded_and_never_below_nothing():
    later = factories.moment(hour=15)
    assert seconds_read(AT, AT) == 0
    assert seconds_read(later, AT) == 0
    assert seconds_read(AT, factories.moment(factories.TODAY.replace(year=factories.TODAY.year + 1))) == 4 * 3600
    assert is_far_below(59, 2)
    assert not is_far_below(60, 2)
    assert not is_far_below(0, None)


# --- order ----------------------------------------------------------------------------------------------------------


def test_jump_to_a_lesson_leads_to_the_one_that_comes_first(client, clock):
    learner = in_order()
    client.force_login(learner.user)
    for answer in (client.get(address(learner, "l3")), client.post(address(learner, "l3"))):
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "Not open yet" in page
        assert f'href="{address(learner, "l1")}"' in page
        assert "Lesson text" not in page
    assert not LessonProgress.objects.exists()
    read(learner, "l1", "l2")
    assert "Lesson text" in client.get(address(learner, "l3")).content.decode()


def test_action_refuses_a_closed_lesson_whoever_calls_it(clock):
    learner = in_order()
    third = learner.enrolment.lessons()[2]
    for action in (open_lesson, complete_lesson):
        with pytest.raises(NotOpenYet):
            action(enrolment=learner.enrolment, lesson=third, at=AT, by=learner.user)
    with pytest.raises(NotOpenYet):
        read_lessons([LessonRead(enrolment=learner.enrolment, lesson=third, opened_at=AT)])


def test_optional_lesson_holds_up_neither_the_next_one_nor_the_quiz(client, clock):
    learner = in_order(l2=False)
    client.force_login(learner.user)
    read(learner, "l1")
    assert "Lesson text" in client.get(address(learner, "l3")).content.decode()
    with pytest.raises(LearningRefused):
        start_attempt(enrolment=learner.enrolment, at=AT, rng=random.Random(1))
    read(learner, "l3", "l4")
    assert Enrolment.objects.get(pk=learner.enrolment.pk).trained_on == factories.TODAY
    assert start_attempt(enrolment=learner.enrolment, at=AT, rng=random.Random(1))
    page = client.get(address(learner, "l2")).content.decode()
    assert "Optional" in page
    assert client.get(address(learner, "l2")).status_code == 200


def test_many_lessons_read_at_once_train_without_the_optional_one(clock):
    learner = in_order(l2=False)
    lessons = [lesson for lesson in learner.enrolment.lessons() if lesson.slug != "l2"]
    read_lessons(
        LessonRead(enrolment=learner.enrolment, lesson=lesson, opened_at=AT, completed_at=AT) for lesson in lessons
    )
    assert Enrolment.objects.get(pk=learner.enrolment.pk).trained_on == factories.TODAY
    assert set(LessonProgress.objects.values_list("seconds", flat=True)) == {0}


def test_course_changed_meanwhile_is_what_it_was_for_who_is_inside(learner):
    course = learner.world["course"]
    Course.objects.filter(pk=course.pk).update(is_ordered=True)
    course.lessons.filter(slug="l2").update(is_required=False)
    ask_first(course, factories.make_course())
    read(learner, "l2")  # in any order, although nothing was completed first
    assert Enrolment.objects.get(pk=learner.enrolment.pk).trained_on is None
    read(learner, "l1")
    assert Enrolment.objects.get(pk=learner.enrolment.pk).trained_on == factories.TODAY
    fresh = make_learner(learner.world).enrolment
    assert (fresh.is_ordered, len(fresh.optional_ids), len(fresh.asks_first)) == (True, 1, 1)


def test_enrolment_keeps_the_same_terms_one_by_one_and_in_bulk(db):
    course = factories.make_course(lessons=3)
    course.is_ordered = True
    course.save()
    course.lessons.filter(slug="l3").update(is_required=False)
    ask_first(course, factories.make_course(), factories.make_course(), need=1)
    people = [factories.make_person() for _number in range(2)]
    one = enrol(person=people[0], course=course, day=factories.TODAY)
    many = enrol_many([Place(person=people[1], course=course, day=factories.TODAY)])[0]
    for name in ("lesson_ids", "optional_ids", "is_ordered", "asks_first"):
        assert getattr(one, name) == getattr(many, name)
    assert one.asks_first[0]["need"] == 1


def test_my_training_shows_what_waits_and_counts_no_optional_lesson(clock):
    learner = in_order(l2=False)
    with override("en"):
        plan = next(plan for plan in plans_of(learner.person, factories.TODAY, AT) if len(plan.steps) > 4)
    states = [step.state for step in plan.steps if step.course]
    assert states == ["open", "optional", "waiting", "waiting"] or states == ["now", "optional", "waiting", "waiting"]
    assert plan.total == len(plan.steps) - 1


# --- what comes first -----------------------------------------------------------------------------------------------


@pytest.fixture
def module(clock):
    """A learner of a module that asks for a core course first."""
    world = factories.make_bound_world()
    core, module = factories.make_course(), factories.make_course()
    ask_first(module, core)
    world |= {"core": core, "course": module}
    factories.make_requirement(world["code"], [module])
    return make_learner(world)


def test_module_waits_for_the_core_and_names_it(client, module):
    client.force_login(module.user)
    page = client.get(address(module, "l1")).content.decode()
    assert "Before this course, complete:" in page
    assert module.world["core"].name_latin in page
    assert not LessonProgress.objects.exists()
    with pytest.raises(NotOpenYet) as refusal:
        start_attempt(enrolment=module.enrolment, at=AT, rng=random.Random(1))
    assert module.world["core"].label in str(refusal.value)
    quiz = client.get(f"/en/quiz/{module.enrolment.pk}/").content.decode()
    assert module.world["core"].name_latin in quiz


def test_my_training_names_the_course_that_comes_first(client, module):
    client.force_login(module.user)
    page = client.get("/en/training/").content.decode()
    assert f"Another course comes first: {module.world['core'].name_latin}" in page
    plans = plans_of(module.person, factories.TODAY, AT)
    steps = [step for plan in plans for step in plan.steps if step.course == module.enrolment.pk]
    assert [step.state for step in steps][1:] == ["waiting"] * (len(module.enrolment.lesson_ids) - 1)
    assert not any(step.minutes for step in steps)
    factories.learn(enrol(person=module.person, course=module.world["core"], day=factories.TODAY))
    assert "Another course comes first" not in client.get("/en/training/").content.decode()


def test_core_is_begun_from_the_page_that_asks_for_it_and_opens_the_module(client, module):
    client.force_login(module.user)
    first = f"/en/learn/{module.enrolment.pk}/first/{module.world['core'].slug}/"
    begun = client.post(first)
    core = Enrolment.objects.get(person=module.person, course=module.world["core"])
    assert begun["Location"] == f"/en/learn/{core.pk}/l1/"
    assert client.post(first)["Location"] == begun["Location"]
    factories.learn(core)
    assert "Lesson text" in client.get(address(module, "l1")).content.decode()


def test_nobody_enrols_in_a_course_that_nothing_asks_for(client, module):
    client.force_login(module.user)
    other, stranger = factories.make_course(), make_learner(module.world)
    assert client.post(f"/en/learn/{module.enrolment.pk}/first/{other.slug}/").status_code == 404
    core = module.world["core"].slug
    assert client.post(f"/en/learn/{stranger.enrolment.pk}/first/{core}/").status_code == 404
    assert client.get(f"/en/learn/{module.enrolment.pk}/first/{core}/").status_code == 405


def test_core_taken_once_serves_every_module(module):
    core = enrol(person=module.person, course=module.world["core"], day=factories.TODAY)
    factories.learn(core)
    for _number in range(2):
        course = factories.make_course()
        ask_first(course, module.world["core"])
        enrolment = enrol(person=module.person, course=course, day=factories.TODAY)
        assert open_lesson(enrolment=enrolment, lesson=enrolment.lessons()[0], at=AT, by=module.user)
    assert Enrolment.objects.filter(course=module.world["core"]).count() == 1


def test_one_of_several_is_enough_where_one_is_asked_for(module):
    either, other, course = (factories.make_course() for _number in range(3))
    ask_first(course, either, other, need=1)
    enrolment = enrol(person=module.person, course=course, day=factories.TODAY)
    with pytest.raises(NotOpenYet):
        open_lesson(enrolment=enrolment, lesson=enrolment.lessons()[0], at=AT, by=module.user)
    factories.learn(enrol(person=module.person, course=other, day=factories.TODAY))
    assert open_lesson(enrolment=enrolment, lesson=enrolment.lessons()[0], at=AT, by=module.user)


def test_course_page_says_what_comes_first_what_is_optional_and_that_it_is_in_order(client, library, learner):  # noqa: F811
    course = learner.world["course"]
    Course.objects.filter(pk=course.pk).update(is_ordered=True)
    course.lessons.filter(slug="l2").update(is_required=False)
    asked = [factories.make_course() for _number in range(2)]
    ask_first(course, *asked, need=1)
    page = client.get(library).content.decode()
    assert "complete 1 of these:" in page
    assert all(each.name_latin in page for each in asked)
    assert "Optional" in page
    assert "open one after the other" in page


# --- where the person was -------------------------------------------------------------------------------------------


def test_continue_leads_to_the_lesson_seen_last_whatever_the_device(client, learner, clock):
    phone, office = client, client.__class__()
    for device in (phone, office):
        device.force_login(learner.user)
    phone.get(address(learner, "l1"))
    clock.pass_by(minutes=5)
    phone.get(address(learner, "l2", "km"))
    assert office.get("/en/learn/")["Location"] == address(learner, "l2")
    clock.pass_by(minutes=5)
    office.get(address(learner, "l1"))
    assert phone.get("/km/learn/")["Location"] == address(learner, "l1", "km")
    with override("en"):
        step = plans_of(learner.person, factories.TODAY, clock.now)[0].steps
    assert [each.url for each in step if each.state == "now" and each.course] in ([], [address(learner, "l1")])
    phone.post(address(learner, "l1"))
    assert office.get("/en/learn/")["Location"] == address(learner, "l2")


def test_lesson_looked_at_again_right_away_writes_nothing(client, learner, clock, django_assert_num_queries):
    client.force_login(learner.user)
    client.get(address(learner, "l1"))
    before = LessonProgress.objects.get()
    clock.pass_by(minutes=1)
    client.get(address(learner, "l1"))
    assert LessonProgress.objects.get().seen_at == before.seen_at


# --- time -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def hurried(client, learner, clock):
    """A learner who clicked through the first lesson in ten seconds, and took five minutes for the second."""
    learner.world["course"].lessons.update(min_minutes=4)
    client.force_login(learner.user)
    for slug, seconds in (("l1", 10), ("l2", 300)):
        client.get(address(learner, slug))
        clock.pass_by(seconds=seconds)
        answer = client.post(address(learner, slug), follow=True)
        learner.pages = [*getattr(learner, "pages", []), answer.content.decode()]
    return learner


def test_time_is_kept_and_hinders_nobody(hurried):
    assert list(LessonProgress.objects.order_by("pk").values_list("seconds", flat=True)) == [10, 300]
    assert Enrolment.objects.get(pk=hurried.enrolment.pk).trained_on == factories.TODAY


def test_learner_far_below_the_minimum_reads_one_sentence(hurried):
    first, second = hurried.pages
    assert "needs about 4 minutes" in first
    assert "very fast" not in second


def test_time_does_not_change_when_a_lesson_is_sent_again(client, hurried, clock):
    clock.pass_by(hours=1)
    again = client.post(address(hurried, "l1"), follow=True).content.decode()
    assert "very fast" not in again
    assert LessonProgress.objects.order_by("pk").first().seconds == 10


def test_hr_and_trainer_read_how_many_lessons_were_too_fast(client, hurried):
    role = factories.make_role(institution=hurried.world["ministry"])
    client.force_login(role.user)
    person = client.get(f"/en/people/{hurried.person.pk}/").content.decode()
    assert "1 lesson read faster than its minimum time" in person
    override_page = client.get(f"/en/tries/{hurried.enrolment.pk}/").content.decode()
    assert "1 lesson read faster" in override_page


def test_hr_reads_it_also_after_the_quiz_is_passed(client, hurried):
    factories.learn(Enrolment.objects.get(pk=hurried.enrolment.pk))
    client.force_login(factories.make_role(institution=hurried.world["ministry"]).user)
    person = client.get(f"/en/people/{hurried.person.pk}/").content.decode()
    assert "Quizzes passed after fast reading" in person
    assert "1 lesson read faster than its minimum time" in person

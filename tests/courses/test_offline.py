"""Without a link: what a phone may take along, and what becomes of the answers that come back."""

import json
import uuid

import pytest
from django.core import signing
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from courses.actions import finish_attempt, save_answer
from courses.models import Attempt, Enrolment, OfflineAnswer, QuestionVersion, Quiz
from courses.offline import SALT
from tests import factories

from .conftest import make_learner, words

pytestmark = pytest.mark.django_db


class Phone:
    """A phone that saved a course and sends answers as its script does."""

    def __init__(self, client, enrolment, language="en"):
        self.client, self.base = client, f"/{language}/learn/offline/{enrolment.pk}/"
        self.renew()

    def renew(self):
        self.copy = self.client.get(self.base).json()

    @staticmethod
    def given(position, answer="1", **more):
        fields = {"answer": [answer] if isinstance(answer, str) else answer}
        facts = {"id": uuid.uuid4().hex, "position": position, "fields": fields, "given_at": "2026-01-05T07:00:00.000Z"}
        return facts | more

    def post(self, *answers, **parcel):
        parcel = {"answers": answers, **parcel}
        parcel.setdefault("token", self.copy["attempt"] and self.copy["attempt"]["token"])
        return self.client.post(f"{self.base}answers/", json.dumps(parcel), content_type="application/json")

    def send(self, *answers):
        """The verdicts, in order."""
        response = self.post(*answers)
        assert response.status_code == 200, response.content
        return [each["verdict"] for each in response.json()["answers"]]


@pytest.fixture
def phone(quiz):
    quiz.start()
    return Phone(quiz.client, quiz.enrolment)


def kept(position=1):
    return Attempt.objects.get().questions.get(position=position)


def at_place(place, position=1):
    return kept(position).option_order[place - 1]


# --- the copy -------------------------------------------------------------------------------------------------------


def test_a_copy_holds_the_lessons_in_order_and_in_the_language_of_the_page(browser, learner):
    for language, title in (("en", "Lesson l1"), ("km", "មេរៀន")):
        response = browser.get(f"/{language}/learn/offline/{learner.enrolment.pk}/")
        assert "no-store" in response["Cache-Control"]
        copy = response.json()
        assert [lesson["language"] for lesson in copy["lessons"]] == [language] * len(learner.enrolment.lesson_ids)
        assert copy["lessons"][0]["title"].startswith(title)
        assert "<p" in copy["lessons"][0]["html"]
        assert copy["attempt"] is None


def test_a_copy_before_the_quiz_says_how_the_quiz_can_go_along(browser, learner):
    copy = browser.get(f"/en/learn/offline/{learner.enrolment.pk}/").json()
    assert "Start the quiz while you have internet" in copy["why_no_attempt"]


def test_a_copy_takes_the_same_queries_for_one_lesson_as_for_all(browser, learner):
    counts = []
    for lessons in (learner.enrolment.lesson_ids, learner.enrolment.lesson_ids[:1]):
        Enrolment.objects.filter(pk=learner.enrolment.pk).update(lesson_ids=lessons)
        browser.get(f"/en/learn/offline/{learner.enrolment.pk}/")  # the device is noted once
        with CaptureQueriesContext(connection) as queries:
            browser.get(f"/en/learn/offline/{learner.enrolment.pk}/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_copy_holds_the_draw_in_its_own_order_without_key_feedback_or_ids(phone):
    copy = phone.copy["attempt"]
    assert [question["position"] for question in copy["questions"]] == [1, 2, 3]
    everything = json.dumps(copy)
    for question in Attempt.objects.get().questions.select_related("version"):
        shown = copy["questions"][question.position - 1]["html"]
        texts = [question.version.option(pk)["text"]["en"] for pk in question.option_order]
        assert sorted(texts, key=shown.index) == texts
        for option in question.version.options:
            assert f'value="{option["id"]}"' not in shown
            for feedback in option.get("feedback", {}).values():
                assert feedback not in everything
    assert '"key"' not in everything and "credit" not in everything


def test_a_copy_shows_the_answers_given_so_far(phone, quiz):
    assert "checked" not in phone.copy["attempt"]["questions"][0]["html"]
    quiz.answer(1)
    phone.renew()
    assert phone.copy["attempt"]["questions"][0]["is_answered"]
    assert phone.copy["attempt"]["questions"][0]["html"].count("checked") == 1


def test_a_quiz_with_a_time_limit_stays_and_the_copy_says_why(quiz):
    Quiz.objects.update(minutes_allowed=30)
    quiz.start()
    copy = quiz.client.get(f"/en/learn/offline/{quiz.enrolment.pk}/").json()
    assert copy["attempt"] is None
    assert "time limit" in copy["why_no_attempt"]
    assert copy["lessons"]
    assert "time limit, so it can only be taken with internet" in words(quiz.get())


def test_only_ones_own_course_can_be_saved(browser, learner):
    other = make_learner(learner.world)
    assert browser.get(f"/en/learn/offline/{other.enrolment.pk}/").status_code == 404
    assert browser.post(f"/en/learn/offline/{other.enrolment.pk}/answers/").status_code == 404
    assert Client().get(f"/en/learn/offline/{learner.enrolment.pk}/").status_code == 302


def test_contact_names_the_owner_the_same_at_every_login_and_nobody_else_the_same(browser, learner):
    contact = browser.get("/en/learn/offline/contact/").json()
    other, again = Client(), Client()
    other.force_login(make_learner(learner.world).user)
    again.force_login(learner.user)
    assert again.get("/en/learn/offline/contact/").json()["owner"] == contact["owner"]
    assert other.get("/en/learn/offline/contact/").json()["owner"] != contact["owner"]
    assert learner.user.username not in contact["owner"]
    assert browser.get(f"/en/learn/offline/{learner.enrolment.pk}/").json()["owner"] == contact["owner"]


# --- what comes back ------------------------------------------------------------------------------------------------


def test_answers_from_a_phone_count_as_those_of_the_page(phone, quiz):
    rights = [kept(position).option_order.index("a") + 1 for position in (1, 2, 3)]
    sent = [phone.given(position, str(place)) for position, place in enumerate(rights, start=1)]
    assert phone.send(*sent) == ["taken"] * 3
    response = quiz.post("check", attempt=1)
    quiz.keep(quiz.client.get(response["Location"]))
    assert Attempt.objects.get().marks.get().right == 3


def test_sending_again_hears_the_same_and_changes_nothing(phone, quiz):
    first, second = phone.given(1, "1"), phone.given(2, "2")
    assert phone.send(first) == ["taken"]
    answered_at = kept().answered_at
    quiz.answer(1, at_place(2))  # changed on the page meanwhile
    assert phone.send(first, second, first) == ["taken", "taken", "taken"]
    assert kept().answer == at_place(2) and kept().answered_at >= answered_at
    assert OfflineAnswer.objects.count() == 2


def test_an_answer_cannot_be_judged_twice_whoever_asks(phone):
    phone.send(phone.given(1))
    facts = OfflineAnswer.objects.values().get()
    facts.pop("id")
    with pytest.raises(IntegrityError), transaction.atomic():
        OfflineAnswer.objects.create(**facts)


def test_answers_are_taken_in_the_order_in_which_they_were_given(phone):
    assert phone.send(phone.given(1, "1"), phone.given(1, "3"), phone.given(1, "2")) == ["taken"] * 3
    assert kept().answer == at_place(2)


def test_a_later_parcel_of_the_same_copy_goes_on_where_the_first_ended(phone, clock):
    phone.send(phone.given(1, "1"))
    clock.pass_by(minutes=5)
    assert phone.send(phone.given(1, "3")) == ["taken"]
    assert kept().answer == at_place(3)


def test_an_answer_given_elsewhere_after_the_copy_wins_whatever_the_phones_clock_says(phone, quiz, clock):
    clock.pass_by(minutes=5)
    quiz.answer(1, at_place(1))
    clock.pass_by(minutes=5)
    response = phone.post(phone.given(1, "2", given_at="2099-01-01T00:00:00Z"), phone.given(2, "2"))
    first, second = response.json()["answers"]
    assert (first["verdict"], second["verdict"]) == ("older", "taken")
    assert "you answered this question elsewhere" in first["words"]
    assert kept().answer == at_place(1)
    phone.renew()
    assert phone.send(phone.given(1, "2")) == ["taken"]


def test_of_two_phones_the_one_that_sends_first_wins(phone, quiz, clock):
    other = Phone(quiz.client, quiz.enrolment)
    clock.pass_by(minutes=5)
    assert phone.send(phone.given(1, "1")) == ["taken"]
    assert other.send(other.given(1, "2")) == ["older"]
    assert kept().answer == at_place(1)


def test_an_attempt_handed_in_meanwhile_takes_nothing_more(phone, quiz, learner):
    attempt = Attempt.objects.get()
    for position in (1, 2, 3):
        save_answer(attempt=attempt, position=position, answer="b", at=factories.moment(hour=14))
    finish_attempt(attempt=attempt, at=factories.moment(hour=15), by=learner.user)
    mark = attempt.marks.get()
    assert phone.send(phone.given(1), phone.given(99)) == ["closed", "closed"]
    assert attempt.marks.get() == mark and kept().answer == "b"


def test_an_attempt_with_a_time_limit_takes_nothing_from_a_phone(phone):
    Attempt.objects.update(due_at=factories.moment(hour=20))
    response = phone.post(phone.given(1))
    assert response.status_code == 400
    assert "time limit" in response.json()["error"]
    assert kept().answer == "" and not OfflineAnswer.objects.exists()


def test_what_is_no_answer_to_the_question_is_said_and_the_rest_is_taken(phone):
    odd = [phone.given(1, "9"), phone.given(1, "a"), phone.given(1, []), phone.given(77, "1"), phone.given(2, "1")]
    assert phone.send(*odd) == ["impossible"] * 4 + ["taken"]
    assert kept().answer == ""


def test_words_about_an_answer_are_in_the_language_of_the_copy(quiz):
    quiz.start()
    phone = Phone(quiz.client, quiz.enrolment, "km")
    said = phone.post(phone.given(1, "9")).json()["answers"][0]["words"]
    assert not any("a" <= letter <= "z" for letter in said)


def test_what_cannot_be_read_is_refused_whole_and_says_what_to_do(phone):
    response = phone.post(phone.given(2), phone.given(0))
    assert response.status_code == 400
    assert "could not be read" in response.json()["error"]
    assert not OfflineAnswer.objects.exists() and kept(2).answer == ""


def test_a_copy_of_somebody_elses_attempt_is_not_there(phone, learner):
    other = make_learner(learner.world)
    client = Client()
    client.force_login(other.user)
    stranger = Phone(client, other.enrolment)
    assert stranger.post(phone.given(1), token=phone.copy["attempt"]["token"]).status_code == 404
    assert kept().answer == ""


def test_a_phone_that_was_logged_out_is_asked_to_log_in_and_nothing_is_lost(phone):
    phone.client.logout()
    response = phone.post(phone.given(1))
    assert response.status_code == 302 and "/account/login/" in response["Location"]
    assert not OfflineAnswer.objects.exists()


# --- questions of every type ----------------------------------------------------------------------------------------


def ask(kind, **content):
    """Make the first drawn question one of another type."""
    version = kept().version
    question = Attempt.objects.get().questions.get(position=1)
    made = QuestionVersion.objects.create(
        question=version.question,
        number=99,
        type=kind,
        stem={"en": "S", "km": "ស"},
        written_at=version.written_at,
        **content,
    )
    question.version, question.option_order = made, made.shuffled_ids()
    question.save()


def option(pk, **more):
    return {"id": pk, "text": {"en": f"Option {pk}", "km": pk}, **more}


def test_a_story_goes_along_whole_and_comes_back_as_its_path(quiz):
    quiz.start()
    options = [option("a", next="two"), option("b", next=None), option("c", next=None), option("d", next=None)]
    texts = {"en": "Step", "km": "ជំហាន"}
    steps = [{"id": "one", "text": texts, "options": ["a", "b"]}, {"id": "two", "text": texts, "options": ["c", "d"]}]
    ask("scenario", options=options, key=["a", "c"], details={"steps": steps})
    phone = Phone(quiz.client, quiz.enrolment)
    shown = phone.copy["attempt"]["questions"][0]["html"]
    assert shown.count("data-step=") == 2 and shown.count('data-next="1"') == 1
    on = str([pk for pk in kept().option_order if pk in "ab"].index("a") + 1)
    end = str([pk for pk in kept().option_order if pk in "cd"].index("d") + 1)
    assert phone.send(phone.given(1, fields={"step-0": [on]})) == ["taken"]
    assert kept().answer == ["a"]
    assert phone.send(phone.given(1, fields={"step-0": [on], "step-1": [end]})) == ["taken"]
    assert kept().answer == ["a", "d"]
    assert phone.send(phone.given(1, fields={"step-0": ["3"]}), phone.given(1, fields={"step-0": ["x"]})) == [
        "impossible",
        "impossible",
    ]
    assert kept().answer == ["a", "d"]


def test_a_number_is_read_in_the_language_of_the_copy(quiz):
    quiz.start()
    ask("numeric", options=[{"id": "a", "value": "1.5", "tolerance": "0"}], key=["a"])
    phone = Phone(quiz.client, quiz.enrolment, "km")
    assert phone.send(phone.given(1, "១,៥")) == ["taken"]
    assert kept().answer == "1.5"
    assert phone.send(phone.given(1, "many")) == ["impossible"]


def test_several_answers_an_order_and_pairs_come_back_by_place(quiz):
    quiz.start()
    ask("ordering", options=[option("a"), option("b")], key=["a", "b"])
    phone = Phone(quiz.client, quiz.enrolment)
    assert phone.send(phone.given(1, fields={"answer_1": ["2"], "answer_2": ["1"]})) == ["taken"]
    assert kept().answer == kept().option_order[::-1]


# --- the pages ------------------------------------------------------------------------------------------------------


def test_the_page_of_saved_courses_names_nobody_and_needs_no_login(browser, learner):
    seen = [client.get("/km/learn/offline/") for client in (browser, Client())]
    assert seen[0].content == seen[1].content
    assert "public" in seen[0]["Cache-Control"]
    assert 'rel="manifest"' in words(seen[0])


def test_lesson_offers_to_save_and_names_the_other_way_first(browser, learner):
    page = words(browser.get(f"/en/learn/{learner.enrolment.pk}/l1/"))
    assert "read and printed from the open library" in page
    assert 'hidden data-offer="' in page, "without its script nobody sees a button that does nothing"
    assert "Others who use this phone could read it" in page


def test_the_size_that_is_named_is_about_the_size_that_is_saved(browser, learner):
    from courses.offline import kilobytes
    from tests.courses.test_weight import long_words

    page = learner.enrolment.lessons()[0].pages.get(locale__language_code="km")
    page.body = [("text", long_words())]
    page.save_revision().publish()
    named = kilobytes(learner.enrolment)
    real = (
        sum(
            len(each["html"].encode())
            for each in browser.get(f"/km/learn/offline/{learner.enrolment.pk}/").json()["lessons"]
        )
        / 1024
    )
    assert 0.5 * real < named < 1.5 * real


def test_signed_token_names_the_attempt_and_nothing_of_its_questions(phone):
    facts = signing.loads(phone.copy["attempt"]["token"], salt=SALT)
    assert set(facts) == {"attempt", "copy", "at"}

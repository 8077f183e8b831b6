"""What a learner is shown of a quiz: the way to the article, and no key before the end."""

import json
import re

import pytest

from courses import actions as course_actions
from courses.models import Attempt, QuestionVersion
from tests import factories

from .conftest import words

pytestmark = pytest.mark.django_db


def test_result_before_the_hand_in_leads_to_the_check(quiz):
    quiz.start()
    assert quiz.client.get(f"/en/quiz/results/{quiz.attempt.pk}/")["Location"] == quiz.url("check")


def test_failed_result_shows_what_was_chosen_and_the_article_never_the_right_option(quiz):
    quiz.start().hand_in("b")
    page = quiz.seen[-1]
    assert "Not passed yet" in page
    assert "0 of 3 right (0%)" in page
    assert page.count("Not right") == 3
    assert page.count("Feedback b") == 3
    assert "Option a" not in page
    assert "Feedback a" not in page
    assert page.count("Text 3") == 3
    assert "/editions/education/1/?lang=en#" in page
    assert "Try again with new questions" in page
    assert page.count("btn-primary") == 1


def test_article_link_of_the_result_leads_to_the_article(quiz):
    quiz.start().hand_in("b")
    link = re.search(r'href="(/editions/[^"#]+)#([^"]+)"', quiz.seen[-1])
    page = words(quiz.client.get(link.group(1).replace("&amp;", "&")))
    assert f'id="{link.group(2)}"' in page


def test_failed_result_in_khmer_quotes_the_khmer_article(quiz):
    quiz.start().hand_in("b")
    page = words(quiz.client.get(f"/km/quiz/results/{Attempt.objects.get().pk}/"))
    assert "អត្ថបទ 3" in page
    assert 'href="/editions/education/1/#' in page


def test_passed_result_shows_the_right_option_where_another_was_chosen(quiz):
    quiz.start()
    quiz.answer(1, "b")
    quiz.answer(2)
    quiz.answer(3)
    page = words(quiz.client.post(quiz.url("check"), {"attempt": 1}, follow=True))
    assert "You have passed the quiz" in page
    assert page.count("<dt>Right answer</dt>") == 1
    assert page.count("Option a") == 3


def test_failed_attempt_shows_the_right_options_once_a_later_one_passed(quiz):
    quiz.start().hand_in("b")
    failed = Attempt.objects.get()
    quiz.start().hand_in("a")
    page = words(quiz.client.get(f"/en/quiz/results/{failed.pk}/"))
    assert "Not passed yet" in page
    assert page.count("<dt>Right answer</dt>") == 3
    assert "Try again" not in page


def test_passed_result_leads_to_the_signature_then_the_next_course_then_the_certificate(quiz, learner):
    other = factories.make_course()
    enrolment = course_actions.enrol(person=learner.person, course=other, day=factories.TODAY)
    quiz.start().hand_in()
    result = f"/en/quiz/results/{Attempt.objects.get().pk}/"
    request = learner.person.sign_requests.get()
    assert f'class="btn btn-primary" href="/en/sign/{request.pk}/"' in words(quiz.client.get(result))
    factories.sign(learner.person)
    page = words(quiz.client.get(result))
    assert f'class="btn btn-primary" href="/en/learn/">Next course: {other.name_latin}' in page
    factories.learn(enrolment)
    page = words(quiz.client.get(result))
    assert 'class="btn btn-primary" href="/en/my-certificates/"' in page
    assert page.count("btn-primary") == 1
    assert learner.person.certificates.count() == 1


def test_no_response_before_passing_holds_a_key_or_an_option_id(quiz):
    for number, version in enumerate(QuestionVersion.objects.all()):
        marked = [{**option, "id": f"opt-{option['id']}-{number}"} for option in version.options]
        QuestionVersion.objects.create(
            question=version.question,
            number=2,
            stem=version.stem,
            options=marked,
            key=[f"opt-a-{number}"],
            written_at=version.written_at,
        )
    quiz.get()
    quiz.start()
    for language in ("en", "km"):
        quiz.language = language
        for position in (1, 2, 3):
            quiz.get(position)
            wrong = next(o for o in quiz.attempt.questions.get(position=position).option_order if "opt-b" in o)
            place = quiz.place(position, wrong)
            quiz.post(position, attempt=1, answer=place)
            quiz.post(position, attempt=1, answer=place, headers={"HX-Request": "true"})
            quiz.post(position, attempt=1, answer="7")
        quiz.get("check")
    quiz.post("check", attempt=1)
    quiz.keep(quiz.client.get(f"/en/quiz/results/{Attempt.objects.get().pk}/"))
    quiz.keep(quiz.client.get("/en/learn/"))
    assert len(quiz.seen) > 25
    for body in quiz.seen:
        assert "opt-" not in body
        assert not re.search(r"\b(key|correct|is_right|right_options)\b", body)


def test_options_differ_in_nothing_but_place_and_words(quiz):
    quiz.start()
    page = words(quiz.get(1))
    rows = re.findall(r'<div class="form-check">.*?</div>', page, re.DOTALL)
    bare = {re.sub(r"id_answer_\d|value=\"\d\"|[A-C]\. Option \w \d", "", row) for row in rows}
    assert len(rows) == 3
    assert len(bare) == 1


def test_shuffled_options_put_the_right_one_in_every_place(quiz):
    places = set()
    for _round in range(12):
        quiz.start()
        places |= {quiz.place(position, "a") for position in (1, 2, 3)}
        quiz.hand_in("b")
    assert places == {1, 2, 3}


def test_json_of_a_question_is_never_in_a_page(quiz):
    quiz.start()
    version = quiz.attempt.questions.select_related("version").get(position=1).version
    page = words(quiz.get(1))
    assert json.dumps(version.key) not in page
    assert "Feedback" not in page

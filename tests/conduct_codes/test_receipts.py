"""Receipts: the page on paper for those who see the signer, the public check for whoever holds the number."""

import datetime
import re

import pytest
from django.test import Client

from conduct_codes import actions
from conduct_codes.models import SignOff
from conduct_codes.receipts import ALPHABET, LENGTH, grouped, new_receipt, tidy_receipt
from tests import factories
from tests.factories import TODAY, moment

DAY = datetime.timedelta(days=1)


@pytest.fixture
def sign_off(db):
    factories.make_edition()
    post = factories.make_post(starts_on=TODAY - 5 * DAY)
    factories.give_account(post.person)
    return factories.sign(post.person)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment(TODAY, 14))


def main_of(response):
    return response.content.decode().split("<main")[1]


def check(number, **query):
    return Client().get(f"/receipt/{number}/", {"lang": "en", **query})


def test_a_number_is_read_as_people_type_it_and_nothing_else_is_one():
    number = new_receipt()
    assert len(number) == LENGTH and set(number) <= set(ALPHABET)
    assert tidy_receipt(f" {grouped(number).lower()} ") == number == tidy_receipt(number)
    assert tidy_receipt("oil0-oil0-oil0") == "011001100110"
    assert [tidy_receipt(typed) for typed in ("", number[:-1], number + "0", "U" * 16, "១" * 16, "../../etc")] == [
        ""
    ] * 6


def test_numbers_do_not_repeat():
    assert len({new_receipt() for _each in range(500)}) == 500


def test_anybody_learns_edition_hash_and_day_and_nothing_of_the_person(sign_off):
    response = check(sign_off.receipt)
    page, person = main_of(response), sign_off.person
    for fact in ("23 November 2026", "edition 1", sign_off.edition_text.sha256, "In force", "Khmer"):
        assert fact in page
    post = person.posts.get()
    hidden = (
        *(person.name, person.name_latin, post.staff_number.number, post.institution.name, post.institution.name_latin),
        *(post.position.name_latin, person.user.username),
    )
    assert [fact for fact in hidden if fact in response.content.decode()] == []
    assert "no-store" in response["Cache-Control"] and response.status_code == 200
    address = re.search(r'href="(/editions/[^"]+\.json)"', page)[1]
    bytes_at_address = Client().get(address).content
    assert bytes_at_address == bytes(sign_off.edition_text.content)


def test_the_answer_is_in_khmer_where_no_language_is_asked_for(sign_off):
    assert "បង្កាន់ដៃ" in main_of(Client().get(f"/receipt/{sign_off.receipt}/"))


def test_a_number_that_is_not_there_and_one_that_cannot_be_get_the_same_answer(sign_off):
    answers = [check(number) for number in ("0" * 16, "0" * 12, "abc", "<b>" + "x" * 400)]
    answers.append(Client().get("/receipt/", {"lang": "en", "number": "abc"}))
    assert {answer.status_code for answer in answers} == {404}
    said = {re.sub(r"<code>.*?</code>", "", main_of(answer).split("<hr>")[0]) for answer in answers}
    assert len(said) == 1 and "No such receipt" in said.pop()
    assert "<b>" not in main_of(answers[3]).split("</code>")[0].split("<code>")[1]


def test_what_is_typed_leads_to_the_answers_own_address(sign_off):
    assert Client().get("/receipt/").status_code == 200
    typed = grouped(sign_off.receipt).lower()
    assert Client().get("/receipt/", {"number": typed})["Location"] == f"/receipt/{sign_off.receipt}/"


def test_numbers_cannot_be_tried_without_end(sign_off):
    codes = [check("0" * 16).status_code for _each in range(31)]
    assert codes == [404] * 30 + [429]


def test_the_answer_says_what_became_of_the_edition(sign_off):
    code = sign_off.edition.code
    factories.make_edition(code, day=TODAY, change_class="clarification")
    page = main_of(check(sign_off.receipt))
    assert "Continued by a later edition" in page and "Edition 2 is in force" in page and "counts for it too" in page
    factories.make_edition(code, day=TODAY)
    page = main_of(check(sign_off.receipt))
    assert "Replaced by a newer edition" in page and "Edition 3 is in force" in page
    factories.repeal(code, decided_on=TODAY)
    assert "The code was repealed on 23 November 2026." in main_of(check(sign_off.receipt))


def test_the_first_receipts_with_twelve_characters_are_still_found(sign_off):
    facts = {field.attname: getattr(sign_off, field.attname) for field in SignOff._meta.concrete_fields}
    asked = actions.request_signature(
        person=sign_off.person, edition=sign_off.edition, cause="renewal", asked_on=TODAY + DAY
    )
    SignOff.objects.create(**facts | {"id": None, "request_id": asked.pk, "receipt": "7K2Q0ABCDEF9"})
    assert check("7k2q-0abc-def9").status_code == 200


def test_the_file_is_one_page_for_the_signer_and_the_hr_above_and_not_found_by_others(sign_off):
    viewers = [sign_off.person.user, factories.make_role("hr", sign_off.institution).user]
    viewers += [factories.make_role("hr").user, factories.make_user()]
    answers = []
    for viewer in viewers:
        client = Client()
        client.force_login(viewer)
        answers.append(client.get(f"/en/receipts/{sign_off.receipt}/file/"))
    assert [answer.status_code for answer in answers] == [200, 200, 404, 404]
    first, second = (answer.content for answer in answers[:2])
    assert first == second and first.startswith(b"%PDF-") and len(re.findall(rb"/Type\s*/Page\b", first)) == 1
    assert "no-store" in answers[0]["Cache-Control"] and answers[0]["Content-Type"] == "application/pdf"


def test_the_page_of_the_receipt_leads_to_the_file_and_to_the_check(sign_off):
    client = Client()
    client.force_login(sign_off.person.user)
    page = main_of(client.get(f"/en/receipts/{sign_off.receipt}/"))
    assert f"/en/receipts/{sign_off.receipt}/file/" in page
    assert f'href="/receipt/{sign_off.receipt}/?lang=en"' in page
    assert f"http://testserver/receipt/{sign_off.receipt}/" in page and grouped(sign_off.receipt) in page

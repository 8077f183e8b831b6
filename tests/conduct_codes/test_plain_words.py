"""Plain words beside the law: never in the frozen bytes, shown only beside the words that they explain."""

import json

import pytest
from django.urls import reverse

from conduct_codes.actions import open_section, request_signature
from conduct_codes.models import CodePage, SignRequest
from conduct_codes.plain_words import explained_after, plain_words_for
from conduct_codes.separation import words_sha256
from tests import factories
from tests.conduct_codes.review_world import form_of
from tests.factories import TODAY, moment

pytestmark = pytest.mark.django_db

PLAIN = "កុំវាយកុមារ"


@pytest.fixture
def editing(client):
    """A page whose section is open, and its editor logged in."""
    page = factories.make_code_page()
    open_section(code=page.code, at=moment())
    page.save_revision()
    client.force_login(factories.make_role("editor", page.code.owner).user)
    return CodePage.objects.get(pk=page.pk)


def draft(page):
    return CodePage.objects.get(pk=page.pk).get_latest_revision_as_object()


def save(client, page, **changes):
    response = client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form_of(draft(page)) | changes)
    assert response.status_code == 302
    return draft(page)


def shown(page):
    return list(plain_words_for(page.draft_words(), page).values())


def test_plain_words_explain_the_text_they_were_written_beside(client, editing):
    page = save(client, editing, **{"articles-1-value-plain_words": PLAIN})
    assert shown(page) == [PLAIN]


def test_plain_words_of_a_changed_text_are_hidden_until_somebody_says_that_they_hold(client, editing):
    save(client, editing, **{"articles-1-value-plain_words": PLAIN})
    page = save(client, editing, **{"articles-1-value-text": "អត្ថបទថ្មី"})
    assert shown(page) == []
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert "data-outdated" in edit
    assert shown(save(client, page, plain_words_hold="on")) == [PLAIN]


def test_new_plain_words_explain_the_changed_text(client, editing):
    save(client, editing, **{"articles-1-value-plain_words": PLAIN})
    changes = {"articles-1-value-text": "អត្ថបទថ្មី", "articles-1-value-plain_words": "ពាក្យថ្មី"}
    assert shown(save(client, editing, **changes)) == ["ពាក្យថ្មី"]


def test_a_revision_from_before_plain_words_says_what_it_says_when_it_is_saved_again(client, editing):
    older = dict(editing.latest_revision.content)
    older.pop("explained")
    blocks = json.loads(older["articles"])
    for block in blocks:
        block["value"].pop("plain_words", None)
    older["articles"] = json.dumps(blocks)
    assert words_sha256(older) == words_sha256(save(client, editing).latest_revision.content)
    assert words_sha256(older) != words_sha256(
        save(client, editing, **{"articles-1-value-plain_words": PLAIN}).latest_revision.content
    )


def written(edition, language, place=1, words=PLAIN):
    """The published page of the edition's code with plain words for one article."""
    page = CodePage.objects.get(code=edition.code, locale__language_code=language)
    page.articles[place].value["plain_words"] = words
    page.explained = explained_after(page, before={})
    page.save_revision().publish()
    return CodePage.objects.get(pk=page.pk)


def test_frozen_bytes_hold_no_plain_words(site):
    edition = factories.make_edition()
    page = written(edition, "km")
    revision = factories.approve(page)
    second = factories.adopt(revision)
    assert PLAIN.encode() not in bytes(second.text_in("km").content)
    assert "plain_words" not in second.text_in("km").words["articles"][1]


def test_the_code_page_shows_them_labelled_beside_the_frozen_text_that_they_explain(client, site):
    edition = factories.make_edition()
    page = written(edition, "km")
    body = client.get(page.url).content.decode()
    assert PLAIN in body
    assert "មិនមែនជាផ្នែកនៃច្បាប់" in body
    page.articles[1].value["text"] = "អត្ថបទថ្មី"
    page.save_revision().publish()
    assert PLAIN in client.get(page.url).content.decode()  # the frozen text is still the one that they explain


def test_words_for_a_new_text_wait_until_it_is_law(client, site):
    edition = factories.make_edition()
    page = written(edition, "km")
    page.articles[1].value["text"] = "អត្ថបទថ្មី"
    page.articles[1].value["plain_words"] = "ពាក្យថ្មី"
    page.explained = explained_after(page, before={})
    revision = factories.approve(page)
    assert "ពាក្យថ្មី" not in client.get(page.url).content.decode()
    factories.adopt(revision)
    assert "ពាក្យថ្មី" in client.get(page.url).content.decode()


def test_each_language_shows_its_own_words(client, site):
    edition = factories.make_edition()
    written(edition, "km")
    english = written(edition, "en", words="Never hit a child.")
    body = client.get(english.url).content.decode()
    assert "Never hit a child." in body
    assert PLAIN not in body


def test_the_signing_page_shows_them_beside_the_text_that_is_signed(client, site):
    post = factories.make_post()
    edition = factories.make_edition()
    written(edition, "km")
    client.force_login(factories.give_account(post.person))
    request_signature(person=post.person, edition=edition, cause=SignRequest.Cause.NEW_EDITION, asked_on=TODAY)
    asked = SignRequest.objects.get()
    body = client.get(reverse("conduct_codes:sign", args=[asked.pk])).content.decode()
    assert PLAIN in body

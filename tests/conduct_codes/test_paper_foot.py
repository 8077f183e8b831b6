"""On paper every page of a text says which text it is: edition and fingerprint stand in the repeated foot."""

import pytest
from django.urls import reverse

from conduct_codes.models import CodePage
from tests import factories

pytestmark = pytest.mark.django_db


def foot(client, address):
    body = client.get(address).content.decode()
    return body.split('<div class="paper-foot">')[1].split("</div>")[0]


def test_code_edition_and_comparison_name_their_texts_at_the_foot(client, site):
    first = factories.make_edition()
    page = CodePage.objects.get(code=first.code, locale__language_code="km")
    second = factories.adopt(factories.approve(page))
    hashes = [edition.text_in("km").sha256 for edition in (first, second)]
    assert hashes[1] in foot(client, page.url)
    assert hashes[0] in foot(client, reverse("conduct_codes:edition", args=[first.code.slug, 1]))
    both = foot(client, reverse("conduct_codes:compare", args=[first.code.slug, 1, first.code.slug, 2]))
    assert all(sha256 in both for sha256 in hashes)


def test_a_draft_has_no_foot(client, site):
    page = factories.make_code_page()
    assert "paper-foot" not in client.get(page.url).content.decode()

"""Help, privacy and accessibility behind the foot of every page, and the way to the open library."""

import pytest

from courses.models import CourseIndexPage
from tests import factories

pytestmark = pytest.mark.django_db

PAGES = ("help", "privacy", "accessibility")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["km", "en"])
def test_page_may_be_kept_by_any_cache_and_names_nobody(client, language, name):
    person = factories.make_person()
    client.force_login(factories.give_account(person))
    response = client.get(f"/{language}/{name}/")
    assert response.status_code == 200
    assert response["Cache-Control"] == "public, max-age=300"
    assert person.user.username not in response.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_reading_a_page_sets_no_cookie(client, name):
    assert not client.get(f"/en/{name}/").cookies


def test_every_page_leads_to_them_even_where_something_is_wrong(client):
    for address in ("/en/account/login/", "/en/nowhere/"):
        page = client.get(address).content.decode()
        assert all(f'href="/en/{name}/"' in page for name in PAGES)


def test_library_lies_wherever_its_editors_put_it(client):
    index = CourseIndexPage(title="Open courses", slug="open-courses", locale=factories.locale("en"))
    factories.root_page().add_child(instance=index)
    response = client.get("/en/library/")
    assert response.status_code == 302
    assert response["Location"].endswith("/open-courses/")


def test_library_without_a_page_leads_to_the_front_page(client):
    assert client.get("/km/library/")["Location"] == "/km/"

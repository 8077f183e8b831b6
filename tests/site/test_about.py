"""Help, privacy and accessibility behind the foot of every page, and the way to the open library."""

import pytest
from wagtail.models import Site

from conduct_site.models import HomePage
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
    home = HomePage(title="ទំព័រដើម", slug="front", heading="ក្រម", locale=factories.locale("km"))
    factories.root_page().add_child(instance=home)
    Site.objects.all().delete()
    Site.objects.create(hostname="testserver", root_page=home, is_default_site=True)
    home.add_child(instance=CourseIndexPage(title="វគ្គ", slug="open-courses", locale=home.locale))
    Site.clear_site_root_paths_cache()
    assert client.get("/km/library/")["Location"] == "/km/open-courses/"
    assert client.get("/en/library/")["Location"] == "/en/"


def test_library_without_a_page_leads_to_the_front_page(client):
    assert client.get("/km/library/")["Location"] == "/km/"

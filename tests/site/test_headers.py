"""What every answer says to a browser: who may keep it, what it may load, where its forms go, what it gives away."""

import importlib
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.urls import reverse

from tests import factories
from tests.site import two_ministries
from tests.site.access_rows import ACCOUNTS, LOGIN, ROLES
from tests.site.access_table import TABLE
from tests.site.asking import (
    answer_of,
    client_with,
    is_of_tests,
    named_addresses,
    one_world,
    request,
    session_of,
    text_of,
)
from tests.site.test_access import address, client_of

pytestmark = [pytest.mark.any_database, pytest.mark.xdist_group("access")]

ROOT = Path(__file__).resolve().parents[2]
# What any cache may keep, because it is the same for everybody.
CACHEABLE = {
    *("help", "privacy", "accessibility", "wagtail_serve", "manifest", "courses:offline"),
    *("conduct_codes:edition", "conduct_codes:edition_bytes", "conduct_codes:edition_revision_bytes"),
    *("conduct_codes:edition_print", "conduct_codes:edition_act"),
    *("conduct_codes:compare", "conduct_codes:compare_choose"),
    *("conduct_codes:register", "conduct_codes:register_workbook"),
    *("courses:pack", "wagtaildocs_serve", "api:openapi-json", "api_pages"),
}
IN_THE_ADMIN = {name for name, route in named_addresses() if route.startswith("admin/")}
OURS = sorted(name for name in TABLE if not TABLE[name].shared and name not in IN_THE_ADMIN)
FRAME = ("anonymous", "officer", "hr", "discipline", "superuser")
LOADS = {"link": "href", "script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src", "use": "href"}
OTHER_HOST = re.compile(r"""(?:url\(|@import|\bsrc=|\bhref=|fetch\(|import\(|XMLHttpRequest)\s*["']?(?:https?:)?//""")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    with one_world(django_db_blocker, tmp_path_factory.mktemp("headers")):
        world = two_ministries.make_world()
        world.sessions = {role: session_of(world.viewers[role]) for role in ACCOUNTS}
        world.looks = {}
        yield world


def look(world, name, role):
    """What the role reads at the address of its own thing; asked once for all tests."""
    if (name, role) not in world.looks:
        world.looks[name, role] = request(client_of(world, role), "get", address(world, name, "own", role))
    return world.looks[name, role]


def pages(world, roles=ROLES):
    """(role, parsed page) of every answer in HTML at each of the addresses."""
    for name in OURS:
        for role in roles:
            seen = look(world, name, role)
            if seen.headers.get("Content-Type", "").startswith("text/html") and seen.text:
                yield f"{name} as {role}", BeautifulSoup(seen.text, "html.parser")


@pytest.mark.django_db
def test_the_world_of_this_module_is_made_in_the_test_database():
    assert is_of_tests(connection)


# --- who may keep it ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(set(OURS) - CACHEABLE))
def test_nobody_keeps_an_answer_that_is_not_the_same_for_all(world, name):
    kept = {role: look(world, name, role).headers.get("Cache-Control", "") for role in FRAME}
    assert {role: value for role, value in kept.items() if "no-store" not in value or "public" in value} == {}


@pytest.mark.parametrize("name", sorted(CACHEABLE))
def test_what_a_cache_may_keep_is_the_same_for_everybody(world, name):
    looks = {role: look(world, name, role) for role in ROLES}
    assert {role for role, seen in looks.items() if "public" not in seen.headers["Cache-Control"]} == set()
    assert {role for role, seen in looks.items() if "Set-Cookie" in seen.headers} == set()
    assert {role for role, seen in looks.items() if "Cookie" in seen.headers.get("Vary", "")} == set()
    # A workbook holds the second in which it was made.
    assert len({re.sub(r"<dcterms:[^<]*", "", seen.text) for seen in looks.values()}) == 1


def test_a_page_for_caches_sets_no_cookie_and_starts_no_session(world):
    for name in sorted(CACHEABLE):
        client = client_with()
        text_of(client.get(address(world, name, "own", "anonymous")))
        assert not client.cookies, name


# --- what it may load -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OURS)
def test_every_answer_carries_the_strict_policy_and_its_companions(world, name):
    for role in FRAME:
        headers = look(world, name, role).headers
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy and "default-src 'none'" in policy and "*" not in policy, role
        assert "http:" not in policy and "https:" not in policy, role
        assert headers["X-Frame-Options"] == "DENY", role
        assert headers["X-Content-Type-Options"] == "nosniff", role
        assert headers["Referrer-Policy"] == "same-origin", role
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", role


def test_the_policy_of_the_admin_is_loose_only_for_its_own_inline_code(world):
    seen = request(client_of(world, "editor"), "get", reverse("wagtailadmin_home"))
    policy = dict(part.split(" ", 1) for part in seen.headers["Content-Security-Policy"].split("; "))
    assert {name for name, sources in policy.items() if "'unsafe-inline'" in sources} == {"script-src", "style-src"}
    assert "unsafe-eval" not in seen.headers["Content-Security-Policy"]
    assert "http" not in seen.headers["Content-Security-Policy"]
    assert "no-store" in seen.headers["Cache-Control"]


def test_pages_carry_no_inline_code_or_style(world):
    found = {}
    for where, page in pages(world):
        inline = [tag for tag in page.find_all(True) if any(re.match("on|style$", key) for key in tag.attrs)]
        inline += [tag for tag in page.find_all(["style", "script"]) if not tag.get("src")]
        inline += page.find_all("a", href=re.compile("^(javascript|data):"))
        if inline:
            found[where] = [str(tag)[:120] for tag in inline]
    assert found == {}


def test_pages_load_nothing_from_another_host(world):
    loaded = {}
    for where, page in pages(world):
        for tag, attribute in LOADS.items():
            for element in page.find_all(tag):
                target = element.get(attribute, "")
                if re.match(r"(https?:)?//", target):
                    loaded[where] = target
        assert not page.find_all(["base", "object", "embed"]), where
    assert loaded == {}


def test_pages_of_the_admin_load_nothing_from_another_host(world):
    client, page = client_of(world, "editor"), world.places["own"].page
    for path in (reverse("wagtailadmin_home"), reverse("wagtailadmin_pages:edit", args=[page.pk])):
        parsed = BeautifulSoup(request(client, "get", path).text, "html.parser")
        targets = [tag.get(attribute, "") for kind, attribute in LOADS.items() for tag in parsed.find_all(kind)]
        assert [target for target in targets if re.match(r"(https?:)?//", target)] == []


def test_our_static_files_and_templates_name_no_other_host():
    files = [
        path
        for app in ("site/conduct_site", "exports", "discipline", "certification", "courses", "conduct_codes")
        for path in (ROOT / app).rglob("*")
        if path.suffix in {".css", ".js", ".svg", ".html"}
    ]
    assert len(files) > 50
    named = {str(path.relative_to(ROOT)): OTHER_HOST.findall(path.read_text()) for path in files}
    assert {path: found for path, found in named.items() if found} == {}


# --- where its forms go ---------------------------------------------------------------------------------------------


def test_every_form_that_sends_has_a_token_and_stays_here(world):
    wrong, forms = {}, 0
    for where, page in pages(world):
        for form in page.find_all("form"):
            forms += 1
            sends = form.get("method", "get").lower() == "post"
            has_token = form.find("input", attrs={"name": "csrfmiddlewaretoken"}) is not None
            if sends != has_token or re.match(r"(https?:)?//", form.get("action", "")):
                wrong[where] = str(form)[:200]
    assert wrong == {}
    assert forms > 50


def test_buttons_that_send_by_htmx_lie_in_a_form_with_a_token(world):
    wrong = {}
    for where, page in pages(world):
        for element in page.find_all(lambda tag: any(key in tag.attrs for key in ("hx-post", "hx-put", "hx-delete"))):
            form = element if element.name == "form" else element.find_parent("form")
            if form is None or form.find("input", attrs={"name": "csrfmiddlewaretoken"}) is None:
                wrong[where] = str(element)[:200]
    assert wrong == {}


def test_logging_out_takes_a_form(world):
    client = client_of(world, "officer")
    client.get(reverse("account_logout"))
    assert client.get(reverse("certification:training")).status_code == 200


# --- what a login gives away ----------------------------------------------------------------------------------------


def try_to_log_in(world, number):
    client = client_with()
    seen = request(client, "post", reverse("account_login"), {"login": number, "password": "not the password"})
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", seen.text).replace(number, "NUMBER")
    return seen.answer, text, "sessionid" in client.cookies


def test_login_answers_the_same_for_every_number_that_does_not_get_in(world):
    known = world.viewers["officer"].username
    closed = factories.make_user("5550001", is_active=False).username
    answers = {number: try_to_log_in(world, number) for number in (known, closed, "5559999")}
    assert len(set(answers.values())) == 1
    assert not answers[known][2]


def test_login_takes_as_much_work_for_an_unknown_number(world, monkeypatch):
    worked, encode = [], MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: worked.append(1) or encode(*args))
    work = {}
    for number in (world.viewers["officer"].username, "5559999"):
        worked.clear()
        try_to_log_in(world, number)
        work[number] = len(worked)
    assert len(set(work.values())) == 1 and all(work.values())


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:f()"])
def test_login_leads_to_no_other_site(world, target):
    facts = {"login": world.viewers["officer"].username, "password": factories.PASSWORD, "next": target}
    sent = request(client_with(), "post", f"{reverse('account_login')}?next={target}", facts)
    assert (sent.answer, sent.headers["Location"]) == (302, reverse("start"))


def test_wagtails_own_login_forms_lead_to_ours_and_take_no_password(world):
    facts = {"username": world.viewers["superuser"].username, "password": factories.PASSWORD}
    for path in ("/admin/login/", "/km/_util/login/", "/en/_util/login/"):
        for method in ("get", "post"):
            client = client_with()
            assert answer_of(getattr(client, method)(path, facts)) == LOGIN
            assert "_auth_user_id" not in client.session


def test_passwords_are_not_reset_by_mail(world):
    for path in ("/admin/password_reset/", "/km/account/password/reset/"):
        assert request(client_with(), "get", path).answer == 404


# --- files, hosts, cookies ------------------------------------------------------------------------------------------


def test_private_files_have_no_address(world):
    job = world.places["own"].jobs["hr"]
    with pytest.raises(ValueError, match="no address"):
        _ = job.result.url
    for path in (f"/media/{job.result.name}", f"/private/{job.result.name}", f"/static/{job.result.name}"):
        assert request(client_of(world, "hr"), "get", path).answer == 404
    assert not Path(job.result.path).is_relative_to(settings.MEDIA_ROOT)


def test_another_host_is_refused(world):
    assert client_with(headers={"host": "evil.example"}).get("/km/account/login/").status_code == 400


def test_cookies_cannot_be_read_by_scripts_or_sent_by_other_sites(world):
    client = client_with()
    facts = {"login": world.viewers["officer"].username, "password": factories.PASSWORD}
    client.post(reverse("account_login"), facts)
    session, csrf = client.cookies["sessionid"], client.cookies["csrftoken"]
    assert session["httponly"] and session["samesite"] == "Lax" and not session["max-age"]
    assert csrf["samesite"] == "Lax"


def test_production_ties_its_cookies_to_one_host(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "x" * 60)
    monkeypatch.setenv("ALLOWED_HOSTS", "conduct.example.org")
    production = importlib.import_module("conduct_site.settings.production")
    assert production.SESSION_COOKIE_NAME.startswith("__Host-") and production.CSRF_COOKIE_NAME.startswith("__Host-")
    assert production.SESSION_COOKIE_SECURE and production.CSRF_COOKIE_SECURE and production.SECURE_SSL_REDIRECT

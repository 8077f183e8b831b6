"""The first day: the owner's account, the first roles, and the page that says what is still missing."""

import io

import pytest
from bs4 import BeautifulSoup
from django.core.management import CommandError, call_command
from django.urls import reverse

from institutions import readiness, register_checks
from institutions.models import AuditEntry, Institution, Role, User
from jobs.models import Job
from tests import factories
from tests.site.khmer_reading import latin_words

pytestmark = pytest.mark.django_db

GOOD = "a long sentence of mine"


def appoint(monkeypatch, typed="", **options):
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    said = io.StringIO()
    call_command("first_administrator", username="owner", stdout=said, **options)
    return said.getvalue()


def test_the_owner_logs_in_with_the_password_given(monkeypatch):
    said = appoint(monkeypatch, f"{GOOD}\n")
    owner = User.objects.get()
    assert owner.is_superuser and owner.check_password(GOOD) and "/setup/" in said and GOOD not in said
    assert AuditEntry.objects.get().verb == "institutions.appoint_owner"


def test_an_account_without_a_password_says_how_to_get_one(monkeypatch):
    said = appoint(monkeypatch, no_password=True)
    assert not User.objects.get().has_usable_password()
    steps = [line for line in said.splitlines() if line[:2] in ("1.", "2.", "3.")]
    assert "manage.py changepassword owner" in steps[0]
    assert steps[1].endswith("/km/account/login/") and steps[2].endswith("/km/setup/")


def test_there_is_one_owner(monkeypatch):
    factories.make_user(is_superuser=True)
    with pytest.raises(CommandError):
        appoint(monkeypatch, f"{GOOD}\n")
    assert User.objects.count() == 1


@pytest.mark.parametrize("typed", ["", "\n", "short\n", "eleven sign\n", "1234567890123\n"])
def test_a_weak_password_makes_no_account(monkeypatch, typed):
    with pytest.raises(CommandError):
        appoint(monkeypatch, typed)
    assert not User.objects.exists()


def test_a_name_in_use_is_refused(monkeypatch):
    factories.make_user("owner")
    with pytest.raises(CommandError):
        appoint(monkeypatch, f"{GOOD}\n")


def test_the_first_registrar_is_given_by_command_and_once():
    ministry, user = factories.make_institution(code="moe"), factories.make_user("clerk")
    for _time in range(2):
        call_command("grant_role", username="clerk", kind="registrar", institution="moe", stdout=io.StringIO())
    assert Role.objects.get().institution == ministry and Role.objects.get().user == user
    for wrong in ({"username": "nobody"}, {"institution": "nowhere"}, {"by": "clerk"}):
        with pytest.raises(CommandError):
            call_command(
                "grant_role", **{"username": "clerk", "kind": "hr", "institution": "moe"} | wrong, stdout=io.StringIO()
            )
    assert Role.objects.count() == 1


def wanting(name, day=factories.TODAY):
    (check,) = [check for check in register_checks.CHECKS if check.name == f"institutions.{name}"]
    return check.ask(day).wanting


def test_an_empty_site_lacks_every_list():
    assert wanting("lists") == 4 and wanting("registrars") == 0


def test_a_ministry_without_registrar_or_contact_is_missing_until_it_has_them():
    ministry = factories.make_institution()
    department = factories.make_institution(ministry, Institution.Kind.DEPARTMENT)
    assert (wanting("registrars"), wanting("contacts"), wanting("clerks")) == (1, 2, 1)
    factories.make_role(Role.Kind.REGISTRAR, ministry)
    factories.make_role(Role.Kind.HR, department)
    Institution.objects.update(hr_unit="ការិយាល័យ", hr_phone="012")
    assert (wanting("registrars"), wanting("contacts"), wanting("clerks")) == (0, 0, 0)
    Role.objects.filter(kind="registrar").update(ends_on=factories.TODAY.replace(month=1))
    assert wanting("registrars") == 1


def test_people_in_a_closed_institution_are_found():
    post = factories.make_post()
    assert wanting("left_behind") == 0
    Institution.objects.filter(pk=post.institution_id).update(closed_on=factories.TODAY)
    assert wanting("left_behind") == 1


def test_every_app_asks_and_a_check_shows_few_of_many():
    names = {answer.title for answer in readiness.answers(factories.TODAY)}
    assert len(names) == 10
    for _number in range(7):
        factories.make_institution()
    (answer,) = [check.ask(factories.TODAY) for check in register_checks.CHECKS if check.name.endswith("registrars")]
    assert (answer.wanting, len(answer.examples), answer.more) == (7, 5, 2)


def test_the_page_leads_to_what_is_missing_and_only_the_owner_sees_it(client):
    ministry = factories.make_institution(code="moe")
    address = reverse("institutions:setup")
    client.force_login(factories.make_role(Role.Kind.REGISTRAR, ministry).user)
    assert client.get(address).status_code == 404
    client.force_login(factories.make_user(is_superuser=True))
    khmer = BeautifulSoup(client.get("/km/setup/").text, "html.parser")
    assert latin_words(khmer) == set()
    page = client.get(address)
    assert page.status_code == 200 and reverse("institutions:tree_institution", args=["moe"]) in page.text
    assert "import_institutions FILE" in page.text


def test_the_owner_begins_where_something_is_missing_and_later_in_the_administration(client, monkeypatch):
    client.force_login(factories.make_user(is_superuser=True))
    assert client.get("/en/account/start/")["Location"] == "/en/setup/"
    monkeypatch.setattr(readiness, "answers", lambda day: [readiness.Answer(title="x", wanting=0, what_to_do="")])
    assert client.get("/en/account/start/")["Location"] == reverse("wagtailadmin_home")


def test_the_owner_of_the_demonstration_begins_in_the_administration(client, settings):
    settings.CONDUCT_DEMO = True
    client.force_login(factories.make_user(is_superuser=True))
    assert client.get("/en/account/start/")["Location"] == reverse("wagtailadmin_home")


def test_an_owner_who_is_also_a_person_or_has_a_role_begins_with_that(client):
    person = factories.make_post().person
    person.user = factories.make_user(is_superuser=True)
    person.save()
    client.force_login(person.user)
    assert client.get("/en/account/start/")["Location"] == reverse("certification:training")


# --- work of the site -------------------------------------------------------------------------------------------------


def job_of_the_site(status="failed", hour=9, **facts):
    at = factories.moment(hour=hour)
    facts = {"kind": "certification.open_what_is_due", "params": {}, "language": "km", "owner": None, **facts}
    return Job.objects.create(**facts, status=status, created_at=at, finished_at=at, message="it stopped")


def names_of_missing():
    return [missing.url for missing in register_checks.work_of_the_site(factories.TODAY).examples]


def test_work_of_the_site_that_failed_is_shown_to_the_owner_who_resumes_it(client):
    job = job_of_the_site()
    page = reverse("institutions:job", args=[job.pk])
    client.force_login(factories.make_user(is_superuser=True))
    assert page in client.get(reverse("institutions:setup")).content.decode()
    assert "it stopped" in client.get(page).content.decode()
    assert client.post(reverse("institutions:job_resume", args=[job.pk])).status_code == 302
    job.refresh_from_db()
    assert job.status == Job.Status.QUEUED and names_of_missing() == []


def test_what_a_later_job_has_made_good_is_not_missing_and_what_a_person_asked_for_is_theirs(client):
    job_of_the_site()
    job_of_the_site("done", hour=10)
    mine = job_of_the_site(owner=factories.make_user())
    assert names_of_missing() == []
    again = job_of_the_site(hour=11)
    assert names_of_missing() == [reverse("institutions:job", args=[again.pk])]
    client.force_login(factories.make_user(is_superuser=True))
    assert client.get(reverse("institutions:job", args=[mine.pk])).status_code == 404


def test_nobody_else_sees_the_work_of_the_site(client):
    job = job_of_the_site()
    client.force_login(factories.make_role(Role.Kind.REGISTRAR).user)
    assert client.get(reverse("institutions:job", args=[job.pk])).status_code == 404

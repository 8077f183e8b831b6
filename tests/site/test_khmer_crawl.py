"""Every page of the demo in Khmer, as each role reaches it: no Latin word but names and what is marked as English."""

import json
import re
import time
from urllib.parse import quote

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from conduct_site.nation.accounts import ACCOUNTS, DEFAULT_PASSWORD
from tests.site.access_table import TABLE
from tests.site.asking import named_addresses
from tests.site.khmer_reading import Visitor, asks, filled, latin_words, read

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

LEARNER, HR, REGISTRAR, DISCIPLINE = "2200001", "2200002", "2200003", "2200004"
TRAINER, AUDITOR = "2200006", "auditor"
TWO_STEP = "/km/account/two-step/"
SEARCH = f"/km/discipline/cases/new/?q={quote('សុ')}"
FRONT = ("/km/account/start/", "/km/", "/nowhere/")

# What no link leads to, or not for sure: an approved text that waits for adoption, a code that the learner is asked to
# sign whatever other tests signed before, and work in each of its states.
PREPARE = """
import json
from datetime import date
from allauth.socialaccount.models import SocialAccount
from django.utils import timezone
from conduct_codes.actions import request_signature
from conduct_codes.models import CodePage, Edition, SignRequest
from institutions.access import without_access
from institutions.access_actions import issue_activations
from institutions.actions import designate_person, end_role
from institutions.merging import merge_people
from institutions.models import Institution, User
from institutions.scope import Scope
from jobs.models import Job
from courses.models import Seat
from courses.session_actions import claim_prior_learning
from tests.factories import SCAN, approve, make_import, make_person, make_post, make_role, make_transfer, make_user
from tests.factories import make_webhook
from exports.webhook_actions import send_test
approve(CodePage.objects.get(code__slug="education", locale__language_code="km"))
now, owner = timezone.now(), User.objects.get(username="2200002")
learner, today = User.objects.get(username="2200001").person, timezone.localdate()
in_force = Edition.objects.in_force_on(today).get(code__slug="education")
request_signature(
    person=learner, edition=in_force, cause=SignRequest.Cause.READ_AGAIN, asked_on=today, reason="មូលហេតុ", asked_by=owner
)
facts = {"kind": "exports.roster", "params": {}, "language": "km", "owner": owner, "created_at": now}
queued = Job.objects.create(**facts, lease_until=now + timezone.timedelta(hours=2))
failed = Job.objects.create(**facts, status="failed", finished_at=now)
done = Job.objects.create(**facts, status="done", finished_at=now)
enrolment = learner.enrolments.filter(trained_on=None).first()
claim_prior_learning(
    person=learner, course=enrolment.course, learned_on=today, what="វគ្គ", evidence=SCAN, at=now, by=owner
)
seat = Seat.objects.filter(session__institution__code="moeys-06").first()
mine = Institution.objects.get(code="moeys-06")
post = learner.posts.serving_on(today).filter(ends_on=None).select_related("person", "position").first()
wrong = {"name": "កែវ សុភា", "name_latin": "Keo Sophea", "birth_date": "31/02/1980", "position": "គ្មាន"}
received = make_import(mine, [{"name": post.person.name, "birth_date": post.person.birth_date}, wrong], by=owner)
send_test(webhook=make_webhook(mine, at=now), at=now, by=owner)
asked = make_transfer(post.person, Institution.objects.filter(depth=2).exclude(pk=mine.pk).first(), post=post)
school = post.institution
twins = [
    [
        make_post(
            make_person(name=name, name_latin=latin, birth_date=date(1988, 2, day)), school, post.position,
            starts_on=today - timezone.timedelta(days=30 * (place + 1)), staff_number=None, at=now,
        ).person
        for place in (0, 1)
    ]
    for day, (name, latin) in enumerate((("ប៊ុន ស្រីមុំ", "Bun Sreymom"), ("ហេង វិសាល", "Heng Visal")), start=1)
]
merge_people(kept=twins[0][0], other=twins[0][1], reason="មូលហេតុ", at=now, by=owner)
role = make_role(institution=school, user=make_user("earlier-clerk"))
end_role(role=role, ends_on=today - timezone.timedelta(days=1), at=now, by=None)
clerk = Scope.for_user(owner, today)
person = without_access(clerk).first()
[slip] = issue_activations(scope=clerk, people=[person], seen_at=now, at=now, by=owner)
slip = [slip.access.account_name, slip.token]
facts = {"starts_on": today - timezone.timedelta(days=30), "ends_on": today - timezone.timedelta(days=3), "at": now}
ended = make_post(make_person(name="សុខ វណ្ណា", name_latin="Sok Vanna"), school, post.position, **facts).pk
facts = {"kind": "child-interviewer", "starts_on": today, "at": now, "by": owner}
duty = designate_person(person=twins[1][0], institution=school, **facts).pk
link = SocialAccount.objects.create(provider="moeys", uid="1", user=learner.user).pk
links = [f"/km/logins/{link}/end/", f"/km/access/{learner.pk}/logins/{link}/end/"]
made = [queued.pk, failed.pk, done.pk], seat.token, received.pk, asked.pk, slip, ended, duty, links
print(json.dumps(made))
"""

# Addresses behind which there is no page in Khmer to read: files, redirects, answers for machines, the admin.
NO_PAGE = {
    *("home", "start", "library", "healthz", "admin_login", "page_login", "wagtailcore_login"),
    *("service_worker", "manifest", "courses:offline_contact", "courses:offline_copy", "courses:offline_answers"),
    *("certification:certificate_pdf", "conduct_codes:edition_bytes", "conduct_codes:edition_revision_bytes"),
    *("courses:package", "courses:package_state", "courses:package_file"),  # the demonstration has no package
    *("courses:session_sheet", "courses:session_roll_file", "courses:prior_evidence"),
    *("courses:lesson_ticks", "courses:take_first", "wagtaildocs_serve"),
    *("courses:pack", "courses:pack_with_questions", "courses:pack_key"),
    *("courses:own_transcript", "courses:transcript"),
    "institutions:setup",  # nobody of the demonstration owns the platform; test_first_day.py reads it
    *("institutions:tree_file", "institutions:tree_template", "institutions:tree_workbook"),  # test_tree_file_pages.py
    *("institutions:account", "institutions:account_login_end"),  # likewise; test_roles.py, test_login_links.py
    "institutions:duty_workbook",
    *(
        "conduct_codes:edition_print",
        "conduct_codes:edition_act",
        "conduct_codes:receipt_file",
        "conduct_codes:register_workbook",
    ),
    *("conduct_codes:paper_print", "conduct_codes:paper_scan", "conduct_codes:kiosk_close"),
    *("exports:roster", "exports:coverage", "exports:signatures", "exports:download"),
    *("exports:webhook_pause", "exports:webhook_resume", "exports:webhook_test", "exports:webhook_again"),
    "exports:webhook_events",
    *("institutions:job_cancel", "institutions:job_resume"),
    *("institutions:import_template", "institutions:people_export", "institutions:import_rows"),
    "institutions:import_discard",
    "institutions:access_slips",
    *("institutions:session_end", "institutions:session_end_others"),
    *(
        "mfa_download_recovery_codes",
        "mfa_reauthenticate",
        "mfa_login_webauthn",
        "second_step_required",
        "wagtailcore_authenticate_with_password",
    ),
    # tests/site/test_providers.py reads these: no ministry has an identity provider in the demo
    *("provider_login", "provider_again", "provider_callback", "provider_answer"),
    # tests/site/test_second_step.py reads these: nobody in the demo has a passkey
    *("mfa_list_webauthn", "mfa_add_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn"),
    "mfa_reauthenticate_webauthn",
    *(name for name in TABLE if TABLE[name].shared or TABLE[name].machine),
    *(name for name, route in named_addresses() if route.startswith("admin/")),
}


class Reader:
    """Reads pages, notes the Latin words of each and what kinds of page there were."""

    def __init__(self, demo):
        self.demo, self.words, self.names, self.broken, self.public = demo, {}, set(), [], set()

    def read(self, who, page):
        self.names.add(page.name)
        if page.status >= 500:
            self.broken.append(page.path)
        for word, text in latin_words(page.soup):
            self.words.setdefault(who, {}).setdefault(word, (text[:120], page.path))

    def crawl(self, who, visitor, *more):
        for page in visitor.pages(*more, *FRONT, known=self.public):
            self.read(who, page)
            if who == "public" and page.name in ("wagtail_serve", "conduct_codes:edition", *CODES, *ABOUT):
                self.public.add(page.path)


CODES = ("conduct_codes:register", "conduct_codes:compare", "conduct_codes:compare_choose")
ABOUT = ("help", "privacy", "accessibility")


@pytest.fixture(scope="module")
def reader(demo):
    """Everything that can be read, read once."""
    reader = Reader(demo)
    made = json.loads(demo.manage("shell", "-v0", "-c", PREPARE).splitlines()[-1])
    jobs, token, received, asked, slip, ended, duty, links = made
    more = {
        HR: [
            *(f"/km/jobs/{pk}/" for pk in jobs),
            *("/km/imports/", f"/km/imports/{received}/", f"/km/imports/{received}/undo/"),
            *("/km/transfers/", f"/km/transfers/{asked}/"),
            *("/km/register/duplicates/", "/km/register/merges/", "/km/units-without-clerk/"),
            *("/km/duties/", f"/km/posts/{ended}/end-reason/", f"/km/register/duties/{duty}/end/", links[1]),
        ],
        LEARNER: links[:1],
        REGISTRAR: ["/km/certificates-to-review/", "/km/roles/", "/km/accounts/?q=2200001"],
        TRAINER: [f"/km/sessions/scan/{token}/"],
        DISCIPLINE: [SEARCH],
    }
    reader.crawl("public", Visitor(demo.base))
    for account in ACCOUNTS:
        visitor = Visitor(demo.base, account.username, DEFAULT_PASSWORD)
        WAYS.get(account.username, lambda reader, visitor: None)(reader, visitor)
        reader.crawl(account.username, visitor, *more.get(account.username, []))
    _come_back_to_a_form(reader, demo)
    _sign_at_a_device(reader, demo)
    _set_a_password(reader, demo, *slip)
    return reader


def main_form(page):
    return page.soup.main.find("form", method="post")


def _learn(reader, visitor):
    """To the end of the quiz, with an error in the data reported on the way."""
    mistake = visitor.get("/km/my-data/")
    reader.read(LEARNER, visitor.send(mistake, **filled(main_form(mistake))))
    page = visitor.get("/km/learn/")
    for _step in range(60):
        if page.name == "courses:quiz_result" or page.name not in WORK:
            break
        reader.read(LEARNER, page)
        form = main_form(page)
        if asks(form):
            reader.read(LEARNER, visitor.send(page, form))
        page = visitor.send(page, form, **filled(form))
    reader.read(LEARNER, page)
    assert page.name == "courses:quiz_result"


WORK = ("courses:lesson", "courses:quiz", "courses:quiz_question", "courses:quiz_check")


def _record_an_allegation(reader, visitor):
    """To the last page before a case is opened, each page once with nothing filled in."""
    found = visitor.get(SEARCH)
    page = visitor.get(found.soup.main.find("a", href=re.compile(r"/new/\d+/"))["href"])
    while page.name != "discipline:case_new_check":
        form = main_form(page)
        reader.read(DISCIPLINE, visitor.send(page, form))
        following = visitor.send(page, form, **filled(form))
        assert following.path != page.path
        page = following
        reader.read(DISCIPLINE, page)
    reader.read(DISCIPLINE, visitor.send(page))


def _log_in_in_two_steps(reader, visitor):
    """Switch the second step on, log in with it, and switch it off again."""
    visitor.send(visitor.get("/km/account/reauthenticate/"), password=DEFAULT_PASSWORD)
    page = visitor.get(f"{TWO_STEP}totp/activate/")
    secret = page.soup.find("input", id="authenticator_secret")["value"]
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    answers = [page, visitor.send(page, main_form(page), code="000000"), visitor.send(page, main_form(page), code=code)]
    answers += [visitor.get(TWO_STEP + path) for path in ("recovery-codes/generate/", "recovery-codes/", "")]
    again = Visitor(reader.demo.base)
    asked = again.send(again.get("/km/account/login/"), login=AUDITOR, password=DEFAULT_PASSWORD)
    answers += [asked, again.send(asked, main_form(asked), code="000000")]
    off = visitor.get(f"{TWO_STEP}totp/deactivate/")
    answers += [off, visitor.send(off, main_form(off))]
    for answer in answers:
        reader.read(AUDITOR, answer)


def _come_back_to_a_form(reader, demo):
    """A form whose session ended: refused, kept behind the login page, shown again."""
    visitor = Visitor(demo.base, LEARNER, DEFAULT_PASSWORD)
    form = visitor.get("/km/my-data/")
    visitor.send(visitor.get("/km/account/logout/"))
    asked = visitor.send(form, main_form(form), field="name", message="ល្អ")
    reader.read(LEARNER, visitor.send(asked, login=LEARNER, password=DEFAULT_PASSWORD))
    reader.read(LEARNER, visitor.get("/km/account/inactive/"))


def _sign_at_a_device(reader, demo):
    """A shared device from its opening to its end, with everything on it that can go wrong."""
    visitor = Visitor(demo.base, HR, DEFAULT_PASSWORD)
    opening = visitor.get("/km/kiosks/open/")
    start = visitor.send(opening, main_form(opening), **filled(main_form(opening)) | {"hours": "1"})
    reading = visitor.send(start, number="2200001")
    wrong = visitor.send(reading, digits="135790", statements="read")
    answers = [start, visitor.send(start), reading, wrong, visitor.get("/km/kiosk/signed/")]
    end = start.soup.main.find("form", action="/km/kiosk/end/")
    for answer in [*answers, visitor.send(start, end)]:
        reader.read(HR, answer)


def _set_a_password(reader, demo, account, token):
    """From a slip on paper to a password that is too short."""
    visitor = Visitor(demo.base)
    page = visitor.get(f"/activate/{token}/")
    wrong = visitor.send(page, main_form(page), account="0")
    asked = visitor.send(page, main_form(page), account=account)
    assert asked.name == "institutions:activate_password"
    for answer in (page, wrong, asked, visitor.send(asked, main_form(asked), password="1", again="1")):
        reader.read("public", answer)


def _give_access(reader, visitor):
    """The people without access, ticked and checked; no slip is made."""
    page = visitor.get("/km/access/")
    form = page.soup.main.find("form", method="post")
    someone = form.find("input", attrs={"name": "people"})["value"]
    reader.read(HR, visitor.send(page, form, people=someone))


def _let_a_system_in(reader, visitor):
    """A system of the ministry, first with nothing filled in; its token is read once."""
    page = visitor.get("/km/other-systems/new/")
    code = main_form(page).find("input", attrs={"name": "institution"})["value"]
    facts = filled(main_form(page)) | {"institution": code}
    shown = visitor.send(page, main_form(page), **facts)
    for answer in (visitor.send(page, main_form(page)), shown, visitor.get(shown.path)):
        reader.read(REGISTRAR, answer)
    told = visitor.get("/km/webhooks/").soup.main.find("a", href=re.compile(r"/webhooks/\d+/$"))
    reader.read(REGISTRAR, visitor.get(f"{told['href']}secret/shown/"))


WAYS = {
    LEARNER: _learn,
    HR: _give_access,
    REGISTRAR: _let_a_system_in,
    DISCIPLINE: _record_an_allegation,
    AUDITOR: _log_in_in_two_steps,
}


@pytest.mark.parametrize("who", ["public", *(account.username for account in ACCOUNTS)])
def test_pages_are_khmer(reader, who):
    assert reader.words.get(who, {}) == {}


def test_every_kind_of_page_was_read_and_none_failed(reader):
    assert reader.broken == []
    assert sorted(set(TABLE) - NO_PAGE - reader.names) == []


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>ខ្មែរ Certificate</p>", {"Certificate"}),
        ('<p>ខ្មែរ <span lang="en">Certificate</span></p>', set()),
        ('<p lang="en">One <b lang="km">two</b></p>', {"two"}),
        ('<input placeholder="Name">', {"Name"}),
        ('<button aria-label="Close">×</button>', {"Close"}),
        ('<input type="submit" value="Send">', {"Send"}),
        ('<td data-l="Status">ល្អ</td>', {"Status"}),
        ("<title>Home – ទំព័រ</title>", {"Home"}),
        ("<p>PDF, QR និង Excel (.xlsx), roster-moeys-2026.xlsx, SHA-256</p>", set()),
        ("<p>EDU-2026-000123 K7Q2-XXXX-XXXX-XXXX P-000012 9f86d081884c7d65</p>", set()),
        ("<script>var word</script><style>p{}</style><!-- note -->", set()),
        ("<svg><title>Map</title><text>PP</text></svg>", {"Map", "PP"}),
    ],
)
def test_latin_words_are_found_where_a_reader_meets_them(html, words):
    assert {word for word, _text in latin_words(read(f'<html lang="km">{html}</html>'))} == words

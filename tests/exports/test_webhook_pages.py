"""The pages of webhooks: who keeps which, what each button does, and that a secret is shown once."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from exports.models import Delivery, Webhook
from exports.webhook_sending import Answer
from institutions.models import AuditEntry, Role
from jobs.actions import run_job
from jobs.models import Job
from tests import factories

pytestmark = pytest.mark.django_db

DAY = factories.TODAY
ADDRESS = "https://hooks.example.org/in?key=77"


@pytest.fixture(autouse=True)
def today(monkeypatch, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr("django.utils.timezone.now", lambda: factories.moment(hour=11))
    monkeypatch.setitem(run_job.__kwdefaults__, "clock", lambda: timezone.now())
    monkeypatch.setattr("exports.webhook_sending.post", lambda address, **facts: Answer(code=204))


@pytest.fixture
def world():
    return factories.make_bound_world()


@pytest.fixture
def registrar(client, world):
    user = factories.make_role(Role.Kind.REGISTRAR, world["ministry"]).user
    client.force_login(user)
    return user


def page(name, *args):
    return reverse(f"exports:{name}", args=args)


def form(world, **facts):
    return {"institution": world["school"].code, "address": ADDRESS, "events": ["certified", "revoked"], **facts}


def text(response):
    return response.content.decode()


def test_a_registrar_begins_one_and_sees_the_secret_once(client, world, registrar):
    assert f'value="{world["ministry"].code}"' in text(client.get(page("webhook_new")))
    sent = client.post(page("webhook_new"), form(world))
    webhook = Webhook.objects.get()
    assert sent["Location"] == page("webhook_secret", webhook.pk)
    response = client.get(sent["Location"])
    secret = response.context["secret"]
    assert secret.startswith("whsec_") and secret in text(response) and "no-store" in response["Cache-Control"]
    assert (webhook.institution, webhook.address, webhook.events) == (
        world["school"],
        ADDRESS,
        ["certified", "revoked"],
    )
    again = page("webhook_secret", webhook.pk)
    for address in (again, page("webhook", webhook.pk), page("webhook_list"), page("webhook_renew", webhook.pk)):
        assert secret not in text(client.get(address))
    assert page("webhook_renew", webhook.pk) in text(client.get(again)) and Webhook.objects.count() == 1
    entry = AuditEntry.objects.get(verb="exports.make_webhook")
    assert (entry.actor, entry.institution) == (registrar, world["school"])
    assert secret not in str(entry.facts) and "key=77" not in str(entry.facts)


def test_what_it_is_told_can_be_chosen_anew(client, world, registrar):
    webhook = factories.make_webhook(world["ministry"])
    address = page("webhook_events", webhook.pk)
    for nothing in ({}, {"events": ["payday"]}):
        assert "alert-danger" in text(client.post(address, nothing, follow=True))
    assert Webhook.objects.get().events == webhook.events
    for _time in range(2):
        assert client.post(address, {"events": ["revoked", "expired"]}).status_code == 302
    assert Webhook.objects.get().events == ["expired", "revoked"]
    assert AuditEntry.objects.get(verb="exports.choose_events").facts["events"] == ["expired", "revoked"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"institution": "no-such"},
        {"institution": ""},
        {"address": "http://hooks.example.org/"},
        {"address": "https://127.0.0.1/"},
        {"address": "https://localhost/"},
        {"address": ""},
        {"events": []},
        {"events": ["everything"]},
        {"address": "https://hooks.example.org/" + "x" * 500},
    ],
)
def test_bad_input_is_refused_with_a_sentence_and_kept(client, world, registrar, wrong):
    response = client.post(page("webhook_new"), form(world, **wrong))
    assert response.status_code == 400 and "error-summary" in text(response)
    assert not Webhook.objects.exists()


def test_an_institution_of_another_ministry_cannot_be_named(client, world, registrar):
    foreign = factories.make_institution()
    assert client.post(page("webhook_new"), form(world, institution=foreign.code)).status_code == 400
    assert not Webhook.objects.exists()


ACTS = [
    "webhook_events",
    "webhook_pause",
    "webhook_resume",
    "webhook_test",
    "webhook_again",
    "webhook_renew",
    "webhook_remove",
]


def test_whoever_keeps_no_institutions_is_told_that_there_is_no_such_page(client, world):
    webhook = factories.make_webhook(world["school"])
    for kind in (Role.Kind.HR, Role.Kind.MONITOR, Role.Kind.AUDITOR):
        client.force_login(factories.make_role(kind, world["ministry"]).user)
        for name in ("webhook_list", "webhook_new"):
            assert client.get(page(name)).status_code == 404
        for name in ("webhook", "webhook_renew", "webhook_remove"):
            assert client.get(page(name, webhook.pk)).status_code == 404
        for name in ACTS:
            assert client.post(page(name, webhook.pk)).status_code == 404
    assert Webhook.objects.get().paused_at is None


def test_the_webhook_of_another_ministry_is_not_there(client, world, registrar):
    foreign = factories.make_webhook()
    assert foreign.host not in text(client.get(page("webhook_list")))
    for name in ("webhook", "webhook_renew", "webhook_remove"):
        assert client.get(page(name, foreign.pk)).status_code == 404
    for name in ACTS:
        assert client.post(page(name, foreign.pk)).status_code == 404
    assert Webhook.objects.filter(pk=foreign.pk, paused_at=None).exists() and not Delivery.objects.exists()


def test_the_platform_owner_keeps_every_one(client, world):
    webhook = factories.make_webhook(world["school"])
    client.force_login(factories.make_user(is_superuser=True))
    assert webhook.host in text(client.get(page("webhook_list")))
    assert client.post(page("webhook_pause", webhook.pk)).status_code == 302
    assert Webhook.objects.get().paused_at


def test_pausing_and_going_on(client, world, registrar):
    webhook = factories.make_webhook(world["ministry"])
    for name, paused in (("webhook_pause", True), ("webhook_pause", True), ("webhook_resume", False)):
        client.post(page(name, webhook.pk))
        assert bool(Webhook.objects.get().paused_at) == paused
        assert client.get(page(name, webhook.pk)).context["webhook"] == webhook
        assert bool(Webhook.objects.get().paused_at) == paused
    assert AuditEntry.objects.filter(verb__in=["exports.pause_webhook", "exports.resume_webhook"]).count() == 2


def test_a_test_is_sent_by_a_job_and_stands_in_the_list(client, world, registrar, django_capture_on_commit_callbacks):
    webhook = factories.make_webhook(world["ministry"])
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page("webhook_test", webhook.pk))
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.event, delivery.answer) == ("delivered", "test", 204)
    assert "204" in text(client.get(page("webhook", webhook.pk)))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page("webhook_test", webhook.pk))
    assert Delivery.objects.count() == 2


def test_what_was_given_up_is_sent_again_under_its_id_one_or_all(
    client, world, registrar, django_capture_on_commit_callbacks
):
    webhook = factories.make_webhook(world["ministry"])
    for _person in range(2):
        factories.certify(factories.make_post(institution=world["school"]).person)
    Delivery.objects.update(state="given-up", next_try_at=None, tries=10, failure="time")
    ids = set(Delivery.objects.values_list("event_id", flat=True))
    one = Delivery.objects.first()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page("webhook_again", webhook.pk), {"delivery": one.pk})
    assert list(Delivery.objects.filter(state="delivered")) == [one]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page("webhook_again", webhook.pk))
    assert set(Delivery.objects.filter(state="delivered").values_list("event_id", flat=True)) == ids
    assert Job.objects.filter(kind="exports.send_deliveries").count() == 2


def test_a_delivery_of_another_webhook_is_not_sent_again_from_here(client, world, registrar):
    mine, other = factories.make_webhook(world["ministry"]), factories.make_webhook()
    foreign = Delivery.objects.create(
        webhook=other, event_id="evt_x", event="test", body="{}", happened_at=factories.moment(), state="delivered"
    )
    for asked in (foreign.pk, "x", "9" * 30, "-1"):
        assert client.post(page("webhook_again", mine.pk), {"delivery": asked}).status_code == 404
    assert Delivery.objects.get().state == "delivered"


def test_a_new_secret_is_asked_for_first_and_shown_once(client, world, registrar):
    webhook = factories.make_webhook(world["ministry"])
    client.get(page("webhook_renew", webhook.pk))
    assert Webhook.objects.get().secret == webhook.secret
    secret = client.post(page("webhook_renew", webhook.pk), follow=True).context["secret"]
    assert secret != webhook.shown and Webhook.objects.get().former_secret == webhook.secret
    assert secret not in text(client.get(page("webhook", webhook.pk)))


def test_removing_asks_first_and_leaves_numbers_on_record(client, world, registrar):
    webhook = factories.make_webhook(world["ministry"])
    factories.certify(factories.make_post(institution=world["school"]).person)
    assert client.get(page("webhook_remove", webhook.pk)).context["waiting"] == 1
    assert Webhook.objects.exists()
    client.post(page("webhook_remove", webhook.pk))
    assert not Webhook.objects.exists() and not Delivery.objects.exists()
    facts = AuditEntry.objects.get(verb="exports.remove_webhook").facts
    assert facts == {"delivered": 0, "not_delivered": 1}


def test_lists_cost_the_same_for_one_and_for_three(client, world, registrar, django_assert_num_queries):
    webhook = factories.make_webhook(world["ministry"])
    factories.certify(factories.make_post(institution=world["school"]).person)
    counts = {}
    for rows in (1, 3):
        while Webhook.objects.count() < rows:
            factories.make_webhook(world["school"])
        while webhook.deliveries.count() < rows:
            factories.certify(factories.make_post(institution=world["school"]).person)
        for address in (page("webhook_list"), page("webhook", webhook.pk)):
            client.get(address)
            with django_assert_num_queries(counts[address]) if address in counts else _counting(counts, address):
                client.get(address)


class _counting:
    """Notes how many queries an address takes the first time."""

    def __init__(self, counts, address):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        self.counts, self.address, self.captured = counts, address, CaptureQueriesContext(connection)

    def __enter__(self):
        self.captured.__enter__()

    def __exit__(self, *exception):
        self.captured.__exit__(*exception)
        self.counts[self.address] = len(self.captured)


def test_one_that_stopped_by_itself_says_so_in_both_languages(client, world, registrar):
    webhook = factories.make_webhook(world["ministry"])
    since = factories.moment() - datetime.timedelta(days=4)
    Webhook.objects.update(paused_at=since, paused_itself=True, failing_since=since)
    for language in ("km", "en"):
        address = page("webhook", webhook.pk).replace("/km/", f"/{language}/", 1)
        assert "alert-danger" in text(client.get(address))
    todo = client.get(reverse("certification:todo"))
    assert page("webhook_list") in text(todo)

"""The list and the pages of a case: what they show, the trace they leave, how a case is moved."""

import datetime

import pytest

from discipline.actions import decide, refer
from discipline.models import Referral
from institutions.models import AuditEntry, Role
from tests import factories

from .pages import CASE_PAGES, address, text_of, views_left

TODAY = factories.TODAY
AT = factories.moment()
DAY = datetime.timedelta(days=1)


# --- the list ---------------------------------------------------------------------------------------------------------


def test_list_shows_cases_with_step_and_clock(client, officer, world):
    case = factories.make_case(world, day=TODAY - 10 * DAY)
    page = client.get(address("discipline:case_list").replace("/km/", "/en/"))
    assert case.reference in page.content.decode()
    assert case.person.name_latin in text_of(page)
    assert "Allegation recorded" in text_of(page)
    assert "the term ended 5 days ago" in text_of(page)


def test_list_is_filtered_by_step_and_sector_and_overdue(client, officer, world):
    late = factories.make_case(world, day=TODAY - 10 * DAY)
    screened = factories.make_case(world)
    factories.take_steps(screened, "screening")
    factories.make_sector("health", name_latin="Health")

    def shown(**query):
        body = client.get(address("discipline:case_list"), query).content.decode()
        return {case.reference for case in (late, screened) if case.reference in body}

    both = {late.reference, screened.reference}
    assert shown() == both
    assert shown(stage="screening") == {screened.reference}
    assert shown(sector="health") == set()
    assert shown(sector="education") == both
    assert shown(show="overdue") == {late.reference}
    assert shown(stage="nonsense", sector="'; DROP", page="-3") == both


def test_empty_lists_say_what_to_do(client, officer, world):
    address_of_list = address("discipline:case_list")
    assert address("discipline:case_new") in client.get(address_of_list).content.decode()
    assert f'href="{address_of_list}"' in client.get(address_of_list, {"stage": "final"}).content.decode()


def test_list_view_leaves_an_entry_for_the_list_and_for_each_case_shown(client, officer, world):
    case = factories.make_case(world)
    other = factories.make_case(world)
    factories.take_steps(other, "screening")
    client.get(address("discipline:case_list"), {"stage": "recorded"})
    assert views_left("case:list") == 1
    assert views_left(f"case:{case.reference}") == 1
    assert views_left(f"case:{other.reference}") == 0


def test_list_takes_the_same_queries_for_one_case_and_for_three(client, officer, world, django_assert_max_num_queries):
    def queries():
        with django_assert_max_num_queries(20) as captured:
            client.get(address("discipline:case_list"))
        return len(captured)

    factories.make_case(world)
    client.get(address("discipline:case_list"))
    with_one = queries()
    for _case in range(2):
        factories.make_case(world)
    assert queries() == with_one


def test_case_takes_the_same_queries_whatever_its_length(client, officer, world, django_assert_max_num_queries):
    def queries(case):
        with django_assert_max_num_queries(30) as captured:
            client.get(address("discipline:case", case.reference))
        return len(captured)

    short, long = factories.make_case(world), factories.make_case(world)
    factories.take_steps(long, "screening", "inquiry", "charges", "defence", "council", "opinion")
    for body in ("police", "prosecutor"):
        refer(case=long, body=body, referred_on=TODAY, at=AT, by=world["officer"])
    queries(short)
    assert queries(long) == queries(short)


# --- a case -----------------------------------------------------------------------------------------------------------


def test_case_page_says_alleged_shows_rights_and_leaves_an_entry(client, officer, world):
    case = factories.make_case(world)
    page = client.get(address("discipline:case", case.reference).replace("/km/", "/en/"))
    words = text_of(page)
    for expected in ("Confidential", "Alleged: no decision yet", "Presumed not in breach", "Reprimand", "Not referred"):
        assert expected in words
    assert page["Cache-Control"].find("no-store") >= 0
    entry = AuditEntry.objects.get(verb="discipline.view")
    assert (entry.subject, entry.actor, entry.institution) == (f"case:{case.reference}", officer, world["school"])


@pytest.mark.parametrize(("name", "args"), CASE_PAGES)
def test_every_page_of_a_case_leaves_an_entry(client, officer, world, name, args):
    case = factories.make_case(world)
    client.get(address(name, case.reference, *args))
    assert views_left(f"case:{case.reference}") == 1


def test_access_log_names_who_looked(client, officer, world):
    case = factories.make_case(world)
    colleague = factories.make_role(Role.Kind.DISCIPLINE, world["school"]).user
    client.force_login(colleague)
    client.get(address("discipline:case", case.reference))
    client.force_login(officer)
    for name in ("discipline:case", "discipline:case_access"):
        assert colleague.username in text_of(client.get(address(name, case.reference)))


def test_clock_that_ran_out_is_shown_in_days(client, officer, world):
    case = factories.make_case(world, day=TODAY - 7 * DAY)
    words = text_of(client.get(address("discipline:case", case.reference).replace("/km/", "/en/")))
    assert "the term ended 4 days ago" in words


def test_alleged_abuse_without_referral_leads_to_the_referral(client, officer, world):
    case = factories.make_case(world, sexual_abuse=True)
    factories.take_steps(case, "screening", "precautionary")
    body = client.get(address("discipline:case", case.reference)).content.decode()
    assert address("discipline:stage_new", case.reference) not in body
    assert address("discipline:referral_new", case.reference) in body


# --- steps ------------------------------------------------------------------------------------------------------------


def test_only_next_step_opens_at_once_and_several_are_offered(client, officer, world):
    case = factories.make_case(world)
    chooser = address("discipline:stage_new", case.reference)
    assert client.get(chooser).headers["Location"] == address("discipline:stage", case.reference, "screening")
    factories.take_steps(case, "screening")
    body = client.get(chooser).content.decode()
    for kind in ("inquiry", "precautionary", "decision"):
        assert address("discipline:stage", case.reference, kind) in body


def test_step_is_recorded_from_the_form_with_khmer_digits(client, officer, world):
    case = factories.make_case(world)
    form = {"on_day": "២៣/១១/២០២៦", "reason": "Looked at", "document": "12"}
    response = client.post(address("discipline:stage", case.reference, "screening"), form)
    assert response.headers["Location"] == address("discipline:case", case.reference)
    assert case.stages.get(number=2).document == "12"


def test_wrong_input_is_answered_with_what_was_typed(client, officer, world):
    case = factories.make_case(world)
    form = {"on_day": "2026-11-29", "reason": "Typed at length"}
    response = client.post(address("discipline:stage", case.reference, "screening"), form)
    body = response.content.decode()
    assert response.status_code == 200
    assert "Typed at length" in body
    assert 'href="#id_on_day"' in body
    assert case.stages.count() == 1


def test_illegal_step_is_refused_on_post_and_led_back_on_get(client, officer, world):
    case = factories.make_case(world)
    charges = address("discipline:stage", case.reference, "charges")
    assert client.get(charges).headers["Location"] == address("discipline:stage_new", case.reference)
    response = client.post(charges.replace("/km/", "/en/"), {"on_day": "2026-11-23", "reason": "x"})
    assert response.status_code == 200
    assert "cannot follow" in text_of(response)
    assert case.stages.count() == 1


@pytest.mark.parametrize("kind", ["recorded", "nonsense"])
def test_step_that_is_none_is_no_page(client, officer, world, kind):
    case = factories.make_case(world)
    assert client.get(address("discipline:stage", case.reference, kind)).status_code == 404


def test_referral_is_recorded_from_the_form(client, officer, world):
    case = factories.make_case(world)
    page = address("discipline:referral_new", case.reference)
    refused = client.post(page, {"body": "police", "referred_on": "2026-12-29", "reference": "77"})
    assert 'value="77"' in refused.content.decode()
    assert not Referral.objects.exists()
    client.post(page, {"body": "police", "referred_on": "2026-11-23", "reference": "77"})
    assert Referral.objects.get().case == case


# --- the decision -----------------------------------------------------------------------------------------------------


@pytest.fixture
def heard_case(world):
    case = factories.make_case(world)
    factories.take_steps(case, "screening", "inquiry", "charges", "defence", "council", "opinion")
    return case


def decision_form(case, slug, **facts):
    return {
        "outcome": "measure",
        "measure": case.article.measures.get(measure=slug).pk,
        "reason": "Grounds",
        "on_day": "2026-11-23",
        "password": factories.PASSWORD,
        **facts,
    }


def test_stipulated_measure_is_decided_with_the_password(client, officer, heard_case):
    page = address("discipline:stage", heard_case.reference, "decision")
    wrong = client.post(page, decision_form(heard_case, "reprimand", password="wrong"))
    assert 'href="#id_password"' in wrong.content.decode()
    assert heard_case.stages.filter(kind="decision").count() == 0
    client.post(page, decision_form(heard_case, "reprimand"))
    assert heard_case.stages.get(kind="decision").decision.measure.measure == "reprimand"


def test_departure_is_refused_without_and_taken_with_its_reason(client, officer, heard_case):
    page = address("discipline:stage", heard_case.reference, "decision")
    refused = client.post(page, decision_form(heard_case, "dismissal"))
    assert 'href="#id_departure_reason"' in refused.content.decode()
    client.post(page, decision_form(heard_case, "dismissal", departure_reason="Because"))
    assert heard_case.stages.get(kind="decision").decision.departure_reason == "Because"


def test_decision_before_the_hearing_offers_only_not_founded(client, officer, world):
    case = factories.make_case(world)
    factories.take_steps(case, "screening")
    page = address("discipline:stage", case.reference, "decision")
    body = client.get(page).content.decode()
    assert 'value="unfounded"' in body
    assert 'value="no-measure"' not in body
    refused = client.post(page, decision_form(case, "reprimand"))
    assert refused.status_code == 200
    assert case.stages.count() == 2


def test_password_tries_are_limited(client, officer, heard_case):
    page = address("discipline:stage", heard_case.reference, "decision")
    for _try in range(10):
        client.post(page, decision_form(heard_case, "reprimand", password="wrong"))
    client.post(page, decision_form(heard_case, "reprimand"))
    assert heard_case.stages.filter(kind="decision").count() == 0


def test_second_officer_makes_it_final_and_the_first_is_told_to_ask(client, officer, heard_case, world, clock):
    decide(
        case=heard_case,
        outcome="measure",
        measure=heard_case.article.measures.get(measure="reprimand"),
        on_day=TODAY,
        reason="x",
        at=AT,
        by=officer,
    )
    factories.take_steps(heard_case, "notified")
    page = address("discipline:stage", heard_case.reference, "final")
    assert client.get(page).headers["Location"] == address("discipline:stage_new", heard_case.reference)
    clock.now = factories.moment(TODAY + 31 * DAY)
    form = {"on_day": (TODAY + 31 * DAY).isoformat(), "reason": "x", "password": factories.PASSWORD}
    client.force_login(officer)
    client.post(page, form)
    assert not heard_case.stages.filter(kind="final").exists()
    client.force_login(factories.make_role(Role.Kind.DISCIPLINE, world["ministry"]).user)
    assert client.post(page, form).status_code == 302
    assert heard_case.stages.filter(kind="final").exists()
    page = client.get(address("discipline:case", heard_case.reference).replace("/km/", "/en/"))
    assert "Final: breach found" in text_of(page)

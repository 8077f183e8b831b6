"""The officer's pages: who may see them, what they show, the trace they leave, and the way to a new case."""

import datetime
import re

import pytest
from django.urls import reverse

from discipline.actions import decide, refer
from discipline.models import Case, Referral
from institutions.models import AuditEntry, Role
from tests import factories

TODAY = factories.TODAY
AT = factories.moment()
DAY = datetime.timedelta(days=1)

CASE_PAGES = [
    ("discipline:case", ()),
    ("discipline:case_access", ()),
    ("discipline:stage_new", ()),
    ("discipline:stage", ("screening",)),
    ("discipline:referral_new", ()),
]
OPENING_PAGES = ["case_new_day", "case_new_article", "case_new_details", "case_new_check"]


def address(name, *args):
    return reverse(name, args=args)


def text_of(response):
    """What a reader sees: without tags, blanks in one."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def views_left(subject=None):
    entries = AuditEntry.objects.filter(verb="discipline.view")
    return entries.filter(subject=subject).count() if subject else entries.count()


def without(body, *words):
    """The body of a page without the words of its address and without its token."""
    for word in words:
        body = body.replace(word, "")
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)


# --- who sees nothing -----------------------------------------------------------------------------------------------


def outsider(name, world, case):
    if name == "own case":
        return factories.make_role(Role.Kind.DISCIPLINE, world["ministry"], factories.give_account(case.person)).user
    if name == "nobody":
        return factories.make_user()
    if name == "person concerned":
        return factories.give_account(case.person)
    if name == "ended role":
        role = factories.make_role(Role.Kind.DISCIPLINE, world["ministry"])
        role.ends_on = TODAY - DAY
        role.save()
        return role.user
    kind, place = name.split(" of ")
    institution = world["ministry"] if place == "the ministry" else factories.make_institution()
    return factories.make_role(Role.Kind(kind), institution).user


OUTSIDERS = [
    "own case",
    "nobody",
    "person concerned",
    "ended role",
    "discipline of another",
    *(f"{kind} of the ministry" for kind in Role.Kind.values if kind != "discipline"),
]


@pytest.mark.parametrize("who", OUTSIDERS)
def test_case_outside_scope_is_a_page_that_never_existed(client, world, who):
    case = factories.make_case(world)
    client.force_login(outsider(who, world, case))
    for name, args in CASE_PAGES:
        for method, statuses in ((client.get, {404}), (client.post, {404, 405})):
            hidden = method(address(name, case.reference, *args))
            missing = method(address(name, "C-2026-9999", *args))
            assert {hidden.status_code, missing.status_code} <= statuses
            assert hidden.status_code == missing.status_code
            assert without(hidden.content.decode(), case.reference) == without(missing.content.decode(), "C-2026-9999")
    assert views_left(f"case:{case.reference}") == 0


@pytest.mark.parametrize("who", OUTSIDERS)
def test_list_never_names_a_case_outside_scope(client, world, who):
    case = factories.make_case(world)
    client.force_login(outsider(who, world, case))
    response = client.get(address("discipline:case_list"))
    assert response.status_code == (200 if who in ("own case", "discipline of another") else 404)
    assert case.reference not in response.content.decode()
    assert world["school"].name not in response.content.decode()


def test_logged_out_visitor_is_asked_to_log_in(client, world):
    case = factories.make_case(world)
    for name, args in CASE_PAGES:
        assert client.get(address(name, case.reference, *args)).status_code == 302


def test_person_outside_scope_cannot_be_accused_nor_found(client, officer, world):
    stranger = factories.make_post(starts_on=TODAY - 100 * DAY).person
    found = client.get(address("discipline:case_new"), {"q": stranger.name_latin})
    assert stranger.name not in found.content.decode()
    for page in OPENING_PAGES:
        for method in (client.get, client.post):
            hidden = method(address(f"discipline:{page}", stranger.pk))
            missing = method(address(f"discipline:{page}", 999999))
            assert hidden.status_code == missing.status_code == 404
            assert without(hidden.content.decode(), f"/{stranger.pk}/") == without(missing.content.decode(), "/999999/")


def test_officer_cannot_find_or_accuse_themselves(client, world):
    person = factories.make_post(institution=world["school"], starts_on=TODAY - 100 * DAY).person
    user = factories.make_role(Role.Kind.DISCIPLINE, world["ministry"], factories.give_account(person)).user
    client.force_login(user)
    number = person.posts.get().staff_number.number
    assert "case_new" not in client.get(address("discipline:case_new"), {"q": number}).content.decode()
    assert client.get(address("discipline:case_new_day", person.pk)).status_code == 404


# --- the list -------------------------------------------------------------------------------------------------------


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
    queries()
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


# --- a case ---------------------------------------------------------------------------------------------------------


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


# --- steps ----------------------------------------------------------------------------------------------------------


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


# --- the decision ---------------------------------------------------------------------------------------------------


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


# --- opening --------------------------------------------------------------------------------------------------------


@pytest.fixture
def accused(world):
    return factories.make_post(institution=world["school"], starts_on=TODAY - 100 * DAY).person


DETAILS = {
    "seriousness": "grave",
    "repetition": "first",
    "sexual_abuse": "no",
    "external_reference": "P-20441",
    "allegation": "Line one\nLine two",
}


def go_on(client, person, page, **typed):
    return client.post(address(f"discipline:case_new_{page}", person.pk), typed)


def article_of(world, number="2"):
    return world["edition"].articles.get(number=number)


def test_person_is_found_by_name_in_either_script_and_by_staff_number(client, officer, accused):
    number = accused.posts.get().staff_number.number
    for typed in (accused.name, accused.name_latin.upper(), number):
        body = client.get(address("discipline:case_new"), {"q": typed}).content.decode()
        assert address("discipline:case_new_day", accused.pk) in body
    assert "is-invalid" in client.get(address("discipline:case_new"), {"q": "s"}).content.decode()


def test_case_is_opened_page_by_page(client, officer, world, accused):
    step = go_on(client, accused, "day", incident_on="2026-11-16")
    assert step.headers["Location"] == address("discipline:case_new_article", accused.pk)
    article = article_of(world)
    step = go_on(client, accused, "article", incident_on="2026-11-16", article=article.pk)
    assert step.headers["Location"] == address("discipline:case_new_details", accused.pk)
    step = go_on(client, accused, "details", incident_on="2026-11-16", article=article.pk, **DETAILS)
    assert step.headers["Location"] == address("discipline:case_new_check", accused.pk)
    page = client.get(step.headers["Location"].replace("/km/", "/en/"))
    assert "Dismissal" in text_of(page)
    typed = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode()))
    opened = go_on(client, accused, "check", **typed, password=factories.PASSWORD)
    case = Case.objects.get()
    assert opened.headers["Location"] == address("discipline:case", case.reference)
    assert (case.person, case.article, case.institution) == (accused, article, world["school"])
    assert case.allegation.splitlines() == ["Line one", "Line two"]
    assert (case.seriousness, case.sexual_abuse, case.external_reference) == ("grave", False, "P-20441")
    assert "discipline_draft" not in client.session


def all_answers(world, **facts):
    return {"incident_on": "2026-11-16", "article": article_of(world).pk, **DETAILS, **facts}


def test_case_is_not_opened_without_the_password_and_nothing_typed_is_lost(client, officer, world, accused):
    for password in ("", "wrong"):
        page = go_on(client, accused, "check", **all_answers(world), password=password)
        assert page.status_code == 200
        assert "Line two" in page.content.decode()
    assert not Case.objects.exists()


def test_form_sent_twice_opens_one_case(client, officer, world, accused):
    for _time in range(2):
        response = go_on(client, accused, "check", **all_answers(world), password=factories.PASSWORD)
    assert response.headers["Location"] == address("discipline:case", Case.objects.get().reference)


def test_answers_about_one_person_never_travel_to_another(client, officer, world, accused):
    go_on(client, accused, "details", **all_answers(world))
    other = factories.make_post(institution=world["school"], starts_on=TODAY - 100 * DAY).person
    page = client.get(address("discipline:case_new_check", other.pk))
    assert page.headers["Location"] == address("discipline:case_new_day", other.pk)


def test_later_page_leads_back_to_the_first_question_without_answer(client, officer, accused):
    for page in ("article", "details", "check"):
        step = client.get(address(f"discipline:case_new_{page}", accused.pk))
        assert step.headers["Location"] == address("discipline:case_new_day", accused.pk)
    go_on(client, accused, "day", incident_on="2026-11-16")
    step = client.get(address("discipline:case_new_check", accused.pk))
    assert step.headers["Location"] == address("discipline:case_new_article", accused.pk)


@pytest.mark.parametrize("typed", ["", "2026-11-24", "soon", "2020-01-01"])
def test_day_without_a_bond_or_in_the_future_is_asked_again(client, officer, accused, typed):
    page = go_on(client, accused, "day", incident_on=typed)
    assert page.status_code == 200
    assert 'href="#id_incident_on"' in page.content.decode()


def test_articles_are_those_in_force_that_day_with_prohibitions_first(client, officer, world, accused):
    newer = factories.make_edition(world["code"], day=TODAY - 3 * DAY)
    go_on(client, accused, "day", incident_on="2026-11-16")
    page = client.get(address("discipline:case_new_article", accused.pk).replace("/km/", "/en/"))
    body = page.content.decode()
    places = [body.index(f'value="{article_of(world, number).pk}" id="id_article') for number in ("2", "3", "1")]
    assert places == sorted(places)
    assert "Reprimand" in text_of(page)
    for article in newer.articles.all():
        assert f'value="{article.pk}" id="id_article' not in body


def test_article_of_another_edition_is_refused(client, officer, world, accused):
    newer = factories.make_edition(world["code"], day=TODAY - 3 * DAY).articles.get(number="2")
    page = go_on(client, accused, "article", incident_on="2026-11-16", article=newer.pk)
    assert page.status_code == 200
    assert 'href="#id_article"' in page.content.decode()
    page = go_on(client, accused, "check", **all_answers(world, article=newer.pk), password=factories.PASSWORD)
    assert page.headers["Location"] == address("discipline:case_new_article", accused.pk)
    assert not Case.objects.exists()


def test_details_are_asked_again_where_they_are_missing(client, officer, world, accused):
    page = go_on(client, accused, "details", **all_answers(world, seriousness="", allegation="Kept words"))
    body = page.content.decode()
    assert page.status_code == 200
    assert 'href="#id_seriousness_0"' in body
    assert "Kept words" in body


def test_person_who_served_at_two_places_is_asked_for_which(client, officer, world, accused):
    annex = factories.make_institution(world["ministry"])
    factories.make_post(person=accused, institution=annex, starts_on=TODAY - 50 * DAY)
    go_on(client, accused, "article", incident_on="2026-11-16", article=article_of(world).pk)
    page = client.get(address("discipline:case_new_details", accused.pk))
    assert f'name="institution" value="{annex.pk}"' in page.content.decode()
    go_on(client, accused, "check", **all_answers(world, institution=annex.pk), password=factories.PASSWORD)
    assert Case.objects.get().institution == annex


def test_post_outside_scope_offers_no_article(client, world, accused):
    elsewhere = factories.make_institution(world["ministry"])
    factories.make_post(person=accused, institution=elsewhere, starts_on=TODAY - 5 * DAY)
    client.force_login(factories.make_role(Role.Kind.DISCIPLINE, elsewhere).user)
    page = go_on(client, accused, "check", **all_answers(world), password=factories.PASSWORD)
    assert page.headers["Location"] == address("discipline:case_new_day", accused.pk)
    assert not Case.objects.exists()


def test_way_can_be_left_and_nothing_stays(client, officer, world, accused):
    go_on(client, accused, "details", **all_answers(world))
    assert go_on(client, accused, "check", leave="1").headers["Location"] == address("discipline:case_list")
    assert "discipline_draft" not in client.session
    assert not Case.objects.exists()


def test_pages_with_free_text_warn_against_naming_a_child(client, officer, world, accused):
    case = factories.make_case(world)
    go_on(client, accused, "article", incident_on="2026-11-16", article=article_of(world).pk)
    for page in (
        address("discipline:case_new_details", accused.pk),
        address("discipline:stage", case.reference, "screening"),
        address("discipline:referral_new", case.reference),
    ):
        assert "Write no name, photo or story of a child" in text_of(client.get(page.replace("/km/", "/en/")))

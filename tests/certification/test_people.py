"""The people list: whom it shows, where each stands, and that SQL and a slow recount agree."""

import datetime
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from certification.filters import EVERYBODY, NO_CONTACT, Chosen, PersonFilter, everybody_on
from certification.people import Selection
from certification.rules import NEEDS_DOING, Status
from institutions.actions import end_post
from institutions.models import Institution, Role
from institutions.scope import Grant, Scope
from tests import factories
from tests.certification import histories
from tests.factories.spellings import TRAPS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

DAY = factories.TODAY
DAYS = datetime.timedelta


def scope_below(*institutions, day=DAY):
    return Scope(day, tuple(Grant(Role.Kind.HR, found.path, "", found.pk) for found in institutions))


def names(selection):
    return [person.name for person in selection.people()]


# --- the recount ----------------------------------------------------------------------------------------------------


def test_list_and_its_counts_equal_a_slow_recount():
    world = histories.make_world()

    @given(
        history=histories.histories,
        day=histories.past_days,
        tops=st.sampled_from(
            [("ministry",), ("department",), ("school",), ("elsewhere",), ("department", "elsewhere")]
        ),
        status=st.sampled_from([None, *Status]),
    )
    @settings(max_examples=60, deadline=None)
    def holds(history, day, tops, status):
        with histories.undone():
            saved = histories.save(history, world)
            inside = histories.below(*tops)
            scope = scope_below(*(world.institutions[top] for top in tops))
            expected = {
                person.pk: standing
                for person, plan in zip(saved, history, strict=True)
                if (standing := histories.standing_of(plan, day, inside))
            }
            everybody = Selection(scope, everybody_on(day))
            assert {person.pk: person.status for person in everybody.people()} == expected
            counted = {found: number for found, number in everybody.counts().items() if number}
            assert counted == Counter(expected.values())
            chosen = Selection(scope, Chosen(on=day, status=status or ""))
            wanted = NEEDS_DOING if status is None else [status]
            asked = [(pk, expected[pk]) for pk in expected if expected[pk] in wanted]
            assert [(person.pk, person.status) for person in chosen.people()] == asked
            assert [(person.pk, person.status) for person in chosen.page(1).object_list] == asked
            assert everybody.size() == len(expected)

    holds()


def test_a_line_lists_every_requirement_that_the_viewers_posts_bind_to():
    world = histories.make_world()

    @given(history=histories.histories, day=histories.past_days, top=st.sampled_from(["ministry", "school", "firm"]))
    @settings(max_examples=30, deadline=None)
    def holds(history, day, top):
        with histories.undone():
            saved = histories.save(history, world)
            inside = histories.below(top)
            selection = Selection(scope_below(world.institutions[top]), everybody_on(day))
            lines = {line.person.pk: line for line in selection.lines(selection.people())}
            for person, plan in zip(saved, history, strict=True):
                begun = {
                    f"h-{requirement}": histories.status_of(plan, requirement, day)
                    for requirement in histories.requirements_of(plan, day, inside)
                    if any(period.opened_on <= day for period in plan.cycles[requirement])
                }
                line = lines.get(person.pk)
                shown = {period.requirement.slug: period.status for period in line.periods} if line else {}
                assert shown == begun
                assert line is None or world_name(world, line.post.institution_id) in inside

    holds()


def world_name(world, pk):
    return next(name for name, institution in world.institutions.items() if institution.pk == pk)


# --- whom a viewer sees ---------------------------------------------------------------------------------------------


@pytest.fixture
def world():
    return factories.make_bound_world()


def hr_of(institution, kind=Role.Kind.HR):
    return factories.make_role(kind, institution).user


def listed(client, user, **query):
    client.force_login(user)
    response = client.get(reverse("certification:person_list"), query)
    assert response.status_code == 200
    return [line.person.pk for line in response.context["lines"]]


def test_person_in_two_institutions_shows_each_hr_unit_only_its_own_post(client, world):
    elsewhere = factories.make_institution(factories.make_institution(), name="ក្រុមហ៊ុនឆ្ងាយ", name_latin="Far firm")
    tourism = factories.make_sector("tourism", name="ទេសចរណ៍", name_latin="Tourism staff")
    guide = factories.make_position(tourism, "guide", name="មគ្គុទ្ទេសក៍", name_latin="Guide")
    factories.make_requirement(factories.make_code(tourism), [], due_days=0)
    post = factories.make_post(institution=world["school"], starts_on=DAY - DAYS(10))
    other = factories.make_post(post.person, elsewhere, guide, starts_on=DAY - DAYS(10))
    assert listed(client, hr_of(world["school"])) == [post.person.pk]
    line = client.get(reverse("certification:person_list")).context["lines"][0]
    assert (line.status, len(line.periods)) == (Status.NOT_STARTED, 1)
    page = client.get(reverse("certification:person", args=[post.person.pk]))
    text = page.content.decode()
    assert page.context["file"].elsewhere
    for hidden in (elsewhere.name, guide.name, other.staff_number.number, tourism.name):
        assert hidden not in text
    assert listed(client, hr_of(elsewhere)) == [post.person.pk]
    assert client.get(reverse("certification:person_list")).context["lines"][0].status == Status.OVERDUE


def test_transferred_person_leaves_the_list_and_the_page_ends_with_the_last_day(client, world):
    old, new = world["school"], factories.make_institution(factories.make_institution())
    post = factories.make_post(institution=old, starts_on=DAY - DAYS(200))
    factories.give_account(post.person)
    left_on = DAY - DAYS(100)
    end_post(post=post, ends_on=left_on, at=factories.moment(left_on), by=None)
    factories.make_post(post.person, new, starts_on=left_on + DAYS(1))
    certificate = factories.certify(post.person, DAY - DAYS(50))
    user = hr_of(old)
    assert listed(client, user, status=EVERYBODY) == []
    assert listed(client, user, status=EVERYBODY, on=left_on.isoformat()) == [post.person.pk]
    page = client.get(reverse("certification:person", args=[post.person.pk]))
    assert page.context["file"].left_on == left_on
    assert page.context["file"].certificates == []
    assert not page.context["file"].elsewhere
    assert page.context["file"].requirements[0].current.certified_on is None
    assert certificate.serial not in page.content.decode()
    assert new.name not in page.content.decode()
    assert listed(client, hr_of(new), status=EVERYBODY) == [post.person.pk]


def test_hr_role_beside_a_wider_monitor_role_shows_names_of_its_own_unit_only(client, world):
    mine = factories.make_post(institution=world["school"]).person
    factories.make_post(institution=factories.make_institution(world["ministry"]))
    user = hr_of(world["school"])
    factories.make_role(Role.Kind.MONITOR, world["ministry"], user)
    assert listed(client, user, status=EVERYBODY) == [mine.pk]
    assert client.get(reverse("certification:person_list"), {"unit": world["ministry"].code}).status_code == 400


# --- filters --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("few", [0, 1_000], ids=["many", "few"])
def test_search_finds_either_script_any_order_and_the_staff_number(client, world, monkeypatch, few):
    monkeypatch.setattr("certification.people.FEW", few)
    dara = factories.make_post(
        factories.make_person(name="សុខ ចាន់ដារ៉ា", name_latin="Sok Chandara"), world["school"], staff_number="1204611"
    ).person
    factories.make_post(factories.make_person(name="ហេង ពិសី", name_latin="Heng Pisey"), world["school"])
    user = hr_of(world["school"])
    for typed in ("ចាន់ដារ៉ា", "chandara SOK", "Sok", "1204611", "១២០៤", " 1204611 ", "សុខ\u200bចាន់"):
        assert listed(client, user, q=typed) in ([dara.pk], []) if "\u200b" in typed else [dara.pk], typed
        if "\u200b" not in typed:
            assert listed(client, user, q=typed) == [dara.pk], typed
            chosen = Selection(Scope.for_user(user, DAY), Chosen(on=DAY, q=typed))
            assert [person.pk for person in chosen.of_any_status()] == [dara.pk], typed
            assert chosen.size() == 1
    assert listed(client, user, q="nobody") == []
    assert len(listed(client, user, q="\u200b")) == 2


def test_every_spelling_trap_finds_its_person_in_the_search(client, world):
    user = hr_of(world["school"])
    factories.make_post(factories.make_person(name="ហេង កល្យាណ", name_latin="Heng Kalyan"), world["school"])
    for registered, typed in TRAPS:
        person = factories.make_post(factories.make_person(name=f"ហេង {registered}", name_latin="X"), world["school"])
        assert person.person_id in listed(client, user, q=typed), typed
        factories.make_post(factories.make_person(name=f"កែវ {typed}", name_latin="X"), world["school"])
        assert len(listed(client, user, q=f"កែវ {registered}")) >= 1, registered


@pytest.mark.parametrize("few", [0, 1_000], ids=["many", "few"])
def test_search_by_a_number_of_another_register_finds_nobody(client, world, monkeypatch, few):
    monkeypatch.setattr("certification.people.FEW", few)
    post = factories.make_post(institution=world["school"])
    elsewhere = factories.make_institution(factories.make_institution())
    factories.make_post(post.person, elsewhere, staff_number="777001")
    assert listed(client, hr_of(world["school"]), q="777001") == []
    assert listed(client, hr_of(elsewhere), q="777001") == [post.person.pk]


def test_filters_ask_for_one_post_that_fits_them_all(client, world):
    police = factories.make_sector("police", name="នគរបាល", name_latin="Police")
    factories.make_requirement(factories.make_code(police), [])
    factories.make_area("12")
    other = factories.make_institution(world["ministry"], area=factories.make_area("1201"))
    both = factories.make_post(institution=world["school"]).person
    factories.make_post(both, other, factories.make_position(police, "officer"))
    single = factories.make_post(institution=other).person
    user = hr_of(world["ministry"])
    assert listed(client, user, sector="police") == [both.pk]
    assert set(listed(client, user, unit=other.code)) == {both.pk, single.pk}
    assert listed(client, user, unit=other.code, sector="education") == [single.pk]
    assert set(listed(client, user, area="12")) == {both.pk, single.pk}
    assert listed(client, user, area="06") == [both.pk]
    assert listed(client, user, area="06", sector="police") == []
    line = client.get(reverse("certification:person_list"), {"sector": "police"}).context["lines"][0]
    assert line.post.institution == other


def test_contact_filter_finds_people_whose_institutions_name_no_hr_unit(client, world):
    named = factories.make_institution(world["ministry"], hr_unit="ការិយាល័យ", hr_unit_latin="Office")
    below = factories.make_institution(named)
    factories.make_post(institution=below)
    without = factories.make_post(institution=world["school"]).person
    user = hr_of(world["ministry"])
    assert listed(client, user, contact=NO_CONTACT) == [without.pk]


def test_statuses_are_filtered_and_needs_doing_is_the_default(client, world):
    late = factories.make_post(institution=world["school"], starts_on=DAY - DAYS(200)).person
    done = factories.make_post(institution=world["school"]).person
    factories.certify(done)
    user = hr_of(world["school"])
    assert listed(client, user) == [late.pk]
    assert listed(client, user, status="certified") == [done.pk]
    assert listed(client, user, status="overdue") == [late.pk]
    assert set(listed(client, user, status=EVERYBODY)) == {late.pk, done.pk}
    chips = client.get(reverse("certification:person_list")).context["chips"]
    assert {chip["value"]: chip["count"] for chip in chips} == {None: 1, "overdue": 1, "certified": 1, "all": 2}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"on": "yesterday"}, "2026-11-23"),
        ({"on": "2999-01-01"}, "2999-01-01"),
        ({"status": "excellent"}, ""),
        ({"sector": "no-such"}, ""),
        ({"unit": "no-such"}, ""),
        ({"unit_name": "no-such"}, "no-such"),
        ({"area": "99"}, ""),
        ({"q": "x" * 101}, "x" * 101),
        ({"page": "-3"}, None),
        ({"page": "many"}, None),
    ],
)
def test_bad_filters_are_told_and_never_widen_the_list(client, world, query, said):
    factories.make_post(institution=world["school"])
    client.force_login(hr_of(world["school"]))
    response = client.get(reverse("certification:person_list"), query)
    if said is None:
        assert response.status_code == 200
        return
    assert response.status_code == 400
    assert "lines" not in response.context
    assert "alert-danger" in response.content.decode()
    assert said in response.content.decode()


def test_several_institutions_of_a_name_are_offered_and_one_is_chosen(client, world, monkeypatch):
    monkeypatch.setattr("institutions.filters.UNITS_IN_A_LIST", 1)
    first = factories.make_institution(world["ministry"], name_latin="Chey primary school")
    factories.make_institution(world["ministry"], name_latin="Chey secondary school")
    person = factories.make_post(institution=first).person
    user = hr_of(world["ministry"])
    assert listed(client, user, unit_name="primary") == [person.pk]
    assert listed(client, user, unit_name=first.code.upper()) == [person.pk]
    response = client.get(reverse("certification:person_list"), {"unit_name": "chey"})
    assert response.status_code == 400
    assert f"unit={first.code}" in response.content.decode()


def test_a_past_day_takes_the_posts_and_periods_of_that_day(client, world):
    began = DAY - DAYS(100)
    person = factories.make_post(institution=world["school"], starts_on=began).person
    user = hr_of(world["school"])
    assert listed(client, user, on=(began - DAYS(1)).isoformat()) == []
    assert listed(client, user, on=began.isoformat(), status="not-started") == [person.pk]
    assert listed(client, user, status="overdue") == [person.pk]


def test_chosen_filters_come_back_from_what_was_kept():
    chosen = Chosen(on=DAY, status="overdue", q="សុខ", unit="a", area="06", contact="none")
    assert Chosen.from_facts(chosen.as_facts()) == chosen


def test_filter_offers_only_places_of_the_viewer(world):
    factories.make_institution(factories.make_institution(), area=factories.make_area("20"))
    form = PersonFilter({}, scope=factories.scope_of(hr_of(world["ministry"])))
    assert {unit.code for unit in form.units()} == {world["ministry"].code, world["school"].code}
    assert [area.code for area in form.areas()] == ["06"]


# --- pages and queries ----------------------------------------------------------------------------------------------


def test_list_has_fifty_on_a_page_in_one_order(client, world):
    for _person in range(53):
        factories.make_post(institution=world["school"], at=factories.moment())
    user = hr_of(world["school"])
    first, second = listed(client, user), listed(client, user, page=2)
    assert (len(first), len(second)) == (50, 3)
    assert len({*first, *second}) == 53
    keys = [line.person.name_key for line in client.get(reverse("certification:person_list")).context["lines"]]
    assert keys == sorted(keys)


@pytest.mark.parametrize(
    "query", [{}, {"status": "all"}, {"q": "sok"}, {"sector": "education", "area": "06"}, {"on": "2026-06-01"}]
)
def test_list_takes_as_many_queries_for_thirty_people_as_for_three(client, world, query):
    user = hr_of(world["ministry"])
    client.force_login(user)
    queries_of(client, query)  # the session notes its first use
    counts = []
    for more in (3, 27):
        for _person in range(more):
            factories.make_post(institution=world["school"], starts_on=DAY - DAYS(300))
        counts.append(queries_of(client, query))
    assert counts[0] == counts[1]


def queries_of(client, query):
    with CaptureQueriesContext(connection) as context:
        response = client.get(reverse("certification:person_list"), query)
        assert response.status_code == 200
        return len(context)


def test_empty_lists_say_what_to_do_next(client, world):
    client.force_login(hr_of(world["school"]))
    page = client.get(reverse("certification:person_list"))
    assert page.context["lines"] == []
    assert 'class="alert"' in page.content.decode()
    factories.certify(factories.make_post(institution=world["school"]).person)
    assert "status=all" in client.get(reverse("certification:person_list")).content.decode()


def test_institution_manager_builds_our_querysets(world):
    assert Institution.objects.in_subtree(world["ministry"]).open_on(DAY).count() == 2

"""Closing, moving and merging institutions: what goes along, what is refused, and who may."""

import datetime
import threading
import time

import pytest
from django.db import connection, transaction
from django.urls import reverse

from certification.models import Period
from institutions.actions import RegisterRefused, designate_person, open_post
from institutions.models import AuditEntry, Designation, Institution, Post, Role, TreeChange
from institutions.signals import many_posts_changed
from institutions.tree_actions import close_institution, merge_institutions, move_institution
from institutions.tree_effects import Change, effects_of
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

DAY = factories.TODAY
ONE = datetime.timedelta(days=1)
KIND = Institution.Kind


@pytest.fixture
def tree():
    ministry = factories.make_institution(code="moe")
    north = factories.make_institution(ministry, KIND.DEPARTMENT, code="north")
    south = factories.make_institution(ministry, KIND.DEPARTMENT, code="south")
    factories.make_institution(north, code="n-school")
    factories.make_institution(north, code="n-other")
    factories.make_institution(south, code="s-school")
    return {node.code: node for node in Institution.objects.all()}


def facts(**others):
    return {"on": DAY, "at": factories.moment(), "by": None, "reason": "Decree 12"} | others


def fresh(node):
    return Institution.objects.get(pk=node.pk)


def is_sound():
    return Institution.find_problems() == ([], [], [], [], [])


# --- closing --------------------------------------------------------------------------------------------------------


def test_closing_ends_roles_the_day_before_and_is_on_record(tree):
    role = factories.make_role(Role.Kind.HR, tree["n-school"])
    close_institution(institution=tree["n-school"], successor=tree["n-other"], **facts())
    closed = fresh(tree["n-school"])
    assert (closed.closed_on, closed.successor) == (DAY, tree["n-other"])
    role.refresh_from_db()
    assert role.ends_on == DAY - ONE
    assert TreeChange.objects.get().reason == "Decree 12"
    assert AuditEntry.objects.filter(verb="institutions.close", institution=closed).count() == 1


def test_nothing_closes_over_people_or_over_what_is_open_below(tree):
    factories.make_post(institution=tree["n-school"], starts_on=DAY - ONE)
    for code in ("n-school", "north"):
        with pytest.raises(RegisterRefused):
            close_institution(institution=tree[code], **facts())
    assert not Institution.objects.filter(closed_on__isnull=False).exists() and not TreeChange.objects.exists()


def test_a_post_that_ended_before_does_not_hinder(tree):
    factories.make_post(institution=tree["n-school"], starts_on=DAY - 9 * ONE, ends_on=DAY - ONE)
    close_institution(institution=tree["n-school"], **facts())
    with pytest.raises(RegisterRefused):
        factories.make_post(institution=fresh(tree["n-school"]), starts_on=DAY)


def test_a_closed_one_is_not_closed_again(tree):
    close_institution(institution=tree["n-school"], **facts())
    with pytest.raises(RegisterRefused):
        close_institution(institution=tree["n-school"], **facts(on=DAY + ONE))


def test_owner_of_a_code_stays_until_the_code_has_another(tree):
    owner = factories.make_code().owner
    effects = effects_of(Change("closed", owner, DAY), day=DAY)
    assert [effect.stops for effect in effects.above] == [True] and effects.refusals


# --- moving ---------------------------------------------------------------------------------------------------------


def test_a_subtree_moves_with_everything_below_it(tree):
    office = factories.make_institution(fresh(tree["north"]), KIND.DISTRICT_OFFICE, code="office")
    factories.make_institution(office, code="o-school")
    move_institution(institution=fresh(office), parent=tree["south"], **facts())
    assert [n.code for n in Institution.objects.get(code="o-school").get_ancestors()] == ["moe", "south", "office"]
    change = TreeChange.objects.get()
    assert (change.before.code, change.other.code, change.from_day) == ("north", "south", DAY)
    assert is_sound()


@pytest.mark.parametrize(
    ("moved", "parent", "on"),
    [
        ("north", "n-school", DAY),
        ("north", "north", DAY),
        ("n-school", "north", DAY),
        ("n-school", "s-school", DAY),
        ("n-school", "south", DAY + ONE),
        ("moe", "south", DAY),
        ("n-school", "elsewhere", DAY),
    ],
)
def test_moves_that_make_no_tree_are_refused(tree, moved, parent, on):
    tree["elsewhere"] = factories.make_institution(code="elsewhere")
    before = list(Institution.objects.values_list("path", "code"))
    with pytest.raises(RegisterRefused):
        move_institution(institution=tree[moved], parent=tree[parent], **facts(on=on))
    assert list(Institution.objects.values_list("path", "code")) == before


# --- merging --------------------------------------------------------------------------------------------------------


def test_merging_begins_each_post_anew_and_tells_the_apps_above(tree):
    post = factories.make_post(institution=tree["n-school"], starts_on=DAY - 99 * ONE, rank="chief", staff_number="77")
    short = factories.make_post(institution=tree["n-school"], starts_on=DAY - 99 * ONE, ends_on=DAY + 9 * ONE)
    designate_person(
        person=post.person,
        institution=tree["n-school"],
        kind=Designation.Kind.DESIGNATED_TEACHER,
        starts_on=DAY - 9 * ONE,
        at=factories.moment(),
        by=None,
    )
    told = []
    many_posts_changed.connect(receiver := lambda changes, **kwargs: told.extend(changes))
    merge_institutions(institution=tree["n-school"], into=tree["s-school"], **facts())
    many_posts_changed.disconnect(receiver)
    post.refresh_from_db()
    assert post.ends_on == DAY - ONE and post.institution == tree["n-school"]
    new = Post.objects.get(person=post.person, institution=tree["s-school"])
    assert (new.starts_on, new.ends_on, new.rank, new.staff_number) == (DAY, None, "chief", post.staff_number)
    assert Post.objects.get(person=short.person, institution=tree["s-school"]).ends_on == DAY + 9 * ONE
    assert {change.person for change in told} == {post.person, short.person}
    assert Designation.objects.get().ends_on == DAY - ONE
    assert fresh(tree["n-school"]).successor == tree["s-school"]
    # A figure of a past day counts where people served then.
    assert Post.objects.serving_on(DAY - ONE).filter(institution=tree["n-school"]).count() == 2


def test_whoever_serves_in_both_goes_on_with_one_post(tree):
    post = factories.make_post(institution=tree["n-school"], starts_on=DAY - 9 * ONE)
    factories.make_post(post.person, tree["s-school"], starts_on=DAY - 9 * ONE, staff_number="")
    merge_institutions(institution=tree["n-school"], into=tree["s-school"], **facts())
    assert Post.objects.of(post.person).serving_on(DAY).count() == 1


def test_what_lies_below_goes_along(tree):
    merge_institutions(institution=tree["north"], into=tree["south"], **facts())
    assert fresh(tree["n-school"]).get_parent() == tree["south"] and fresh(tree["south"]).numchild == 3
    assert sorted(TreeChange.objects.values_list("kind", flat=True)) == ["merged", "moved", "moved"]
    assert is_sound()


@pytest.mark.parametrize("case", ["itself", "below", "other ministry", "later post", "misfit", "closed"])
def test_merges_that_cannot_be_are_refused_whole(tree, case):
    gone, into = tree["n-school"], tree["s-school"]
    factories.make_post(institution=gone, starts_on=DAY if case == "later post" else DAY - ONE)
    if case == "itself":
        into = gone
    elif case == "below":
        gone, into = tree["north"], tree["n-school"]
    elif case == "other ministry":
        into = factories.make_institution(factories.make_institution(), KIND.DEPARTMENT)
    elif case == "misfit":
        gone, into = tree["north"], tree["s-school"]
    elif case == "closed":
        close_institution(institution=into, **facts(on=DAY - ONE))
    changes = TreeChange.objects.count()
    with pytest.raises(RegisterRefused):
        merge_institutions(institution=gone, into=into, **facts())
    assert TreeChange.objects.count() == changes and not Post.objects.filter(ends_on__isnull=False).exists()


def test_a_merged_post_opens_the_periods_of_the_new_one_only_once():
    world = factories.make_bound_world()
    into = factories.make_institution(fresh(world["school"]).get_parent(), code="into")
    post = factories.make_post(institution=world["school"], starts_on=DAY - 9 * ONE)
    before = list(Period.objects.filter(person=post.person).values_list("pk", flat=True))
    merge_institutions(institution=fresh(world["school"]), into=into, **facts())
    assert before and list(Period.objects.filter(person=post.person).values_list("pk", flat=True)) == before


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_leave_a_sound_tree(tree):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer")
    begin, failed = threading.Barrier(2), []

    def move(code, parent):
        try:
            begin.wait(timeout=10)
            move_institution(institution=tree[code], parent=tree[parent], **facts())
        except Exception as error:  # told to the test below
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=move, args=pair) for pair in (("n-school", "south"), ("n-other", "south"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert failed == [] and is_sound() and fresh(tree["south"]).numchild == 3


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["open", "close"])
def test_nobody_gets_a_post_in_an_institution_that_closes_at_the_same_time(tree, first):
    """Whoever comes second waits for the first, and is then refused; a post and a closing never both stand."""
    person, position = factories.make_person(), factories.make_position()
    held, refused = threading.Event(), []
    place = fresh(tree["n-school"])

    def open_one():
        open_post(
            person=person, institution=place, position=position, starts_on=DAY + ONE, at=factories.moment(), by=None
        )

    def close():
        close_institution(institution=tree["n-school"], on=DAY, at=factories.moment(), by=None, reason="x")

    acts = {"open": open_one, "close": close}
    second = acts["close" if first == "open" else "open"]

    def run_first():
        with transaction.atomic():
            acts[first]()
            held.set()
            time.sleep(0.5)
        connection.close()

    def run_second():
        held.wait(timeout=10)
        try:
            second()
        except RegisterRefused as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for run in (run_first, run_second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(refused) == 1
    assert Post.objects.count() == (1 if first == "open" else 0)
    assert (fresh(tree["n-school"]).closed_on is None) == (first == "open")


# --- the pages ------------------------------------------------------------------------------------------------------


def address(name, *args):
    return reverse(f"institutions:{name}", args=args)


def registrar(client, institution):
    client.force_login(factories.make_role(Role.Kind.REGISTRAR, institution).user)


def asked(**others):
    return {"on": "២៣/១១/២០២៦", "other": "s-school", "reason": "Decree 12"} | others


def test_a_registrar_sees_who_is_touched_before_anything_happens(client, tree):
    post = factories.make_post(institution=tree["n-school"], starts_on=DAY - ONE)
    registrar(client, tree["moe"])
    page = client.post(address("tree_change", "n-school", "merge"), asked())
    assert page.status_code == 200 and post.person.name in page.text and not TreeChange.objects.exists()
    done = client.post(address("tree_change", "n-school", "merge"), asked(confirmed="1"), follow=True)
    assert "Decree 12" in done.text and fresh(tree["n-school"]).closed_on == DAY
    assert TreeChange.objects.get().by == Role.objects.get().user


def test_what_is_refused_offers_no_button(client, tree):
    post = factories.make_post(institution=tree["n-school"], starts_on=DAY - ONE)
    registrar(client, tree["moe"])
    page = client.post(address("tree_change", "n-school", "close"), asked(other=""))
    assert post.person.name in page.text and 'name="confirmed"' not in page.text
    again = client.post(address("tree_change", "n-school", "close"), asked(other="", confirmed="1"))
    assert again.status_code == 200 and not TreeChange.objects.exists()


@pytest.mark.parametrize(
    ("change", "typed"),
    [
        ("move", {"on": "32/11/2026"}),
        ("move", {"other": ""}),
        ("merge", {"other": "nowhere"}),
        ("close", {"reason": ""}),
    ],
)
def test_what_is_not_usable_is_said_and_nothing_typed_is_lost(client, tree, change, typed):
    registrar(client, tree["moe"])
    page = client.post(address("tree_change", "n-school", change), asked(**typed))
    assert page.status_code == 400 and "invalid-feedback" in page.text
    for value in asked(**typed).values():
        assert f'value="{value}"' in page.text or value == ""


def test_going_back_keeps_what_was_typed(client, tree):
    registrar(client, tree["moe"])
    page = client.post(address("tree_change", "n-school", "move"), asked(other="south", back="1"))
    assert 'value="south"' in page.text and 'name="confirmed"' not in page.text


def test_a_registrar_stays_inside_the_own_ministry(client, tree):
    other = factories.make_institution(code="moi")
    factories.make_institution(other, KIND.DEPARTMENT, code="moi-dep")
    registrar(client, tree["moe"])
    assert client.get(address("tree_institution", "moi-dep")).status_code == 404
    for change in ("close", "move", "merge"):
        assert client.post(address("tree_change", "moi-dep", change), asked()).status_code == 404
        assert client.get(address("tree_change", "moe", change)).status_code == 404
    page = client.post(address("tree_change", "n-school", "merge"), asked(other="moi-dep"))
    assert page.status_code == 400
    assert "moi-dep" not in client.get(address("tree")).text


def test_the_platform_owner_changes_any_and_sees_no_names(client, tree):
    post = factories.make_post(institution=tree["n-school"], starts_on=DAY - ONE)
    client.force_login(factories.make_user(is_superuser=True))
    page = client.post(address("tree_change", "n-school", "merge"), asked())
    assert page.status_code == 200 and post.person.name not in page.text
    client.post(address("tree_change", "n-school", "merge"), asked(confirmed="1"))
    assert fresh(tree["n-school"]).closed_on == DAY


def test_the_list_is_searched_by_the_beginning_of_a_code_and_by_name(client, tree):
    registrar(client, tree["moe"])
    for typed in ("N-Sch", tree["n-school"].name):
        page = client.get(address("tree"), {"q": typed})
        assert "n-school" in page.text and "s-school" not in page.text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_number_of_queries(client, django_assert_num_queries, rows):
    ministry = factories.make_institution()
    for _number in range(rows):
        factories.make_institution(ministry, area=factories.make_area())
    registrar(client, ministry)
    client.get(address("tree"))  # the device is noted once
    with django_assert_num_queries(6):
        client.get(address("tree"))

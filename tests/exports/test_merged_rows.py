"""Two rows merged are one human in every figure and list, and two again after the merge is undone."""

import datetime
import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from certification.coverage import coverage_of
from certification.filters import Chosen, everybody_on
from certification.models import Certificate
from certification.people import Selection
from conduct_codes.models import SignOff
from conduct_codes.sign_figures import Law, figures_of
from conduct_codes.unsigned import Unsigned, overdue_by_code
from exports import rosters
from institutions.merging import merge_people, undo_merge
from institutions.models import Person, Role
from institutions.scope import Scope
from tests import factories
from tests.factories import TODAY

DAY = datetime.timedelta(days=1)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def merge(kept, other):
    return merge_people(kept=kept, other=other, reason="One human", at=factories.moment(), by=None)


def measured(world):
    """What each figure and list says, as plain counts and references."""
    scope, law = Scope.of(world["ministry"], TODAY), Law(world["code"], TODAY)
    total = coverage_of(scope, TODAY).total
    signs = figures_of(scope, law).total
    selection = Selection(scope, everybody_on(TODAY))
    roster = list(rosters.rows(selection))
    unsigned = Unsigned(scope, law)
    lines = selection.lines(selection.people())
    return {
        "people": {total.people, signs.people, sum(selection.counts().values()), len(roster)},
        "certified": total.certified,
        "signed": {total.signed, signs.signed},
        "unsigned": {line.person.pk for line in unsigned.lines(unsigned.people())},
        "listed": {line.person.pk for line in lines},
        "holding": sum(
            line.person.status.value in ("certified", "renewal-due") for line in selection.lines(selection.people())
        ),
    }


def recounted(rows):
    """The same, counted slowly, human by human, over the pointer and what each row signed and earned."""
    humans = {}
    for row in Person.objects.filter(pk__in=rows):
        humans.setdefault(row.merged_into_id or row.pk, []).append(row.pk)
    signed = {h for h, own in humans.items() if any(SignOff.objects.filter(person_id=pk).exists() for pk in own)}
    holding = {h for h, own in humans.items() if any(Certificate.objects.filter(person_id=pk).exists() for pk in own)}
    return {
        "people": {len(humans)},
        "certified": len(holding),
        "signed": {len(signed)},
        "unsigned": set(humans) - signed,
        "listed": set(humans),
        "holding": len(holding),
    }


@pytest.mark.parametrize("seed", range(3))
def test_every_count_equals_a_slow_recount_by_human_merged_and_parted(seed):
    rng = random.Random(seed)
    world = factories.make_bound_world()
    posts = [factories.make_post(institution=world["school"]) for _row in range(8)]
    people = [post.person for post in posts]
    for person in people:
        factories.give_account(person)
        {"none": lambda _p: None, "sign": factories.sign, "certify": factories.certify}[
            rng.choice(["none", "sign", "certify"])
        ](person)
    rows = [person.pk for person in people]
    before = measured(world)
    assert before == recounted(rows)
    rng.shuffle(people)
    merges = [merge(people[0], people[1]), merge(people[0], people[2]), merge(people[3], people[4])]
    assert measured(world) == recounted(rows)
    assert measured(world)["people"] == {5}
    for made in merges:
        undo_merge(merge=made, reason="Two humans", at=factories.moment(), by=None)
    assert measured(world) == before


def test_figures_take_as_many_queries_with_merges_as_without():
    world = factories.make_bound_world()
    people = [factories.make_post(institution=world["school"]).person for _row in range(4)]

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as found:
            measured(world)
        return len(found)

    queries()
    before = queries()
    merge(people[0], people[1])
    assert queries() == before


def test_human_who_signed_under_the_other_row_is_not_late_and_not_asked_to_sign():
    world = factories.make_bound_world()
    kept, other = (factories.make_post(institution=world["school"]).person for _row in range(2))
    for person in (kept, other):
        factories.give_account(person)
        person.sign_requests.update(asked_on=TODAY, due_on=TODAY)
    factories.sign(other)
    late = Scope.of(world["ministry"], TODAY + DAY)
    assert overdue_by_code(late) == {world["code"].pk: 1}
    merge(kept, other)
    assert overdue_by_code(late) == {}


def test_own_pages_show_what_was_signed_and_earned_under_the_other_row(client):
    world = factories.make_bound_world()
    kept, other = (factories.make_post(institution=world["school"]).person for _row in range(2))
    account = factories.give_account(kept)
    certificate = factories.certify(other)
    receipt = other.sign_offs.get().receipt
    pages = [
        reverse("certification:certificate", args=[certificate.serial]),
        reverse("conduct_codes:receipt", args=[receipt]),
    ]
    client.force_login(account)
    assert [client.get(page).status_code for page in pages] == [404, 404]
    made = merge(kept, other)
    assert [client.get(page).status_code for page in pages] == [200, 200]
    assert certificate.serial in client.get(reverse("certification:certificate_list")).content.decode()
    undo_merge(merge=made, reason="Two humans", at=factories.moment(), by=None)
    assert [client.get(page).status_code for page in pages] == [404, 404]


def test_hr_sees_the_certificate_of_the_other_row_on_the_page_of_the_kept_one(client):
    world = factories.make_bound_world()
    kept, other = (factories.make_post(institution=world["school"]).person for _row in range(2))
    factories.give_account(kept)
    certificate = factories.certify(other)
    merge(kept, other)
    client.force_login(factories.make_role(Role.Kind.HR, world["school"]).user)
    page = client.get(reverse("certification:person", args=[kept.pk])).content.decode()
    assert certificate.serial in page
    assert other.sign_offs.get().receipt in page
    assert client.get(reverse("certification:person", args=[other.pk])).status_code == 404
    assert client.get(reverse("certification:certificate", args=[certificate.serial])).status_code == 200


def test_nobody_reads_a_case_against_a_row_of_their_own():
    world = factories.make_bound_world()
    kept, other = (
        factories.make_post(institution=world["school"], starts_on=TODAY - 30 * DAY).person for _row in range(2)
    )
    case = factories.make_case(world, person=other)
    officer = factories.make_role(Role.Kind.DISCIPLINE, world["ministry"], user=factories.give_account(kept)).user
    cases = type(case).objects
    assert list(cases.visible_to(factories.scope_of(officer))) == [case]
    merge(kept, other)
    assert not cases.visible_to(factories.scope_of(officer)).exists()


def test_list_of_needs_is_one_line_for_one_human():
    world = factories.make_bound_world()
    kept, other = (factories.make_post(institution=world["school"]).person for _row in range(2))
    merge(kept, other)
    scope = Scope.of(world["ministry"], TODAY)
    assert [
        line.person.pk for line in Selection(scope, Chosen(on=TODAY)).lines(Selection(scope, Chosen(on=TODAY)).people())
    ] == [kept.pk]

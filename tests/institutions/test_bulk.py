"""Bulk actions of the register leave the rows that the single actions leave."""

import datetime

import pytest

from institutions import actions, bulk
from institutions.bulk_changes import EndedPost, end_posts
from institutions.models import AuditEntry, Institution, Person, Post, StaffNumber
from tests import factories
from tests.rows import rows_made

pytestmark = pytest.mark.django_db
DAY = factories.TODAY
EARLIER = DAY - datetime.timedelta(days=400)


def test_added_people_equal_people_added_one_by_one():
    user = factories.make_user()
    facts = [
        {"name": " សុខ ចាន់ធី", "name_latin": "Sok Chanthy ", "sex": "F", "birth_date": datetime.date(1990, 5, 1)},
        {"name": "ហេង ដារ៉ា", "name_latin": "Heng Dara", "sex": "M", "birth_date": None},
    ]
    moments = [factories.moment(EARLIER), factories.moment(DAY)]

    def one_by_one():
        for each, at in zip(facts, moments, strict=True):
            actions.add_person(**each, at=at, by=user)

    def in_bulk():
        people = bulk.add_people(
            bulk.NewPerson(**each, at=at, by=user) for each, at in zip(facts, moments, strict=True)
        )
        assert [person.name for person in people] == ["សុខ ចាន់ធី", "ហេង ដារ៉ា"]

    assert rows_made(in_bulk) == rows_made(one_by_one)
    assert Person.objects.count() == 0


def post_facts(world):
    """Two people, one of them with two posts, a number that is known already, and a post that has ended."""
    people = [factories.make_person() for _number in range(3)]
    other = factories.make_institution(world["ministry"])
    actions.give_staff_number(person=people[1], institution=world["school"], number="7002")
    position = factories.make_position()
    common = {"position": position, "at": factories.moment(DAY), "by": factories.make_user()}
    return [
        {
            "person": people[0].pk,
            "institution": world["school"],
            "starts_on": EARLIER,
            "staff_number": "៧០០១",
            **common,
        },
        {"person": people[0].pk, "institution": other, "starts_on": DAY, "staff_number": "7001", **common},
        {
            "person": people[1].pk,
            "institution": other,
            "starts_on": DAY,
            "staff_number": "7002",
            "rank": "ក.១",
            **common,
        },
        {
            "person": people[2].pk,
            "institution": world["school"],
            "starts_on": EARLIER,
            "ends_on": DAY,
            "basis": "acting",
            "end_reason": "acting-over",
            **common,
        },
    ]


def fresh(facts):
    """The facts of one post with its person read anew, as nothing that was undone may stay in memory."""
    return {**facts, "person": Person.objects.get(pk=facts["person"])}


def test_opened_posts_equal_posts_opened_one_by_one_with_all_that_follows():
    rows = post_facts(factories.make_bound_world())

    def one_by_one():
        for facts in rows:
            actions.open_post(**fresh(facts))

    made = rows_made(lambda: bulk.open_posts(bulk.NewPost(**fresh(facts)) for facts in rows))
    assert made == rows_made(one_by_one)
    assert {"institutions.Post", "conduct_codes.SignRequest", "certification.Period"} <= made.keys()


def test_ended_posts_equal_posts_ended_one_by_one_with_their_reasons():
    world = factories.make_bound_world()
    reasons = ["", "transfer", "retired"]
    keys = [factories.make_post(institution=world["school"], starts_on=EARLIER).pk for _reason in reasons]
    said = {"ends_on": DAY, "at": factories.moment(DAY), "by": None}

    def ended(end):
        posts = [Post.objects.select_related("person", "institution").get(pk=key) for key in keys]
        made = rows_made(lambda: end(list(zip(posts, reasons, strict=True))))
        return made, [(post.ends_on, post.end_reason) for post in posts]

    def one_by_one(pairs):
        for post, reason in pairs:
            actions.end_post(post=post, reason=reason, **said)

    def in_bulk(pairs):
        end_posts(EndedPost(post=post, reason=reason, **said) for post, reason in pairs)

    assert ended(in_bulk) == ended(one_by_one)


def test_posts_ask_for_an_edition_that_comes_into_force_later():
    world = factories.make_bound_world()
    factories.make_edition(world["code"], day=DAY, at=factories.moment(DAY, 7))
    person = factories.make_person()
    at = factories.moment(EARLIER + datetime.timedelta(days=100))
    facts = {
        "person": person.pk,
        "institution": world["school"],
        "position": factories.make_position(),
        "starts_on": EARLIER,
        "at": at,
        "by": None,
    }
    made = rows_made(lambda: bulk.open_posts([bulk.NewPost(**fresh(facts))]))
    assert made == rows_made(lambda: actions.open_post(**fresh(facts)))
    assert len(made["conduct_codes.SignRequest"]) == 2


@pytest.mark.parametrize("what", ["number of somebody else", "number twice", "closed institution"])
def test_no_post_is_opened_if_one_is_refused(what):
    world = factories.make_bound_world()
    rows = post_facts(world)
    if what == "number of somebody else":
        rows[3]["staff_number"] = "7002"
    elif what == "number twice":
        rows[3]["staff_number"] = "7001"
    else:
        closed = Institution.objects.get(pk=world["school"].pk)
        closed.closed_on = EARLIER
        closed.save(update_fields=["closed_on"])
        rows[3]["institution"] = closed
    numbers = StaffNumber.objects.count()
    with pytest.raises(actions.RegisterRefused):
        bulk.open_posts([bulk.NewPost(**fresh(facts)) for facts in rows])
    assert Post.objects.count() == 0
    assert StaffNumber.objects.count() == numbers


def test_opened_accounts_equal_accounts_opened_one_by_one_without_password():
    people = [factories.make_person().pk for _number in range(2)]
    at = factories.moment(EARLIER)

    def one_by_one():
        for key, number in zip(people, ("22 001", "២២០០២"), strict=True):
            actions.open_account(username=number, password=None, person=Person.objects.get(pk=key), at=at, by=None)

    def in_bulk():
        users = bulk.open_accounts(
            bulk.NewAccount(person=Person.objects.get(pk=key), username=number, at=at)
            for key, number in zip(people, ("22 001", "២២០០២"), strict=True)
        )
        assert not any(user.has_usable_password() for user in users)

    assert rows_made(in_bulk) == rows_made(one_by_one)


def test_account_is_refused_where_the_number_has_one():
    factories.make_user(username="22001")
    with pytest.raises(actions.RegisterRefused):
        bulk.open_accounts([bulk.NewAccount(person=factories.make_person(), username="22001", at=factories.moment())])


def test_added_institutions_equal_those_added_one_by_one():
    factories.make_institution(code="first")
    parent = factories.make_institution(code="second")
    factories.make_institution(parent, code="child")
    facts = {"name": "ស្ថាប័ន", "name_latin": "Institution"}
    plan = [("a", "second"), ("root", ""), ("b", "root"), ("c", "second"), ("d", "b"), ("e", "b"), ("f", "child")]

    def one_by_one():
        for code, above in plan:
            kind = Institution.Kind.SCHOOL if above else Institution.Kind.MINISTRY
            if above:
                Institution.objects.get(code=above).add_child(code=code, kind=kind, **facts)
            else:
                Institution.add_root(code=code, kind=kind, **facts)

    def in_bulk():
        bulk.add_institutions(
            bulk.NewInstitution(
                code=code,
                parent=above,
                facts={"kind": Institution.Kind.SCHOOL if above else Institution.Kind.MINISTRY, **facts},
            )
            for code, above in plan
        )
        assert not any(Institution.find_problems())

    made = rows_made(in_bulk)
    assert made == rows_made(one_by_one)
    assert len(made["institutions.Institution"]) == len(plan) + 2  # two parents that were there have more children


def test_institution_below_an_unknown_one_is_refused():
    with pytest.raises(actions.RegisterRefused, match="nowhere"):
        bulk.add_institutions([bulk.NewInstitution(code="a", parent="nowhere", facts={"kind": "school"})])


def test_save_fields_writes_those_fields_and_no_other():
    people = [factories.make_person() for _number in range(3)]
    for person in people:
        person.sex, person.name_latin = "M", "Changed"
    bulk.save_fields(people, ["sex"])
    assert Person.objects.filter(sex="M").exclude(name_latin="Changed").count() == 3
    assert AuditEntry.objects.filter(verb="institutions.add_person").count() == 3


def test_batches_hold_every_row_once():
    assert [list(batch) for batch in bulk.batches(range(5), 2)] == [[0, 1], [2, 3], [4]]

"""What changes for somebody of the register, entered on pages: posts beside posts and transfers; who may."""

import datetime

import pytest
from django.urls import reverse

from institutions.models import AuditEntry, Person, Post, RegisterImport, TransferRequest
from tests import factories
from tests.factories import TODAY
from tests.institutions.by_hand import errors

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
DAY = datetime.timedelta(days=1)


def spells(person):
    """(institution, kind, from, to, why it ended) of each post."""
    posts = Post.objects.filter(person=person).order_by("starts_on", "pk")
    return [(p.institution.code, p.basis, p.starts_on, p.ends_on, p.end_reason) for p in posts]


def person_page(clerk, person):
    return clerk.client.get(reverse("certification:person", args=[person.pk])).content.decode()


# --- a working life -------------------------------------------------------------------------------------------------


def test_a_working_life_entered_on_pages(clerk, place):
    head = factories.make_position(slug="head", name="នាយក", name_latin="Head")
    since, acting_from, over, moved = (
        datetime.date(*day) for day in ((2024, 11, 1), (2025, 3, 1), (2025, 9, 30), (2026, 1, 5))
    )
    clerk.enter("person_new", **clerk.somebody())
    person = Person.objects.get()
    acting = clerk.post(
        institution="school-1", position=f"education/{head.slug}", basis="acting", starts_on="០១/០៣/២០២៥"
    )
    clerk.enter("post_new", person.pk, **acting)
    regular = ("school-1", "regular", since, None, "")
    assert spells(person) == [regular, ("school-1", "acting", acting_from, None, "")]
    post = Post.objects.get(position=head)
    clerk.enter("post_end", post.pk, ends_on="30/09/2025", end_reason="acting-over")
    acted = ("school-1", "acting", acting_from, over, "acting-over")
    assert spells(person) == [regular, acted]
    first = Post.objects.get(ends_on=None)
    clerk.enter("post_new", person.pk, **clerk.post(starts_on="05/01/2026", ends=first.pk))
    left, second = spells(person)[0], spells(person)[2]
    assert left[:4] == ("school-1", "regular", since, moved - DAY) and second == (
        "school-2",
        "regular",
        moved,
        None,
        "",
    )
    assert Post.objects.get(ends_on=None).staff_number.number == "00123"
    last = clerk.enter("post_end", Post.objects.get(ends_on=None).pk, ends_on="31/10/2026", end_reason="retired")
    assert spells(person)[2] == ("school-2", "regular", moved, datetime.date(2026, 10, 31), "retired")
    clerk.undo(last)
    assert spells(person)[2] == second
    timeline = clerk.client.get(reverse("certification:person_timeline", args=[person.pk])).content.decode()
    assert "៥ មករា ២០២៦" in timeline and "ស្តីទី" in timeline
    verbs = AuditEntry.objects.filter(actor=place.hr, subject=f"person:{person.pk}").values_list("verb", flat=True)
    assert {"institutions.add_person", "institutions.open_post", "institutions.end_post"} <= set(verbs)


# --- another post ---------------------------------------------------------------------------------------------------


def test_a_second_regular_post_stands_beside_the_first_where_the_clerk_says_so(clerk, place):
    person = place.serving().person
    found = clerk.preview("post_new", person.pk, **clerk.post(ends="none"))
    page = clerk.get("import", found.pk).content.decode()
    assert "សាលាអង្គរ" in page and "សាលាបាយ័ន" in page and found.counts["add"] == found.counts["unchanged"] == 1
    clerk.apply(found)
    assert [(code, ends) for code, _basis, _from, ends, _why in spells(person)] == [
        ("school-1", None),
        ("school-2", None),
    ]


def test_of_several_posts_the_one_that_the_clerk_names_ends(clerk, place):
    first = place.serving()
    second = factories.make_post(first.person, place.other, place.position, starts_on=datetime.date(2025, 1, 1))
    new = clerk.post(institution="dep-1", ends=second.pk)
    clerk.enter("post_new", first.person_id, **new)
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.ends_on is None and second.ends_on == datetime.date(2026, 10, 31)


def test_the_preview_of_a_transfer_names_the_post_that_ends(clerk, place):
    post = place.serving()
    found = clerk.preview("post_new", post.person_id, **clerk.post(ends=post.pk))
    page = clerk.get("import", found.pk).content.decode()
    assert "សាលាអង្គរ" in page and "សាលាបាយ័ន" in page and found.counts["transfer"] == 1


def test_what_becomes_of_the_present_post_has_to_be_said(clerk, place):
    post = place.serving()
    answer = clerk.send("post_new", post.person_id, **clerk.post())
    assert answer.status_code == 400 and list(errors(answer)) == ["ends"]
    answer = clerk.send("post_new", post.person_id, **clerk.post(basis="acting", ends=post.pk))
    assert answer.status_code == 400 and list(errors(answer)) == ["ends"]
    stranger = factories.make_post(institution=place.other)
    answer = clerk.send("post_new", post.person_id, **clerk.post(ends=stranger.pk))
    assert answer.status_code == 400 and list(errors(answer)) == ["ends"]
    assert not RegisterImport.objects.exists()


def test_nobody_takes_up_a_post_that_they_hold(clerk, place):
    post = place.serving()
    for basis in ("regular", "acting"):
        same = clerk.post(institution="school-1", basis=basis, ends="none")
        answer = clerk.send("post_new", post.person_id, **same)
        assert answer.status_code == 400 and list(errors(answer)) == ["position"]


def test_nobody_moves_before_the_old_post_began(clerk, place):
    post = place.serving()
    answer = clerk.send("post_new", post.person_id, **clerk.post(starts_on="01/11/2024", ends=post.pk))
    assert answer.status_code == 400 and list(errors(answer)) == ["starts_on"]


def test_whoever_acts_is_appointed_and_both_posts_before_end(clerk, place):
    regular = place.serving()
    head = factories.make_position(slug="head")
    facts = {"starts_on": datetime.date(2026, 1, 1), "basis": "acting"}
    acting = factories.make_post(regular.person, place.school, head, **facts)
    new = clerk.post(institution="school-1", position="education/head", ends=regular.pk)
    clerk.enter("post_new", regular.person_id, **new)
    for post in (regular, acting):
        post.refresh_from_db()
        assert post.ends_on == datetime.date(2026, 10, 31)
    assert acting.end_reason == "acting-over"
    assert Post.objects.get(ends_on=None).basis == "regular"


def test_whoever_acts_is_appointed_beside_what_goes_on(clerk, place):
    regular = place.serving()
    head = factories.make_position(slug="head")
    facts = {"starts_on": datetime.date(2026, 1, 1), "basis": "acting"}
    acting = factories.make_post(regular.person, place.school, head, **facts)
    new = clerk.post(institution="school-1", position="education/head", ends="none")
    clerk.enter("post_new", regular.person_id, **new)
    acting.refresh_from_db()
    regular.refresh_from_db()
    assert acting.ends_on == datetime.date(2026, 10, 31) and regular.ends_on is None


def test_a_return_after_leave_needs_no_word_of_a_present_post(clerk, place):
    post = place.serving()
    clerk.enter("post_end", post.pk, ends_on="31/12/2025", end_reason="leave")
    assert "ends" not in clerk.get("post_new", post.person_id).context["form"].fields
    clerk.enter("post_new", post.person_id, **clerk.post(institution="school-1"))
    assert [(code, why) for code, _basis, _from, _to, why in spells(post.person)] == [
        ("school-1", "leave"),
        ("school-1", ""),
    ]


def test_somebody_who_went_elsewhere_is_asked_for(clerk, place):
    post = place.serving(ends_on=None)
    person = post.person
    post.ends_on = datetime.date(2025, 12, 31)
    post.save()
    factories.make_post(person, place.foreign, place.position, starts_on=datetime.date(2026, 1, 1))
    found = clerk.enter("post_new", person.pk, **clerk.post(institution="school-1"))
    assert "សាលាឆ្ងាយ" not in clerk.get("import", found.pk).content.decode()
    assert TransferRequest.objects.get().person == person
    for name, page, answers in (
        ("person_facts", person.pk, clerk.somebody(name="ឈ្មោះថ្មី")),
        ("post_change", post.pk, {"rank": "ក", "basis": "regular", "starts_on": "01/11/2024", "ends_on": "01/12/2025"}),
    ):
        answer = clerk.send(name, page, **{"staff_number": "00123"} | answers)
        assert answer.status_code == 400 and list(errors(answer)) == ["__all__"]


def test_the_present_post_under_another_role_can_end_and_not_go_on(clerk, place):
    factories.make_role(user=place.hr, institution=place.foreign_department)
    post = place.serving(place.foreign)
    answer = clerk.send("post_new", post.person_id, **clerk.post(ends="none"))
    assert answer.status_code == 400 and list(errors(answer)) == ["ends"]
    clerk.enter("post_new", post.person_id, **clerk.post(ends=post.pk))
    post.refresh_from_db()
    assert post.ends_on == datetime.date(2026, 10, 31)


# --- who may --------------------------------------------------------------------------------------------------------


def test_links_stand_on_the_page_of_others_and_never_on_the_own(clerk, place):
    post = place.serving()
    links = {
        *(clerk.address(name, post.person_id) for name in ("post_new", "person_facts", "person_duty")),
        *(clerk.address(name, post.pk) for name in ("post_change", "post_end")),
    }
    page = person_page(clerk, post.person)
    assert all(link in page for link in links)
    post.person.user = place.hr
    post.person.save()
    page = person_page(clerk, post.person)
    assert not any(link in page for link in links)
    for link in links:
        assert clerk.client.get(link).status_code == clerk.client.post(link).status_code == 404


def test_strangers_have_no_such_pages(clerk, place):
    post = place.serving(place.foreign)
    for name in ("post_new", "person_facts", "person_duty"):
        assert clerk.get(name, post.person_id).status_code == 404
    for name in ("post_change", "post_end"):
        assert clerk.get(name, post.pk).status_code == 404


def test_a_post_elsewhere_of_somebody_who_serves_here_too_is_no_page(clerk, place):
    post = place.serving()
    away = factories.make_post(post.person, place.foreign, place.position, starts_on=TODAY - DAY)
    form = clerk.get("post_new", post.person_id).context["form"]
    assert str(away.pk) not in dict(form.fields["ends"].choices)
    for name in ("post_change", "post_end"):
        assert clerk.get(name, away.pk).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_another_post_takes_the_same_queries_whatever_is_held(
    clerk, place, count, django_assert_num_queries
):
    post = place.serving()
    for number in range(count):
        position = factories.make_position(slug=f"position-{number}")
        factories.make_post(post.person, place.school, position, starts_on=TODAY - DAY)
    clerk.get("post_new", post.person_id)
    with django_assert_num_queries(8):
        clerk.get("post_new", post.person_id)

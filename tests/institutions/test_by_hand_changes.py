"""Posts, names and ends corrected on pages: as an import of one row, looked at first, undone as a whole."""

import datetime

import pytest
from django.urls import reverse

from institutions.models import Person, Post, RegisterImport
from tests import factories
from tests.institutions.by_hand import errors

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
PAGES = ("post_new", "person_facts", "post_change", "post_end")


def of(post, **answers):
    """Answers of the page of a post as it opens."""
    return {"rank": post.rank, "staff_number": "00123", "basis": post.basis, "starts_on": "01/11/2024", **answers}


@pytest.mark.parametrize(
    ("answers", "field", "value"),
    [
        ({"rank": "ក.២"}, "rank", "ក.២"),
        ({"starts_on": "០១/១០/២០២៤"}, "starts_on", datetime.date(2024, 10, 1)),
        ({"basis": "acting"}, "basis", "acting"),
    ],
)
def test_a_post_is_corrected_and_the_correction_undone(clerk, place, answers, field, value):
    post = place.serving()
    before = getattr(post, field)
    found = clerk.enter("post_change", post.pk, **of(post, **answers))
    post.refresh_from_db()
    assert getattr(post, field) == value
    clerk.undo(found)
    post.refresh_from_db()
    assert getattr(post, field) == before


def test_a_staff_number_is_corrected(clerk, place):
    post = place.serving()
    clerk.enter("post_change", post.pk, **of(post, staff_number="00124"))
    post.refresh_from_db()
    assert post.staff_number.number == "00124"


def test_a_correction_that_says_nothing_or_takes_away_is_refused(clerk, place):
    post = place.serving()
    answer = clerk.send("post_change", post.pk, **of(post))
    assert answer.status_code == 400 and list(errors(answer)) == ["__all__"]
    answer = clerk.send("post_change", post.pk, **of(post, staff_number=""))
    assert answer.status_code == 400 and list(errors(answer)) == ["staff_number"]
    answer = clerk.send("post_change", post.pk, **of(post, basis="acting", starts_on="02/11/2024"))
    assert answer.status_code == 400 and list(errors(answer)) == ["starts_on"]
    assert not RegisterImport.objects.exists()


def test_the_last_day_of_an_ended_post_is_corrected(clerk, place):
    post = place.serving()
    clerk.enter("post_end", post.pk, ends_on="31/12/2025", end_reason="leave")
    assert clerk.get("post_end", post.pk).status_code == 404
    both = of(post, starts_on="01/10/2024", ends_on="30/11/2025")
    assert list(errors(clerk.send("post_change", post.pk, **both))) == ["ends_on"]
    clerk.enter("post_change", post.pk, **of(post, ends_on="30/11/2025"))
    post.refresh_from_db()
    assert (post.ends_on, post.end_reason) == (datetime.date(2025, 11, 30), "leave")
    clerk.enter("post_change", post.pk, **of(post, starts_on="01/10/2024", ends_on="30/11/2025"))
    post.refresh_from_db()
    assert post.starts_on == datetime.date(2024, 10, 1)


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"ends_on": "", "end_reason": "retired"}, "ends_on"),
        ({"ends_on": "31/10/2024", "end_reason": "retired"}, "ends_on"),
        ({"ends_on": "31/10/2026", "end_reason": ""}, "end_reason"),
        ({"ends_on": "31/10/2026", "end_reason": "acting-over"}, "end_reason"),
        ({"ends_on": "31/10/2026", "end_reason": "dismissed"}, "end_reason"),
    ],
)
def test_an_end_that_cannot_be_stands_at_its_field(clerk, place, answers, field):
    post = place.serving()
    answer = clerk.send("post_end", post.pk, **answers)
    assert answer.status_code == 400 and list(errors(answer)) == [field]


def test_a_planned_end_is_moved(clerk, place):
    post = place.serving()
    for day in ("31/12/2026", "31/01/2027"):
        clerk.enter("post_end", post.pk, ends_on=day, end_reason="retired")
    post.refresh_from_db()
    assert post.ends_on == datetime.date(2027, 1, 31)


def test_a_death_closes_the_account(clerk, place):
    post = place.serving()
    user = factories.give_account(post.person)
    clerk.enter("post_end", post.pk, ends_on="20/11/2026", end_reason="died")
    user.refresh_from_db()
    assert not user.is_active


def test_name_sex_and_birth_date_are_corrected_whatever_posts_there_are(clerk, place):
    post = place.serving()
    person = post.person
    factories.make_post(person, place.other, place.position, starts_on=datetime.date(2025, 1, 1))
    answers = {"name": "សុខ ចាន់ណា", "name_latin": "Sok Channa", "sex": "M", "birth_date": "៥ មីនា ១៩៨៥"}
    found = clerk.enter("person_facts", person.pk, **answers)
    person.refresh_from_db()
    assert (person.name, person.name_latin, person.sex) == ("សុខ ចាន់ណា", "Sok Channa", "M")
    assert person.birth_date == datetime.date(1985, 3, 5)
    clerk.undo(found)
    person.refresh_from_db()
    assert person.name == "សុខ ចាន់ដារ៉ា"
    same = {"name": person.name, "name_latin": person.name_latin, "sex": "F", "birth_date": "04/03/1985"}
    assert list(errors(clerk.send("person_facts", person.pk, **same))) == ["__all__"]
    assert list(errors(clerk.send("person_facts", person.pk, **same | {"birth_date": ""}))) == ["birth_date"]


def test_somebody_whose_posts_are_over_is_corrected_too(clerk, place):
    post = place.serving()
    clerk.enter("post_end", post.pk, ends_on="31/12/2025", end_reason="retired")
    answers = {"name": "សុខ ចាន់ណា", "name_latin": "Sok Chandara", "sex": "F", "birth_date": "04/03/1985"}
    clerk.enter("person_facts", post.person_id, **answers)
    assert Person.objects.get().name == "សុខ ចាន់ណា"


@pytest.mark.parametrize("name", PAGES)
def test_answers_come_back_to_be_changed(clerk, place, name):
    post = place.serving()
    pages = {
        "post_new": (post.person_id, clerk.post(ends=str(post.pk))),
        "person_facts": (post.person_id, {"name": "ក ខ", "name_latin": "A B", "sex": "M", "birth_date": "04/03/1985"}),
        "post_change": (post.pk, of(post, rank="ខ")),
        "post_end": (post.pk, {"ends_on": "31/10/2026", "end_reason": "retired"}),
    }
    pk, answers = pages[name]
    found = clerk.preview(name, pk, **answers)
    address = f"{clerk.address(name, pk)}?import={found.pk}"
    assert address in clerk.get("import", found.pk).content.decode()
    form = clerk.client.get(address).context["form"]
    assert {field: form[field].value() for field in answers} == answers
    again = clerk.preview(name, pk, key=form["key"].value(), **answers)
    assert again == found
    other = factories.make_post(institution=place.school)
    elsewhere = clerk.address(name, other.pk if name in ("post_change", "post_end") else other.person_id)
    assert clerk.client.get(f"{elsewhere}?import={found.pk}").context["form"]["key"].value() != str(found.form_key)


def test_a_post_that_changed_meanwhile_is_shown_anew_before_it_is_applied(clerk, place):
    post = place.serving()
    found = clerk.preview("post_end", post.pk, ends_on="31/10/2026", end_reason="retired")
    clerk.enter("post_change", post.pk, **of(post, rank="ខ"))
    clerk.apply(found)
    post.refresh_from_db()
    found.refresh_from_db()
    assert post.ends_on is None and found.state == "judged"
    clerk.apply(found)
    post.refresh_from_db()
    assert post.end_reason == "retired"


def test_a_post_that_begins_later_stands_on_the_page_and_is_changed_there(clerk, place):
    post = place.serving()
    clerk.enter("post_new", post.person_id, **clerk.post(starts_on="01/12/2026", ends=post.pk))
    coming = Post.objects.get(institution=place.other)
    assert (
        clerk.address("post_change", coming.pk)
        in clerk.client.get(reverse("certification:person", args=[post.person_id])).content.decode()
    )
    answers = {"basis": "regular", "starts_on": "03/12/2026", "staff_number": "00123"}
    clerk.enter("post_change", coming.pk, **answers)
    coming.refresh_from_db()
    assert coming.starts_on == datetime.date(2026, 12, 3)

"""One person entered on a page: the rules, the preview and the undo of the import, and nothing kept twice."""

import datetime
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from institutions.models import AuditEntry, Person, Post, RegisterImport, TransferRequest
from tests import factories
from tests.institutions.by_hand import errors

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
DAY = datetime.timedelta(days=1)


def somebody_new(clerk, **answers):
    return clerk.send("person_new", **clerk.somebody(**answers))


# --- a new person ---------------------------------------------------------------------------------------------------


def test_a_new_person_is_looked_at_then_entered_then_undone(clerk, place):
    found = clerk.preview("person_new", **clerk.somebody())
    page = clerk.client.get(reverse("institutions:import", args=[found.pk])).content.decode()
    assert not Person.objects.exists()
    for shown in ("សុខ ចាន់ដារ៉ា", "Sok Chandara", "00123", "ក.១.៦", "សាលាអង្គរ", "៤ មីនា ១៩៨៥"):
        assert shown in page
    assert (found.form, found.institution, found.by) == ("new", place.department, place.hr)
    clerk.apply(found)
    post = Post.objects.select_related("person", "staff_number").get()
    assert (post.institution, post.starts_on, post.rank) == (place.school, datetime.date(2024, 11, 1), "ក.១.៦")
    assert (post.staff_number.number, post.person.birth_date) == ("00123", datetime.date(1985, 3, 4))
    clerk.undo(found)
    assert not Person.objects.exists()
    verbs = set(AuditEntry.objects.filter(actor=place.hr).values_list("verb", flat=True))
    assert {f"institutions.{verb}_import" for verb in ("receive", "apply", "undo")} <= verbs


@pytest.mark.parametrize(
    ("born", "since"),
    [("០៤/០៣/១៩៨៥", "០១/១១/២០២៤"), ("៤ មីនា ១៩៨៥", "ថ្ងៃទី១ ខែវិច្ឆិកា ឆ្នាំ២០២៤"), ("1985-03-04", "1.11.2024")],
)
def test_days_are_read_as_an_import_reads_them(clerk, born, since):
    clerk.enter("person_new", **clerk.somebody(birth_date=born, starts_on=since, staff_number="០០១២៣"))
    post = Post.objects.select_related("person", "staff_number").get()
    assert (post.person.birth_date, post.starts_on) == (datetime.date(1985, 3, 4), datetime.date(2024, 11, 1))
    assert post.staff_number.number == "00123"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "សុខ <☺>"),
        ("name_latin", "X"),
        ("sex", ""),
        ("sex", "?"),
        ("birth_date", ""),
        ("birth_date", "31/02/1985"),
        ("birth_date", "04/03/2529"),
        ("birth_date", "01/01/2030"),
        ("institution", "school-9"),
        ("institution", ""),
        ("position", ""),
        ("position", "health/nurse"),
        ("position", "nonsense"),
        ("basis", "sometimes"),
        ("starts_on", "soon"),
        ("starts_on", "04/03/1985"),
        ("staff_number", "1.2E+05"),
        ("staff_number", "<b>"),
        ("rank", "x" * 81),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(clerk, field, typed):
    answer = somebody_new(clerk, **{field: typed})
    assert answer.status_code == 400 and list(errors(answer)) == [field]
    assert not RegisterImport.objects.exists() and not AuditEntry.objects.filter(verb__contains="import").exists()
    for name, value in clerk.somebody(**{field: typed}).items():
        assert str(answer.context["form"][name].value()) == value
    assert "alert-danger" in answer.content.decode()


def test_no_sentence_of_the_page_speaks_of_cells_and_columns(clerk):
    english = clerk.address("person_new").replace("/km/", "/en/")
    for number in ("1.2E+05", "#REF!"):
        text = clerk.client.post(english, clerk.somebody(staff_number=number, birth_date="1985")).content.decode()
        assert "This is no date" in text
        assert "Excel" not in text and "cell" not in text and "column" not in text


def test_a_number_of_somebody_else_is_refused_at_the_number(clerk, place):
    place.serving(name="កែវ មុនី", name_latin="Keo Mony", birth_date=datetime.date(1970, 1, 1))
    answer = somebody_new(clerk)
    assert answer.status_code == 400 and list(errors(answer)) == ["staff_number"]


def test_somebody_of_the_register_is_no_new_person_and_the_page_leads_to_theirs(clerk, place):
    post = place.serving()
    answer = somebody_new(clerk, institution="school-2")
    assert answer.status_code == 400 and list(errors(answer)) == ["__all__"]
    assert clerk.address("post_new", post.person_id) in answer.content.decode()
    answer = somebody_new(clerk, staff_number="00124")
    assert list(errors(answer)) == ["staff_number"]
    assert clerk.address("post_new", post.person_id) in answer.content.decode()
    assert not RegisterImport.objects.exists()


def test_somebody_without_any_post_is_entered_as_an_import_does(clerk, place):
    person = factories.make_person(name="សុខ ចាន់ដារ៉ា", name_latin="Sok Chandara", birth_date=datetime.date(1985, 3, 4))
    clerk.enter("person_new", **clerk.somebody())
    assert Post.objects.get().person == person


def test_somebody_registered_elsewhere_is_asked_for_and_not_shown(clerk, place):
    person = place.serving(place.foreign).person
    found = clerk.preview("person_new", **clerk.somebody())
    page = clerk.client.get(reverse("institutions:import", args=[found.pk])).content.decode()
    assert "ស្នើសុំបុគ្គលិកនេះ" in page  # the button says what it does
    assert f"/people/{person.pk}/" not in page and "Far School" not in page and "សាលាឆ្ងាយ" not in page
    clerk.apply(found)
    asked = TransferRequest.objects.get()
    assert (asked.person, asked.institution, asked.asked_by) == (person, place.school, place.hr)
    assert Post.objects.get().ends_on is None


def test_the_own_row_is_not_entered(clerk, place):
    person = place.serving(place.foreign).person
    person.user = place.hr
    person.save()
    answer = somebody_new(clerk)
    assert answer.status_code == 400 and not RegisterImport.objects.exists()


def test_a_clerk_who_is_in_the_register_enters_others(clerk, place):
    own = factories.make_post(institution=place.school).person
    own.user = place.hr
    own.save()
    clerk.enter("person_new", **clerk.somebody())
    assert Person.objects.count() == 2


def test_an_age_that_is_unlikely_is_said_before_anything_is_written(clerk):
    found = clerk.preview("person_new", **clerk.somebody(birth_date="04/03/2016"))
    page = clerk.client.get(reverse("institutions:import", args=[found.pk]).replace("/km/", "/en/"))
    assert "by this date the person is 10 years old" in page.content.decode()


# --- one page, one import -------------------------------------------------------------------------------------------


def test_a_page_sent_twice_makes_one_import(clerk):
    key = clerk.key(clerk.get("person_new"))
    first, second = (clerk.preview("person_new", **clerk.somebody(key=key)) for _click in range(2))
    assert first == second and RegisterImport.objects.count() == 1
    assert AuditEntry.objects.filter(verb="institutions.receive_import").count() == 1
    clerk.apply(second)
    third = clerk.preview("person_new", **clerk.somebody(key=key))
    assert third == first and third.state == "applied"
    assert Person.objects.count() == Post.objects.count() == 1


def test_a_page_gone_back_to_changes_what_waits(clerk):
    key = clerk.key(clerk.get("person_new"))
    first = clerk.preview("person_new", **clerk.somebody(key=key))
    second = clerk.preview("person_new", **clerk.somebody(key=key, name="សុខ ចាន់ដារ៉ា ទី២"))
    assert first == second and first.seal != second.seal
    clerk.apply(first)  # the preview that was looked at is not there any more
    assert not Person.objects.exists()
    clerk.apply(second)
    assert Person.objects.get().name == "សុខ ចាន់ដារ៉ា ទី២"


def test_a_page_gone_back_to_after_it_was_applied_enters_another_person(clerk):
    key = clerk.key(clerk.get("person_new"))
    clerk.enter("person_new", **clerk.somebody(key=key))
    other = {"name": "កែវ មុនី", "name_latin": "Keo Mony", "birth_date": "01/01/1970", "staff_number": ""}
    first, second = (clerk.preview("person_new", **clerk.somebody(key=key, **other)) for _click in range(2))
    assert first == second and RegisterImport.objects.count() == 2


def test_a_key_of_somebody_else_or_none_is_a_page_of_its_own(clerk, place):
    key = clerk.key(clerk.get("person_new"))
    first = clerk.preview("person_new", **clerk.somebody(key=key))
    clerk.client.force_login(factories.make_role(institution=place.department).user)
    second = clerk.preview("person_new", **clerk.somebody(key=key))
    assert second != first and second.by != first.by
    for odd in ("", "x", str(uuid.uuid4())):
        assert clerk.preview("person_new", **clerk.somebody(key=odd)) not in (first, second)
    assert RegisterImport.objects.waiting().count() == 5


def test_the_answers_come_back_to_be_changed_for_whoever_gave_them(clerk, place):
    found = clerk.preview("person_new", **clerk.somebody())
    address = f"{clerk.address('person_new')}?import={found.pk}"
    assert address in clerk.get("import", found.pk).content.decode()
    form = clerk.client.get(address).context["form"]
    assert {name: form[name].value() for name in clerk.somebody()} == clerk.somebody()
    assert form["key"].value() == str(found.form_key)
    clerk.client.force_login(factories.make_role(institution=place.department).user)
    assert not clerk.client.get(address).context["form"]["name"].value()
    assert address not in clerk.get("import", found.pk).content.decode()
    assert clerk.get("person_new", **{"import": "9" * 40}).status_code == 200


def test_a_preview_is_deleted_by_hand_and_only_while_it_waits(clerk):
    found = clerk.preview("person_new", **clerk.somebody())
    assert clerk.get("import_discard", found.pk).url == clerk.address("import", found.pk)
    assert clerk.client.post(clerk.address("import_discard", found.pk)).status_code == 302
    assert not RegisterImport.objects.exists()
    assert AuditEntry.objects.filter(verb="institutions.discard_import").count() == 1
    applied = clerk.enter("person_new", **clerk.somebody())
    clerk.client.post(clerk.address("import_discard", applied.pk))
    assert RegisterImport.objects.get() == applied


def test_what_waits_counts_on_the_to_do_page_and_stands_in_the_list(clerk):
    clerk.preview("person_new", **clerk.somebody())
    tasks = {task.url: task.count for task in clerk.client.get(reverse("certification:todo")).context["tasks"]}
    assert tasks[clerk.address("import_list")] == 1
    text = clerk.get("import_list").content.decode()
    assert "សុខ ចាន់ដារ៉ា" in text and clerk.address("person_new") in text


# --- institutions ---------------------------------------------------------------------------------------------------


def test_where_institutions_are_many_a_code_or_a_name_is_written(clerk, place, monkeypatch):
    monkeypatch.setattr("institutions.by_hand_fields.PLACES_IN_A_LIST", 2)
    assert '<select name="institution"' not in clerk.get("person_new").content.decode()
    several = somebody_new(clerk, institution="សាលា")
    assert several.status_code == 400 and list(errors(several)) == ["institution"]
    text = several.content.decode()
    assert 'type="radio" name="institution"' in text and "school-1" in text and "school-9" not in text
    # The radio button of the same name comes after what is written, and counts.
    found = clerk.preview("person_new", **clerk.somebody(institution=["សាលា", "school-2"]))
    assert found.rows.get().institution == place.other
    assert clerk.preview("person_new", **clerk.somebody(institution="Bayon")).rows.get().institution == place.other
    assert somebody_new(clerk, institution="Far School").status_code == 400


def test_an_institution_comes_with_the_address_where_it_is_the_viewers(clerk):
    assert clerk.get("person_new", unit="school-2").context["form"]["institution"].value() == "school-2"
    assert clerk.get("person_new", unit="school-9").context["form"]["institution"].value() is None


def test_two_roles_enter_each_under_their_own_institution(clerk, place):
    factories.make_role(user=place.hr, institution=place.foreign_department)
    found = clerk.preview("person_new", **clerk.somebody(institution="school-9"))
    assert found.institution == place.foreign_department


# --- questions asked of the database --------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_pages_take_the_same_queries_however_many_institutions_there_are(
    clerk, place, count, django_assert_num_queries
):
    for _each in range(count):
        factories.make_institution(place.department)
        factories.make_position(slug=f"position-{factories.number()}")
    clerk.get("person_new")
    with django_assert_num_queries(7):
        clerk.get("person_new")


def test_a_list_of_imports_asks_once_for_all_names(clerk):
    counts = []
    for number in range(3):
        clerk.preview("person_new", **clerk.somebody(name=f"សុខ {number}", staff_number=f"0{number}"))
        clerk.get("import_list")
        with CaptureQueriesContext(connection) as asked:
            clerk.get("import_list")
        counts.append(len(asked))
    assert len(set(counts)) == 1

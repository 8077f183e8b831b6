"""An import of people from its file to the register: verdicts, exactly these rows, undo, and who may be pulled in."""

import datetime
import threading

import pytest
from django.db import connection

from institutions.actions import end_post, open_account
from institutions.imports import staging, undoing
from institutions.imports.staging import ImportRefused
from institutions.models import AuditEntry, ImportRow, Person, Post, RegisterImport, Role, StaffNumber, TransferRequest
from institutions.models.imports import Verdict
from institutions.scope import Scope
from tests import factories
from tests.factories.sheets import make_sheet
from tests.factories.spellings import NEVER_IN_A_FILE, TRAPS

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
BORN = datetime.date(1985, 3, 4)
SINCE = datetime.date(2024, 11, 1)


def verdicts(found):
    return [row.verdict for row in found.rows.order_by("place")]


def reasons(found):
    return [reason[0] for row in found.rows.order_by("place") for reason in row.reasons]


def test_new_person_is_added_with_post_number_and_news(place):
    found = place.preview([place.row()])
    assert verdicts(found) == ["add"] and Person.objects.count() == 0
    assert place.apply(found).rows == 1
    person = Person.objects.get()
    post = person.posts.get()
    assert (person.name, person.sex, person.birth_date) == ("សុខ ចាន់ដារ៉ា", "F", BORN)
    assert (post.institution, post.position, post.starts_on) == (place.school, place.position, SINCE)
    assert post.staff_number.number == "00123"
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"institutions.add_person", "institutions.open_post", "institutions.apply_import"} <= verbs
    found.refresh_from_db()
    assert found.state == "applied" and found.applied_by == place.hr


def test_the_same_file_again_changes_nothing(place):
    place.apply(place.preview([place.row()]))
    assert verdicts(place.preview([place.row()])) == ["unchanged"]


def test_spellings_that_look_alike_find_the_person_without_a_number(place):
    place.serving(name="ស្រ្តី ណ្ដា", name_latin="Strey Nda")
    again = place.row(name="ស្ត្រី\u200b ណ្តា", name_latin="STREY  NDA")
    del again["staff_number"]
    found = place.preview([again])
    assert verdicts(found)[0] in ("change", "unchanged") and Person.objects.count() == 1


@pytest.mark.parametrize(("registered", "typed"), TRAPS)
def test_every_spelling_trap_finds_its_person_in_a_file(place, registered, typed):
    person = place.serving(name=f"ហេង {registered}", name_latin="Heng").person
    place.serving(name="ហេង កល្យាណ", name_latin="Heng Kalyan", staff_number="00124")
    again = place.row(name=f"ហេង {typed}", name_latin="Heng")
    del again["staff_number"]
    found = place.preview([again])
    if set(typed) & set(NEVER_IN_A_FILE):
        assert verdicts(found) == ["error"]
        return
    assert [row.person_id for row in found.rows.all()] == [person.pk]
    assert verdicts(found)[0] in ("change", "unchanged")


def test_a_changed_name_rank_and_birth_date_are_corrected(place):
    post = place.serving()
    found = place.preview([place.row(name="សុខ ចាន់តារា", rank="ក.១.៦")])
    assert verdicts(found) == ["change"]
    place.apply(found)
    post.refresh_from_db()
    assert (post.rank, post.person.name) == ("ក.១.៦", "សុខ ចាន់តារា")
    entry = AuditEntry.objects.get(verb="institutions.change_person")
    assert entry.facts == {"fields": ["name"]}


def test_a_move_ends_the_old_post_and_its_duties(place):
    post = place.serving()
    factories_day = SINCE + 400 * DAY
    found = place.preview([place.row(institution="សាលាបាយ័ន", starts_on=factories_day)])
    assert verdicts(found) == ["transfer"]
    place.apply(found)
    post.refresh_from_db()
    assert post.ends_on == factories_day - DAY
    new = Post.objects.get(institution=place.other)
    assert (new.person, new.staff_number.number) == (post.person, "00123")


def test_two_posts_of_one_person_in_the_file_are_two_posts(place):
    place.serving()
    found = place.preview([place.row(), place.row(institution="school-2")])
    assert verdicts(found) == ["unchanged", "add"]
    place.apply(found)
    assert Post.objects.filter(ends_on=None).count() == 2 and Person.objects.count() == 1


def test_a_last_day_ends_the_post(place):
    post = place.serving()
    found = place.preview([place.row(ends_on=factories.TODAY - DAY)])
    assert verdicts(found) == ["leave"]
    place.apply(found)
    post.refresh_from_db()
    assert post.ends_on == factories.TODAY - DAY


def test_a_post_to_come_that_was_held_and_left_meanwhile_gets_both_its_days(place):
    post = place.serving(starts_on=factories.TODAY + 20 * DAY)
    first, last = factories.TODAY - 400 * DAY, factories.TODAY
    found = place.preview([place.row(starts_on=first, ends_on=last)])
    assert verdicts(found) == ["leave"]
    place.apply(found)
    post.refresh_from_db()
    assert (post.starts_on, post.ends_on) == (first, last)
    found.refresh_from_db()
    undoing.undo_import(register_import=found, at=factories.moment(), by=place.hr)
    post.refresh_from_db()
    assert (post.starts_on, post.ends_on) == (factories.TODAY + 20 * DAY, None)


def test_who_is_missing_leaves_only_by_a_complete_list(place):
    post = place.serving()
    other = place.row(staff_number="00124", name="កែវ មុនី", name_latin="Keo Mony", birth_date=BORN + DAY)
    assert verdicts(place.preview([other])) == ["add"]
    complete = {"complete_of": place.department, "complete_on": factories.TODAY}
    found = place.preview([other], **complete)
    assert verdicts(found) == ["add", "leave"]
    place.apply(found)
    post.refresh_from_db()
    assert post.ends_on == factories.TODAY - DAY


def test_nobody_leaves_while_a_row_of_the_complete_list_cannot_be_read(place):
    place.serving()
    complete = {"complete_of": place.department, "complete_on": factories.TODAY}
    found = place.preview([place.row(staff_number="1.2E+05")], **complete)
    # The name and the birth date say who it is, so the person is on the list all the same.
    assert verdicts(found) == ["error"] and found.withheld == 0
    found = place.preview([{"staff_number": "1.2E+05", "position": "Teacher"}], **complete)
    assert verdicts(found) == ["error"] and found.withheld == 1


def test_a_person_of_another_department_is_asked_for_and_never_moved(place):
    post = place.serving(place.foreign)
    found = place.preview([place.row(starts_on=factories.TODAY)])
    row = found.rows.get()
    assert (row.verdict, row.is_elsewhere, row.reasons[0][0]) == ("transfer", True, "elsewhere")
    place.apply(found)
    post.refresh_from_db()
    assert post.ends_on is None and Post.objects.count() == 1
    request = TransferRequest.objects.get()
    assert (request.person, request.from_post, request.institution) == (post.person, post, place.school)
    # Asking twice leaves one request.
    place.apply(place.preview([place.row(starts_on=factories.TODAY)]))
    assert TransferRequest.objects.count() == 1


def test_a_person_in_the_files_of_two_ministries_is_asked_for_and_the_number_is_the_registers_own(place):
    ministry = factories.make_institution(kind="ministry")
    post = place.serving(factories.make_institution(ministry, "department"))
    found = place.preview([place.row(staff_number="777", starts_on=factories.TODAY)])
    assert verdicts(found) == ["transfer"] and reasons(found) == ["elsewhere"]
    place.apply(found)
    assert TransferRequest.objects.get().from_post == post and Post.objects.count() == 1
    # The same number in two registers is two people's.
    other = place.preview([place.row(name="ហេង វិសាល", name_latin="Heng Visal", birth_date=BORN + DAY)])
    assert verdicts(other) == ["add"]


def test_a_foreign_persons_data_cannot_be_changed_or_ended_by_a_row(place):
    post = place.serving(place.foreign)
    found = place.preview([place.row(name="ឈ្មោះ ថ្មី", ends_on=factories.TODAY)])
    assert verdicts(found) == ["conflict"] and found.rows.get().person is None
    found = place.preview([place.row(reference=post.person.reference)])
    assert reasons(found) == ["reference_unknown"]
    found = place.preview([place.row(name="ឈ្មោះ ថ្មី", name_latin="Other", birth_date=BORN - DAY)])
    assert reasons(found) == ["number_of_other"] and found.rows.get().person is None


def test_only_who_has_the_person_lets_them_go(place):
    from institutions.actions import RegisterRefused
    from institutions.imports.transfers import answer_transfer

    post = place.serving(place.foreign)
    place.apply(place.preview([place.row(starts_on=factories.TODAY)]))
    releasing = factories.make_role(institution=place.foreign_department).user
    parent = factories.make_role(Role.Kind.REGISTRAR, institution=place.ministry).user
    stranger = factories.make_role(institution=factories.make_institution()).user
    seen = {
        user: TransferRequest.objects.answerable_by(factories.scope_of(user)).count()
        for user in (releasing, parent, stranger, place.hr)
    }
    assert seen == {releasing: 1, parent: 1, stranger: 0, place.hr: 0}
    request = TransferRequest.objects.get()
    with pytest.raises(RegisterRefused):
        answer_transfer(request=request, outcome="released", message="", at=factories.moment(), by=place.hr)
    answer_transfer(request=request, outcome="released", message="", at=factories.moment(), by=releasing)
    post.refresh_from_db()
    new = Post.objects.get(institution=place.school)
    assert (post.ends_on, new.person, new.staff_number.number) == (factories.TODAY - DAY, post.person, "00123")
    with pytest.raises(RegisterRefused):
        answer_transfer(request=request, outcome="refused", message="", at=factories.moment(), by=parent)


def test_lost_zeros_and_destroyed_numbers_are_refused(place):
    place.serving()
    rows = [
        place.row(staff_number=123),
        place.row(staff_number=1.2e20, name="ក ខ", name_latin="Ka Kho", birth_date=BORN + DAY),
        place.row(staff_number="1.2E+05", name="គ ឃ", name_latin="Ko Kho", birth_date=BORN + 2 * DAY),
        place.row(staff_number=777, name="ង ច", name_latin="Ngo Cho", birth_date=BORN + 3 * DAY),
    ]
    found = place.preview(rows)
    assert verdicts(found) == ["error"] * 4
    assert reasons(found) == ["zeros", "destroyed", "destroyed", "zeros"]
    assert found.applicable == 0


def test_duplicates_and_conflicts_inside_the_file(place):
    rows = [
        place.row(),
        place.row(staff_number="០០១២៣"),
        place.row(name="ផ្សេង ទៀត", name_latin="Somebody Else", birth_date=BORN + DAY),
        place.row(staff_number="00200"),
    ]
    found = place.preview(rows)
    assert verdicts(found) == ["add", "duplicate", "conflict", "conflict"]
    assert reasons(found) == ["duplicate", "number_twice", "name_twice"]


def test_apply_after_the_register_changed_writes_nothing_and_shows_the_new_preview(place):
    post = place.serving()
    found = place.preview([place.row(rank="ក.១.១")])
    end_post(post=post, ends_on=factories.TODAY - DAY, at=factories.moment(), by=None)
    applied = place.apply(found)
    assert applied.is_changed
    found.refresh_from_db()
    post.refresh_from_db()
    assert (found.state, post.rank) == ("judged", "") and verdicts(found) == ["conflict"]


def test_rows_in_error_are_never_applied(place):
    bad = place.row(staff_number="00200", name="កែវ មុនី", birth_date="31/02/1980")
    found = place.preview([place.row(), bad])
    assert verdicts(found) == ["add", "error"]
    assert place.apply(found).rows == 1 and Person.objects.count() == 1
    with pytest.raises(ImportRefused):
        place.apply(found)


def test_a_preview_is_applied_by_its_seal_alone(place):
    found = place.preview([place.row()])
    found.seal = "0" * 64
    assert place.apply(found).is_changed and Person.objects.count() == 0


def test_undo_puts_everything_back(place):
    moving = place.serving(staff_number="00200", name="កែវ មុនី", name_latin="Keo Mony", birth_date=BORN + DAY)
    leaving = place.serving(staff_number="00300", name="លី សុភា", name_latin="Ly Sophea", birth_date=BORN + 2 * DAY)
    before = list(Post.objects.order_by("pk").values())
    found = place.preview(
        [
            place.row(),
            place.row(
                staff_number="00200",
                name="កែវ មុន្នី",
                name_latin="Keo Mony",
                birth_date=BORN + DAY,
                institution="school-2",
                starts_on=factories.TODAY,
            ),
            place.row(
                staff_number="00300",
                name="លី សុភា",
                name_latin="Ly Sophea",
                birth_date=BORN + 2 * DAY,
                ends_on=factories.TODAY,
                rank="ខ",
            ),
        ]
    )
    assert verdicts(found) == ["add", "transfer", "leave"]
    place.apply(found)
    undoing.undo_import(register_import=found, at=factories.moment(), by=place.hr)
    assert list(Post.objects.order_by("pk").values()) == before
    assert set(Person.objects.values_list("name", flat=True)) == {"កែវ មុនី", "លី សុភា"}
    assert set(StaffNumber.objects.values_list("number", flat=True)) == {"00200", "00300"}
    found.refresh_from_db()
    assert found.state == "undone"
    assert moving.person_id and leaving.person_id
    assert verdicts(place.preview([place.row()])) == ["add"]


def test_undo_is_refused_after_a_change_or_an_account(place):
    found = place.preview([place.row()])
    place.apply(found)
    person = Person.objects.get()
    open_account(username="00123", password=factories.PASSWORD, at=factories.moment(), by=None, person=person)
    with pytest.raises(ImportRefused):
        undoing.undo_import(register_import=found, at=factories.moment(), by=place.hr)
    assert Person.objects.count() == 1


def test_undo_forgets_what_opened_by_itself_and_is_refused_after_a_signature(place):
    world = factories.make_bound_world()
    code = world["code"]
    found = place.preview([place.row(sector=code.sector.slug)])
    place.apply(found)
    person = Person.objects.get(name="សុខ ចាន់ដារ៉ា")
    assert person.sign_requests.exists() and person.periods.exists() and person.enrolments.exists()
    undoing.undo_import(register_import=found, at=factories.moment(), by=place.hr)
    assert not Person.objects.filter(pk=person.pk).exists()
    found = place.preview([place.row(sector=code.sector.slug)])
    place.apply(found)
    person = Person.objects.get(name="សុខ ចាន់ដារ៉ា")
    factories.give_account(person)
    factories.sign(person)
    found.refresh_from_db()
    plan = undoing.plan_undo(found)
    assert not plan.is_possible and {touched.person_id for touched in plan.touched} == {person.pk}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_applies_at_once_add_everybody_once(place):
    rows = [
        place.row(staff_number=f"{number:05d}", name=f"សុខ {number}", name_latin=f"Sok {number}", birth_date=BORN)
        for number in range(1, 40)
    ]
    found = place.preview(rows)
    answers, start = [], threading.Barrier(2)

    def apply():
        try:
            start.wait()
            answers.append(place.apply(RegisterImport.objects.get(pk=found.pk)).rows)
        except ImportRefused:
            answers.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=apply) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, answers)) == ["39", "refused"]
    assert (Person.objects.count(), Post.objects.count(), StaffNumber.objects.count()) == (39, 39, 39)


def test_previews_that_nobody_applies_are_forgotten_with_their_rows(place):
    waiting, applied = place.preview([place.row()]), place.preview([place.row()])
    place.apply(applied)
    later = factories.moment() + staging.KEPT
    assert staging.forget_old_previews(later) == 0
    assert staging.forget_old_previews(later + DAY) == 1
    assert list(RegisterImport.objects.all()) == [applied] and not ImportRow.objects.of(waiting).exists()


def test_counts_name_every_verdict(place):
    assert set(place.preview([place.row()]).counts) == set(Verdict.values)


def test_scope_of_a_command_covers_only_its_institution(place):
    place.serving(place.foreign)
    scope = Scope.of(place.department, factories.TODAY)
    judgement = staging.judge_reading(
        staging.read_file(make_sheet([place.row(starts_on=factories.TODAY)])),
        institution=place.department,
        scope=scope,
    )
    assert judgement.rows[0].is_elsewhere

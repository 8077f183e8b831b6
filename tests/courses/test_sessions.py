"""Sessions in a room: who may teach, places, the roll in three ways, and what its closing makes true."""

import datetime
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from certification.actions import change_certificate
from certification.models import CertificateEvent
from courses import session_actions as actions
from courses.models import Enrolment, RollEntry, Seat, Session
from courses.seating import candidates, numbers_in, people_named
from courses.session_actions import SessionRefused
from institutions.models import Role
from tests import factories

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


@pytest.fixture
def room():
    """A session of the bound world's school today at eight, with two officers in it."""
    world = factories.make_bound_world()
    people = [factories.make_post(institution=world["school"]).person for _number in range(2)]
    trainer = factories.make_trainer(world["school"])
    session = factories.make_session(course=world["course"], institution=world["school"], trainer=trainer)
    actions.give_seats(session=session, people=people, at=session.planned_at, by=None)
    return Room(world, session, trainer, people)


class Room:
    def __init__(self, world, session, trainer, people):
        self.world, self.session, self.trainer, self.people = world, session, trainer, people

    @property
    def seats(self):
        return {seat.person_id: seat for seat in Seat.objects.with_presence()}

    def presence(self):
        return [self.seats[person.pk].present for person in self.people]

    def roll(self, present=(), absent=(), at=None, method=RollEntry.Method.TICK):
        picked = [[self.seats[person.pk].pk for person in group] for group in (present, absent)]
        facts = {"present": picked[0], "absent": picked[1], "method": method}
        return actions.take_roll(session=self.session, at=at or factories.moment(hour=9), by=None, **facts)

    def close(self, hour=12):
        return actions.close_roll(session=self.session, at=factories.moment(hour=hour), by=None)

    def enrolment(self, person):
        return Enrolment.objects.get(person=person, course=self.world["course"])


def refusal(action, **facts):
    with pytest.raises(SessionRefused) as refused:
        action(**facts)
    return str(refused.value)


# --- who may teach --------------------------------------------------------------------------------------------------


def test_a_session_is_refused_for_a_trainer_without_a_valid_certificate():
    world = factories.make_bound_world()
    stranger = factories.make_post(institution=world["school"]).person
    with pytest.raises(SessionRefused):
        factories.make_session(course=world["course"], institution=world["school"], trainer=stranger)
    assert not Session.objects.exists()


def test_a_certificate_for_another_course_is_not_enough():
    world = factories.make_bound_world()
    trainer = factories.make_trainer(world["school"])
    with pytest.raises(SessionRefused):
        factories.make_session(course=factories.make_course(), institution=world["school"], trainer=trainer)


def test_the_roll_cannot_be_closed_where_the_trainers_certificate_was_suspended_before_the_day(room):
    room.roll(present=room.people)
    change_certificate(
        certificate=room.trainer.certificates.get(),
        kind=CertificateEvent.Kind.SUSPENDED,
        reason="x",
        at=factories.moment(hour=7),
        by=None,
    )
    assert refusal(room.close)
    assert Enrolment.objects.filter(trained_on__isnull=False, person__in=room.people).count() == 0


# --- places ---------------------------------------------------------------------------------------------------------


def test_places_are_given_once_and_never_beyond_their_number(room):
    Session.objects.update(seats_allowed=3)
    late = [factories.make_post(institution=room.world["school"]).person for _number in range(2)]
    facts = {"session": room.session, "at": room.session.planned_at, "by": None}
    assert "១" in refusal(actions.give_seats, people=[*room.people, *late], **facts)
    assert len(actions.give_seats(people=[*room.people, late[0]], **facts)) == 1
    assert room.session.seats.count() == 3


def test_somebody_who_comes_without_a_place_gets_one_beyond_the_number(room):
    Session.objects.update(seats_allowed=2)
    guest = factories.make_post(institution=room.world["school"]).person
    actions.give_seats(session=room.session, people=[guest], at=factories.moment(hour=8), by=None, walk_in=True)
    assert Seat.objects.get(person=guest).walk_in


def test_a_place_is_free_again_until_the_roll_says_something_about_it(room):
    seat = room.seats[room.people[0].pk]
    room.roll(absent=[room.people[1]])
    actions.take_back_seat(seat=seat, at=factories.moment(hour=9), by=None)
    assert refusal(actions.take_back_seat, seat=room.seats[room.people[1].pk], at=factories.moment(hour=9), by=None)
    assert [seat.person for seat in Seat.objects.all()] == [room.people[1]]


def test_candidates_are_the_organisers_people_who_need_the_course_and_have_no_place(room):
    needs = factories.make_post(institution=room.world["school"]).person
    trained = factories.make_post(institution=room.world["school"]).person
    factories.certify(trained)
    factories.make_post(institution=factories.make_institution(room.world["ministry"]))
    scope = factories.scope_of(room.trainer.user)
    found = candidates(room.session, scope=scope, day=factories.TODAY)
    assert [row.person for row in found] == [needs]
    assert candidates(room.session, scope=scope, day=factories.TODAY, typed="no such name") == []
    number = needs.staff_numbers.get().number
    assert [row.person for row in candidates(room.session, scope=scope, day=factories.TODAY, typed=number)] == [needs]


def test_staff_numbers_name_people_of_the_viewers_only(room):
    stranger = factories.make_post(institution=factories.make_institution()).person
    numbers = [person.staff_numbers.get().number for person in (room.people[0], stranger)]
    named = people_named(factories.scope_of(room.trainer.user), [*numbers, "no-one"])
    assert (named.people, named.unknown) == ([room.people[0]], [numbers[1], "no-one"])


def test_numbers_are_read_from_lines_commas_and_khmer_digits():
    assert numbers_in("១២៣, 456\n456;7") == ["123", "456", "7"]


# --- the roll -------------------------------------------------------------------------------------------------------


def test_a_correction_of_the_roll_adds_an_entry_and_the_latest_counts(room):
    assert room.roll(present=room.people) == 2
    assert room.roll(present=room.people) == 0
    assert room.roll(absent=[room.people[0]]) == 1
    assert room.presence() == [False, True]
    assert RollEntry.objects.count() == 3


def test_the_roll_opens_half_an_hour_before_the_session(room):
    early = factories.moment(hour=8) - datetime.timedelta(minutes=31)
    with pytest.raises(SessionRefused):
        room.roll(present=room.people, at=early)
    room.roll(present=room.people, at=early + datetime.timedelta(minutes=1))


def test_closing_the_roll_trains_those_who_were_there_and_nobody_else(room):
    room.roll(present=[room.people[0]], absent=[room.people[1]])
    assert refusal(room.close, hour=9)
    assert room.close() == 1
    assert [room.enrolment(person).trained_on for person in room.people] == [factories.TODAY, None]
    assert refusal(room.close)
    with pytest.raises(SessionRefused):
        room.roll(present=room.people)


def test_who_was_at_the_session_goes_on_to_the_quiz_without_a_lesson(room, client, monkeypatch):
    person = room.people[0]
    client.force_login(factories.give_account(person))
    room.roll(present=[person])
    room.close()
    monkeypatch.setattr("django.utils.timezone.now", lambda: factories.moment(hour=13))
    enrolment = room.enrolment(person)
    quiz = f"/en/quiz/{enrolment.pk}/"
    assert client.get("/en/learn/")["Location"] == quiz
    assert f'href="/en/learn/{enrolment.pk}/' in words(client.get("/en/training/"))
    assert "Start the quiz" in words(client.get(quiz))
    assert client.post(quiz)["Location"] == f"{quiz}1/"


def test_a_session_called_off_takes_neither_people_nor_roll(room):
    actions.cancel_session(session=room.session, reason="flood", at=room.session.planned_at, by=None)
    assert refusal(actions.give_seats, session=room.session, people=[], at=room.session.planned_at, by=None)
    with pytest.raises(SessionRefused):
        room.roll(present=room.people)


# --- the pages ------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client, room, monkeypatch):
    """The trainer's browser at nine on the day of the session."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: factories.moment(hour=9))
    client.force_login(room.trainer.user)
    return client


def page_of(room, *rest):
    return "/".join(["/en/sessions", str(room.session.pk), *rest, ""])


def words(response):
    return response.content.decode()


def test_a_session_is_planned_on_its_page(desk, room):
    sent = {
        "course": room.world["course"].pk,
        "institution": room.world["school"].pk,
        "trainer": room.trainer.pk,
        "place": "បន្ទប់ ១",
        "day": (factories.TODAY + 7 * DAY).isoformat(),
        "begins": "០៨:៣០",
        "minutes": 120,
        "seats_allowed": "២០",
    }
    answer = desk.post("/en/sessions/new/", sent)
    planned = Session.objects.latest("pk")
    assert answer["Location"] == f"/en/sessions/{planned.pk}/"
    assert (planned.seats_allowed, planned.held_on) == (20, factories.TODAY + 7 * DAY)
    assert planned.ends_at - planned.begins_at == datetime.timedelta(hours=2)


def test_what_is_missing_is_said_and_nothing_typed_is_lost(desk, room):
    page = words(desk.post("/en/sessions/new/", {"place": "Room nine"}))
    assert "Missing: Day" in page and "Room nine" in page


def test_the_roll_is_ticked_on_its_page(desk, room):
    desk.post(page_of(room, "roll"), {"present": [room.seats[room.people[0].pk].pk]})
    assert room.presence() == [True, False]


def test_the_qr_code_notes_one_person_after_a_button(desk, room):
    token = room.seats[room.people[0].pk].token
    assert "This person is here" in words(desk.get(f"/en/sessions/scan/{token}/"))
    assert room.presence() == [None, None]
    desk.post(f"/en/sessions/scan/{token}/")
    assert room.presence() == [True, None]
    assert RollEntry.objects.get().method == RollEntry.Method.SCAN


def test_the_attendance_sheet_is_a_pdf(desk, room):
    answer = desk.get(f"/km/sessions/{room.session.pk}/sheet.pdf")
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF-")
    assert "no-store" in answer["Cache-Control"]


def test_the_roll_goes_out_to_excel_and_comes_back(desk, room):
    book = openpyxl.load_workbook(io.BytesIO(desk.get(f"/en/sessions/{room.session.pk}/roll.xlsx").content))
    tokens = {row[0].value: row for row in book.worksheets[0].iter_rows(min_row=2)}
    tokens[room.seats[room.people[0].pk].token][5].value = "x"
    tokens[room.seats[room.people[1].pk].token][5].value = 0
    read = words(send(desk, room, book))
    assert "Record this roll" in read and room.presence() == [None, None]
    desk.post(page_of(room, "roll", "upload"), {"apply": "1"})
    assert room.presence() == [True, False]
    again = desk.post(page_of(room, "roll", "upload"), {"apply": "1"}, follow=True)
    assert "Send the file again" in words(again)


def send(desk, room, book):
    target = io.BytesIO()
    book.save(target)
    return desk.post(page_of(room, "roll", "upload"), {"file": SimpleUploadedFile("r.xlsx", target.getvalue())})


def test_a_roll_with_a_wrong_row_names_it_and_records_nothing(desk, room):
    book = openpyxl.Workbook()
    book.active.append(["Place no.", "", "", "", "", "Present"])
    book.active.append(["NOT-A-PLACE", "", "", "", "", "x"])
    book.active.append([room.seats[room.people[0].pk].token, "", "", "", "", "perhaps"])
    page = words(send(desk, room, book))
    assert "Row 2:" in page and "Row 3:" in page and "Record this roll" not in page
    assert room.presence() == [None, None]


def test_something_that_is_no_workbook_is_refused_with_a_sentence(desk, room):
    file = SimpleUploadedFile("roll.xlsx", b"<html></html>")
    assert "not an .xlsx workbook" in words(desk.post(page_of(room, "roll", "upload"), {"file": file}))


def test_places_are_given_on_the_page_and_unknown_numbers_are_named(desk, room):
    new = factories.make_post(institution=room.world["school"]).person
    page = words(desk.post(page_of(room, "seats"), {"people": [new.pk], "numbers": "0000"}))
    assert "0000" in page and not Seat.objects.filter(person=new).exists()
    desk.post(page_of(room, "seats"), {"people": [new.pk], "numbers": ""})
    assert Seat.objects.filter(person=new).exists()


def test_a_place_is_seen_by_its_person_until_the_session_is_over(client, room, monkeypatch):
    person = room.people[0]
    client.force_login(factories.give_account(person))
    monkeypatch.setattr("django.utils.timezone.now", lambda: factories.moment(hour=9))
    assert room.session.place in words(client.get("/km/training/"))
    monkeypatch.setattr("django.utils.timezone.now", lambda: factories.moment(hour=11))
    assert room.session.place not in words(client.get("/km/training/"))


@pytest.mark.parametrize("rest", [(), ("roll",), ("close",), ("seats",)])
def test_pages_of_a_session_take_as_many_queries_for_one_person_as_for_many(desk, room, rest):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(page_of(room, *rest)).status_code == 200
        return len(queries)

    factories.make_post(institution=room.world["school"])
    asked()  # fills caches of content types and permissions
    before = asked()
    for _number in range(4):
        person = factories.make_post(institution=room.world["school"]).person
        actions.give_seats(session=room.session, people=[person], at=room.session.planned_at, by=None)
        factories.make_post(institution=room.world["school"])
    assert asked() == before


def test_trainers_of_another_department_do_not_find_the_session(client, room):
    other = factories.make_institution(room.world["ministry"])
    client.force_login(factories.make_role(Role.Kind.TRAINER, other).user)
    for rest in ((), ("roll",), ("close",), ("seats",), ("cancel",)):
        assert client.get(page_of(room, *rest)).status_code == 404
    assert client.get(f"/en/sessions/scan/{room.seats[room.people[0].pk].token}/").status_code == 404

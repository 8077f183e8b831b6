"""Face-to-face sessions and evidence of earlier learning."""

import datetime

from courses import session_actions
from courses.models import Seat
from institutions.models import Role
from tests.factories.codes import SCAN
from tests.factories.learning import certify, make_course
from tests.factories.people import TODAY, give_account, make_post, make_role, make_user, moment


def make_trainer(institution):
    """Somebody of the institution who is certified and has the role of a trainer there."""
    person = make_post(institution=institution).person
    user = give_account(person)
    certify(person)
    make_role(Role.Kind.TRAINER, institution, user=user)
    return person


def make_session(*, course, institution, trainer=None, day=TODAY, hours=2, seats_allowed=20, **facts):
    """A session from eight o'clock, planned two days before."""
    begins_at = moment(day, 8)
    return session_actions.plan_session(
        course=course,
        institution=institution,
        trainer=trainer or make_trainer(institution),
        place="បន្ទប់ប្រជុំ",
        begins_at=begins_at,
        ends_at=begins_at + datetime.timedelta(hours=hours),
        seats_allowed=seats_allowed,
        at=begins_at - datetime.timedelta(days=2),
        by=None,
        **facts,
    )


def make_seat(*, person, course, institution, session=None, **facts):
    """A place for the person in a session of the institution, which the person teaches where none is given."""
    session = session or make_session(course=course, institution=institution, trainer=person, **facts)
    session_actions.give_seats(session=session, people=[person], at=session.planned_at, by=None)
    return Seat.objects.get(session=session, person=person)


def make_prior_learning(*, person, course=None, by=None, day=TODAY):
    """Evidence that waits for a decision."""
    return session_actions.claim_prior_learning(
        person=person,
        course=course or make_course(),
        learned_on=day - datetime.timedelta(days=90),
        what="វគ្គនៅអង្គការ",
        evidence=SCAN,
        at=moment(day),
        by=by or make_user(),
    )

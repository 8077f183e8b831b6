"""Sessions of the demo's trainer: one held, one whose roll waits, one planned; and evidence of earlier learning."""

from datetime import timedelta

from conduct_site.nation.moments import moment, working_day
from courses import session_actions as actions
from courses.models import Course, Enrolment, RollEntry
from institutions.models import Institution, Person, Role, User

TRAINER, ORGANISER, COURSE = "2200006", "moeys-06", "core"
PLACE = "បន្ទប់ប្រជុំមន្ទីរអប់រំ"
SCAN = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


class Sessions:
    """What happens in rooms, around the day of loading; nobody's status changes by it."""

    def __init__(self, calendar, rng):
        self.calendar, self.rng = calendar, rng
        self.trainer = Person.objects.get(user__username=TRAINER)
        self.organiser = Institution.objects.get(code=ORGANISER)
        self.course = Course.objects.get(slug=COURSE)

    def load(self):
        people = Person.objects.serving_in(self.organiser, self.calendar.today).exclude(pk=self.trainer.pk)
        enrolments = Enrolment.objects.filter(course=self.course, person__in=people, cycle=1).order_by("pk")
        enrolments = enrolments.select_related("person")
        trained = [row.person for row in enrolments.filter(trained_on__isnull=False)[:9]]
        waiting = [row.person for row in enrolments.filter(trained_on__isnull=True)[:14]]
        half = len(waiting) // 2
        held = self._plan(self.calendar.yesterday, trained)
        if held:
            self._take_roll(held, absent=1)
            actions.close_roll(session=held, at=held.ends_at + timedelta(minutes=5), by=self.trainer.user)
        # Where few people live, those who know the course already come again.
        open_roll = self._plan(self.calendar.yesterday, waiting[:half] or trained[:2], hour=5)
        if open_roll:
            self._take_roll(open_roll, absent=1)
        self._plan(working_day(self.calendar.today + timedelta(days=9)), waiting[half:] or trained[2:])
        self._earlier_learning(waiting[-2:])

    def _plan(self, day, people, hour=0):
        """A session of two hours with places for the people; none where the trainer may not teach that day."""
        if actions.reasons_against(trainer=self.trainer, course=self.course, day=day) or not people:
            return None
        begins_at = moment(day) + timedelta(hours=hour)
        planned_at = moment(self.calendar.today - timedelta(days=8))
        session = actions.plan_session(
            course=self.course,
            institution=self.organiser,
            trainer=self.trainer,
            place=PLACE,
            begins_at=begins_at,
            ends_at=begins_at + timedelta(hours=2),
            seats_allowed=20,
            at=planned_at,
            by=self.trainer.user,
        )
        actions.give_seats(session=session, people=people, at=planned_at, by=self.trainer.user)
        return session

    def _take_roll(self, session, *, absent):
        seats = list(session.seats.values_list("pk", flat=True))
        self.rng.shuffle(seats)
        actions.take_roll(
            session=session,
            present=seats[absent:],
            absent=seats[:absent],
            method=RollEntry.Method.TICK,
            at=session.begins_at,
            by=self.trainer.user,
        )

    def _earlier_learning(self, people):
        """One piece of evidence waits, another one was refused."""
        clerk = User.objects.get(roles__kind=Role.Kind.HR, roles__institution=self.organiser)
        at = moment(self.calendar.yesterday)
        claims = [
            actions.claim_prior_learning(
                person=person,
                course=self.course,
                learned_on=working_day(self.calendar.today - timedelta(days=200)),
                what="វគ្គបណ្តុះបណ្តាលស្តីពីកិច្ចការពារកុមារ រយៈពេល ៣ ថ្ងៃ រៀបចំដោយអង្គការដៃគូ",
                evidence=SCAN,
                at=at,
                by=clerk,
            )
            for person in people
        ]
        if len(claims) > 1:
            reason = "ឯកសារមិនបញ្ជាក់រយៈពេល និងខ្លឹមសារវគ្គសិក្សា"
            facts = {"at": at + timedelta(hours=2), "by": self.trainer.user}
            actions.decide_prior_learning(claim=claims[1], accepted=False, reason=reason, **facts)

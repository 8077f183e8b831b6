"""Limits that differ between quizzes, and people who have met them: tries used up, a wait, more given."""

from datetime import timedelta
from random import Random

from conduct_site.nation.accounts import ACCOUNTS
from conduct_site.nation.answering import wrong_answer
from conduct_site.nation.moments import moment, working_day
from courses.actions import grant_override
from courses.bulk import QuizTaken, take_quizzes
from courses.models import Enrolment, Quiz
from courses.review import right_answer
from institutions.models import Institution, Post, User
from institutions.models.places import within_path

# What everybody shares can be tried again at once; a sector's own quiz asks for time to read.
LIMITS = {
    "core": {"delay_hours": Quiz.Delay.NONE},
    "education": {"attempts_allowed": 4, "delay_hours": Quiz.Delay.DAY, "delay_grows": True},
    "tourism": {"attempts_allowed": 3, "delay_hours": Quiz.Delay.HOUR, "minutes_allowed": 30},
}
OTHERS = {"delay_hours": Quiz.Delay.DAY}
COURSE, TRAINER, TRAINERS_PLACE = "education", "2200006", "moeys-06"
# Days before yesterday on which tries failed, by who they lead to.
STUCK = 3
USED_UP, WAITING, HELPED = (15, 12, 8, 1), (9, 6, 0), (18, 15, 11, 4)
REASON = "បានពិភាក្សាគ្នាអំពីមេរៀន ហើយសុំឱ្យសាកម្តងទៀត"


class Tries:
    """Sets the limits after everybody's history, then lets three people of the trainer's meet them."""

    def __init__(self, calendar, rng):
        self.calendar, self.rng = calendar, rng
        self.yesterday = calendar.yesterday

    def load(self):
        """The failures of some, the limits for all, and one more try for the last of them."""
        found = list(self._enrolments()[:3])
        for enrolment, days in zip(found, (USED_UP, WAITING, HELPED), strict=False):
            self._fail(enrolment, days)
        for quiz in Quiz.objects.select_related("course"):
            for name, value in LIMITS.get(quiz.course.slug, OTHERS).items():
                setattr(quiz, name, value)
            quiz.save()
        for enrolment in found[2:]:
            grant_override(
                enrolment=enrolment,
                extra_attempts=1,
                no_delay=True,
                reason=REASON,
                at=moment(self.yesterday) + timedelta(hours=2),
                by=User.objects.get(username=TRAINER),
                institution=Institution.objects.get(code=TRAINERS_PLACE),
            )

    def _enrolments(self):
        """Those of the trainer's people who have read every lesson and not begun the quiz."""
        place = Institution.objects.get(code=TRAINERS_PLACE)
        serving = Post.objects.serving_on(self.calendar.today).filter(within_path(place.path, "institution__path"))
        open_ones = Enrolment.objects.filter(
            course__slug=COURSE,
            trained_on__lt=self.yesterday - timedelta(days=20),
            passed_on__isnull=True,
            attempts__isnull=True,
            person__in=serving.values("person"),
        )
        kept = [account.username for account in ACCOUNTS]
        return open_ones.exclude(person__user__username__in=kept).select_related("person__user").order_by("pk")

    def _fail(self, enrolment, days):
        for before in days:
            at = moment(working_day(self.yesterday - timedelta(days=before))) + timedelta(minutes=75)
            answer = _wrong_after(at, Random(self.rng.random()))
            opened = {"opened_at": at, "closed_at": at + timedelta(minutes=14), "rng": Random(self.rng.random())}
            take_quizzes([QuizTaken(enrolment=enrolment, answer=answer, by=enrolment.person.user, **opened)])


def _wrong_after(at, rng):
    """Answers of which about half are right: never enough."""

    def answer(row):
        given = wrong_answer(row, rng) if row.position % 2 else right_answer(row.version)
        return given, at + timedelta(seconds=45 * row.position)

    return answer

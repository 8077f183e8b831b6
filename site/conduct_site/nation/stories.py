"""What happened to one person: acts in order of time that lead to the status word chosen for the day of loading."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from certification.rules import Status, validity
from conduct_site.nation.moments import moment, working_day
from institutions.days import add_months

LESSON_MINUTES, QUIZ_MINUTES = 9, 14
FAILS = [0] * 15 + [1] * 4 + [2]


@dataclass(frozen=True)
class Terms:
    """What the person's requirement says, as far as a story needs it."""

    months: int
    window_days: int
    grace_days: int
    due_days: int
    courses: int
    new_edition_on: date | None = None


@dataclass(frozen=True)
class Learn:
    """Read lessons of the first course that is not finished; all of them unless lessons says how many."""

    at: datetime
    lessons: int | None = None


@dataclass(frozen=True)
class Try:
    """One attempt at the quiz of the first course that is finished but not passed."""

    at: datetime
    passes: bool


@dataclass(frozen=True)
class Sign:
    """Sign whatever the person is asked to sign on the day."""

    at: datetime


@dataclass(frozen=True)
class Renew:
    """The window of the certificate begins: the next cycle opens."""

    at: datetime


@dataclass(frozen=True)
class Change:
    """The certificate is suspended or revoked."""

    at: datetime
    kind: str


@dataclass(frozen=True)
class Exempt:
    at: datetime
    starts_on: date
    ends_on: date


@dataclass
class Story:
    registered_at: datetime
    acts: list = field(default_factory=list)

    @property
    def needs_account(self):
        return any(isinstance(act, Learn | Sign) for act in self.acts)


class Teller:
    """Tells stories for one day of loading; every choice comes from rng."""

    def __init__(self, calendar, rng):
        self.calendar, self.rng = calendar, rng
        self.today, self.yesterday = calendar.today, calendar.yesterday

    def tell(self, status, terms):
        """A story after which the person has the status on the day of loading, or a near one where it cannot be."""
        story = getattr(self, f"_{status.replace('-', '_')}")(terms)
        story.acts.sort(key=lambda act: act.at)
        return story

    # --- nothing earned yet ---

    def _not_started(self, terms):
        return Story(self._opening(self._days_ago(4, terms.due_days - 10)))

    def _in_progress(self, terms):
        story = Story(self._opening(self._days_ago(12, terms.due_days - 10)))
        self._begin(story, terms, self._later(story.registered_at, 8))
        return story

    def before_the_quiz(self):
        """The common course passed, every lesson of the sector's read some weeks ago, and its quiz not begun."""
        story = Story(self._opening(self._days_ago(55, 60)))
        first, second = self._early(self._days_ago(46, 48)), self._early(self._days_ago(40, 42))
        story.acts += [Learn(first), Try(first + timedelta(minutes=100), passes=True), Learn(second)]
        return story

    def _overdue(self, terms):
        story = Story(self._opening(max(self._days_ago(terms.due_days + 5, 650), self.calendar.people_from)))
        if self.rng.random() < 0.5:
            self._begin(story, terms, self._later(story.registered_at, 60))
        return story

    def _begin(self, story, terms, day):
        """Some of the work, never all of it."""
        depth = self.rng.choice(["some lessons", "some lessons", "all lessons", "failed once"])
        if self.rng.random() < 0.4:
            story.acts.append(Sign(self._at(day)))
        start = self._later(self._at(day), 3)
        if depth == "some lessons":
            story.acts.append(Learn(self._early(start), self.rng.randint(1, 3)))
            return
        story.acts.append(Learn(self._early(start)))
        if depth == "failed once":
            story.acts.append(Try(self._early(self._later(self._early(start), 3)), passes=False))

    # --- certificates ---

    def _certified(self, terms):
        return self._earned(terms, self._ends(terms, 65, terms.months * 30))

    def _renewal_due(self, terms):
        return self._earned(terms, self._ends(terms, 6, terms.window_days - 4))

    def _in_grace(self, terms):
        return self._earned(terms, self._ends(terms, -terms.grace_days + 6, -6))

    def _expired(self, terms):
        return self._earned(terms, self._ends(terms, -330, -terms.grace_days - 5))

    def _suspended(self, terms):
        return self._changed(terms, "suspended")

    def _revoked(self, terms):
        return self._changed(terms, "revoked")

    def _changed(self, terms, kind):
        story = self._earned(terms, self._ends(terms, 90, terms.months * 30 - 30))
        story.acts.append(Change(self._between(max(act.at for act in story.acts), 90), kind))
        return story

    def _exempt(self, terms):
        told = self._overdue if self.rng.random() < 0.5 else self._certified
        story = told(terms)
        starts_on = self._days_ago(5, 60)
        story.acts.append(
            Exempt(self._at(starts_on), starts_on, self.today + timedelta(days=self.rng.randint(20, 120)))
        )
        return story

    def _ends(self, terms, first, last):
        """(how many certificates, the day the first was issued) so that the last one ends about so many days on."""
        begins = self.calendar.people_from + timedelta(days=8)
        for _try in range(40):
            ends_on = self.today + timedelta(days=self.rng.randint(first, last))
            fitting = []
            for count in (1, 2, 3):
                issued_on = add_months(ends_on, -terms.months * count)
                last_window = add_months(ends_on, -terms.months) - timedelta(days=terms.window_days - 4)
                if begins <= issued_on <= self.yesterday and (count == 1 or last_window <= self.yesterday):
                    fitting.append((count, working_day(issued_on)))
            if fitting:
                return self.rng.choice(fitting)
        return None

    def _earned(self, terms, ends):
        """So many certificates, one after the other, and what was begun of the next one."""
        if ends is None:
            return self._overdue(terms)
        count, issued_on = ends
        first = max(self.calendar.people_from, issued_on - timedelta(days=self.rng.randint(5, terms.due_days - 10)))
        story = Story(self._opening(first))
        self._earn(story, terms, story.registered_at, issued_on)
        valid_until = None
        for number in range(1, count + 1):
            days = validity(
                issued_on,
                months=terms.months,
                window_days=terms.window_days,
                grace_days=terms.grace_days,
                previous=valid_until,
            )
            valid_until = days.valid_until
            if days.window_from > self.yesterday:
                break
            renewed_at = moment(self._next_working_day(days.window_from))
            story.acts.append(Renew(renewed_at))
            if number < count:
                latest = min(valid_until, self.yesterday)
                issued_on = working_day(renewed_at.date() + (latest - renewed_at.date()) * self.rng.uniform(0.2, 0.9))
                self._earn(story, terms, renewed_at, issued_on)
            elif self.rng.random() < 0.3:
                self._begin(story, terms, self._later(renewed_at, 20))
        self._sign_new_edition(story, terms)
        return story

    def _earn(self, story, terms, opened_at, issued_on):
        """Learn, pass and sign between the opening and the day of issue; the last act of the day earns it."""
        span = max((issued_on - opened_at.date()).days, 0)
        days = sorted(self.rng.randint(0, span) for _course in range(terms.courses - 1))
        at = opened_at
        for days_on in [*days, span]:
            day = max(working_day(opened_at.date() + timedelta(days=days_on)), at.date())
            at = self._pass_course(story, at, day)
        if self.rng.random() < 0.5:
            at = at + timedelta(minutes=6)
        else:
            at = opened_at + timedelta(minutes=20)
        story.acts.append(Sign(at))

    def _pass_course(self, story, since, day):
        """Learn a course and pass its quiz on the day, with failures before; returns the moment after it."""
        learned_at = self._early(working_day(since.date() + (day - since.date()) * self.rng.random()), after=since)
        story.acts.append(Learn(learned_at))
        at = learned_at + timedelta(minutes=70)
        for _fail in range(self.rng.choice(FAILS)):
            story.acts.append(Try(at, passes=False))
            at += timedelta(minutes=25)
        if day > at.date():
            at = self._early(day)
        story.acts.append(Try(at, passes=True))
        return at + timedelta(minutes=20)

    def _sign_new_edition(self, story, terms):
        """Most who were certified before the code changed signed the new edition in the weeks after."""
        day = terms.new_edition_on
        if day and story.registered_at.date() < day and self.rng.random() < 0.75:
            story.acts.append(Sign(self._between(moment(day), 75)))

    # --- days and moments ---

    def _days_ago(self, least, most):
        return working_day(self.today - timedelta(days=self.rng.randint(least, max(least, most))))

    def _at(self, day):
        return moment(min(day, self.yesterday), self.rng)

    def _opening(self, day):
        """A moment in the first hour of the day."""
        return moment(min(day, self.yesterday)) + timedelta(minutes=self.rng.randint(0, 59))

    def _early(self, day, after=None):
        """A moment on the morning of the day, or a little after the given one if that is later."""
        at = moment(day.date() if isinstance(day, datetime) else day) + timedelta(minutes=self.rng.randint(0, 90))
        return max(at, after + timedelta(minutes=5)) if after else at

    def _later(self, at, days):
        """A working day about so many days after the moment at most, and before the day of loading."""
        return min(self._next_working_day(at.date() + timedelta(days=self.rng.randint(1, days))), self.yesterday)

    def _between(self, at, days):
        """A moment in the days after the given one, and before the day of loading."""
        day = working_day(at.date() + timedelta(days=self.rng.randint(1, days)))
        return max(self._at(day), at + timedelta(minutes=30))

    def _next_working_day(self, day):
        return day if working_day(day) == day else day + timedelta(days=7 - day.weekday())


def shares(certified):
    """How often each status word is meant to come up, where so large a part of the people is certified."""
    others = {
        Status.EXEMPT: 1.5,
        Status.REVOKED: 0.8,
        Status.SUSPENDED: 0.8,
        Status.IN_GRACE: 4,
        Status.EXPIRED: 8,
        Status.OVERDUE: 11,
        Status.IN_PROGRESS: 9,
        Status.NOT_STARTED: 7,
    }
    rest = sum(others.values())
    held = rest * certified / (1 - certified)
    return {Status.CERTIFIED: held * 0.86, Status.RENEWAL_DUE: held * 0.14, **others}

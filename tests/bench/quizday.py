"""A quiz day: learners who log in, take a whole quiz and read their result, against the site as it is served.

`python -m tests.bench.quizday LEARNERS` works on the database of its environment, in which the demo nation is loaded,
and prints one JSON line. Every learner is somebody of the demo who has read the lessons and not begun the quiz.
"""

import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from tests.bench.measure import alone, answer, cpu_seconds
from tests.bench.pages import seconds_of, serving
from tests.bench.report import Line

COURSE = "core"
AT_ONCE = 8
PASSWORD = "a day of quizzes"
FIELD = re.compile(r'<input[^>]*name="(csrfmiddlewaretoken|attempt)"[^>]*value="([^"]*)"')
CHOICE = re.compile(r'<input[^>]*type="radio"[^>]*value="([^"]*)"')
# What a learner may cost the server, in password checks: one is the login's own, the rest are some thirty answers.
MOST_CHECKS = 12


def main(learners):
    import django

    django.setup()
    from django.contrib.auth.hashers import check_password, make_password

    secret = make_password(PASSWORD)
    people = prepare(learners, secret)
    check = cpu_seconds(lambda: [check_password(PASSWORD, secret) for _each in range(5)]) / 5
    with serving() as (port, server):
        before, begun = seconds_of(server), time.perf_counter()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            requests = sum(pool.map(lambda person: Learner(port, *person).take(), people))
        wall, spent = time.perf_counter() - begun, seconds_of(server) - before
    facts = {"learners": len(people), "requests": requests, "wall": wall, "cpu": spent, "check": check}
    answer({**facts, "passed_or_failed": closed_attempts(people)})


def prepare(learners, secret):
    """(username, enrolment id) of people who may begin the quiz, each with an account of the one password."""
    from django.utils import timezone

    from courses.actions import complete_lesson
    from courses.models import Enrolment
    from institutions.models import User

    waiting = Enrolment.objects.filter(course__slug=COURSE, passed_on=None, attempts=None, person__user=None)
    found, at = [], timezone.now()
    for enrolment in waiting.select_related("person").order_by("pk")[:learners]:
        user = User.objects.create(username=f"quizday{enrolment.pk}", password=secret)
        enrolment.person.user = user
        enrolment.person.save(update_fields=["user"])
        for lesson in enrolment.lessons():
            complete_lesson(enrolment=enrolment, lesson=lesson, at=at, by=user)
        found.append((user.username, enrolment.pk))
    if not found:
        raise SystemExit("Nobody of the demo may begin the quiz.")
    return found


def closed_attempts(people):
    """How many of the learners have handed in."""
    from courses.models import Attempt

    return Attempt.objects.closed().filter(enrolment__in=[enrolment for _name, enrolment in people]).count()


class Learner:
    """One browser without JavaScript, from the login to the result."""

    def __init__(self, port, username, enrolment):
        import requests

        self.session = requests.Session()
        self.session.headers["Accept-Language"] = "km"
        self.base, self.username, self.enrolment = f"http://127.0.0.1:{port}", username, enrolment
        self.asked = 0

    def take(self):
        """Log in and take the quiz; the number of requests that it took."""
        page = self.get("/km/account/login/")
        page = self.send(page, login=self.username, password=PASSWORD)
        page = self.send(self.get(f"/km/quiz/{self.enrolment}/"))
        while choices := CHOICE.findall(page.text):
            page = self.send(page, answer=choices[0])
        page = self.send(page)
        if "/quiz/results/" not in page.url:
            raise RuntimeError(f"{self.username} got stuck at {page.url}")
        return self.asked

    def get(self, path):
        self.asked += 1
        return self._checked(self.session.get(self.base + path, timeout=60))

    def send(self, page, **fields):
        """Send the form of a page as its button does."""
        hidden = dict(FIELD.findall(page.text))
        sent = self.session.post(page.url, {**hidden, **fields}, headers={"Referer": page.url}, timeout=60)
        self.asked += 1 + len(sent.history)
        return self._checked(sent)

    @staticmethod
    def _checked(response):
        if response.status_code != 200:
            raise RuntimeError(f"{response.url} answered {response.status_code}")
        return response


def run(environment, *, learners):
    """The lines of the report for the database of the environment."""
    found = alone("quizday", learners, **environment)
    if found["passed_or_failed"] != found["learners"]:
        raise SystemExit("Not everybody's attempt was handed in.")
    each, check = found["cpu"] / found["learners"], found["check"]
    measured = (
        f"{found['learners'] / found['wall']:.1f} learners a second, {each * 1000:.0f} ms cpu each; "
        f"{found['requests'] / found['wall']:.0f} requests a second"
    )
    beside = f"{check * 1000:.0f} ms cpu: one password check"
    what = "login and whole quiz, two workers"
    return [Line(what=what, measured=measured, beside=beside, ratio=each / check, limit=MOST_CHECKS)]


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""Where a learner stands among the lessons of an enrolment: what is done, which lesson this is, which one follows."""

from dataclasses import dataclass

from courses import rules
from courses.words import lesson_titles


@dataclass(frozen=True)
class Part:
    """A lesson as a link names it."""

    slug: str
    title: dict


class CoursePath:
    """The lessons of one enrolment with their titles in every language and what is completed, in three queries."""

    def __init__(self, enrolment):
        self.lessons = enrolment.lessons()
        self.titles = lesson_titles([lesson.pk for lesson in self.lessons])
        self.progress = {row.lesson_id: row for row in enrolment.progress.all()}
        self.done = {pk for pk, row in self.progress.items() if row.completed_at}

    def lesson(self, slug):
        """The lesson with the slug, or None if the enrolment has none."""
        return next((lesson for lesson in self.lessons if lesson.slug == slug), None)

    def number(self, lesson):
        return self.lessons.index(lesson) + 1

    def title(self, lesson):
        return self.titles.get(lesson.pk, {})

    def before(self, lesson):
        """The lesson before this one, or None."""
        place = self.lessons.index(lesson)
        return self._part(self.lessons[place - 1]) if place else None

    def after(self, lesson=None):
        """The part that opens when the lesson is finished (None: the first one that is open); None is the quiz."""
        order = [each.pk for each in self.lessons]
        following = rules.next_lesson(order, self.done, after=lesson.pk if lesson else None)
        return next((self._part(each) for each in self.lessons if each.pk == following), None)

    def _part(self, lesson):
        return Part(lesson.slug, self.title(lesson))

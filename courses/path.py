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
        self.enrolment = enrolment
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

    def is_optional(self, lesson):
        return lesson.pk in self.enrolment.optional_ids

    def before(self, lesson):
        """The lesson before this one, or None."""
        place = self.lessons.index(lesson)
        return self._part(self.lessons[place - 1]) if place else None

    def after(self, lesson=None):
        """The part that opens when the lesson is finished (None: the first one that is open); None is the quiz."""
        following = rules.next_lesson(
            self._order, self.done, after=lesson.pk if lesson else None, optional=self.enrolment.optional_ids
        )
        return self._part_of(following)

    @property
    def at(self):
        """The id of the unfinished lesson that the learner looked at last, on whatever device; else None."""
        begun = [row for pk, row in self.progress.items() if pk not in self.done and pk in self._order]
        return max(begun, key=lambda row: (row.seen_at or row.opened_at, row.pk)).lesson_id if begun else None

    def resume(self):
        """The lesson to continue with: where the learner was, else the first open one; None is the quiz."""
        return self._part_of(self.at) if self.at else self.after()

    def opens_after(self, lesson):
        """The lesson that the order asks for before this one, or None if this one is open."""
        if not self.enrolment.is_ordered or self.enrolment.trained_on or lesson.pk in self.progress:
            return None
        optional = self.enrolment.optional_ids
        return self._part_of(rules.opens_after(self._order, self.done, lesson.pk, optional=optional))

    @property
    def _order(self):
        return [lesson.pk for lesson in self.lessons]

    def _part_of(self, pk):
        return next((self._part(each) for each in self.lessons if each.pk == pk), None)

    def _part(self, lesson):
        return Part(lesson.slug, self.title(lesson))

"""The form on which an editor says how a course is taken."""

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import Course

SETS = 3
WIDEST = 600


@dataclass(frozen=True)
class LessonRow:
    """The fields of one lesson, as a row of the form shows them."""

    lesson: object
    required: object
    minutes: object


class CourseRulesForm(forms.Form):
    """The order, each lesson's part in it, and up to three sets of courses that come first."""

    is_ordered = forms.BooleanField(required=False, label=_("Lessons open one after the other"))

    def __init__(self, data=None, *, course):
        self.course, self.lessons = course, list(course.lessons.order_by("order"))
        super().__init__(data, initial=self._as_it_is())
        others = Course.objects.exclude(pk=course.pk)
        for lesson in self.lessons:
            self.fields[f"required_{lesson.pk}"] = forms.BooleanField(required=False, label=_("Required"))
            self.fields[f"minutes_{lesson.pk}"] = forms.IntegerField(
                required=False, min_value=1, max_value=WIDEST, label=_("Minimum time in minutes")
            )
        for number in range(1, SETS + 1):
            self.fields[f"courses_{number}"] = forms.ModelMultipleChoiceField(
                others, required=False, label=_("Courses that come first")
            )
            self.fields[f"need_{number}"] = forms.IntegerField(
                required=False, min_value=1, max_value=50, label=_("How many of them (empty: all)")
            )

    def _as_it_is(self):
        facts = {"is_ordered": self.course.is_ordered}
        for lesson in self.lessons:
            facts |= {f"required_{lesson.pk}": lesson.is_required, f"minutes_{lesson.pk}": lesson.min_minutes}
        for number, group in enumerate(self.course.prerequisite_sets.prefetch_related("rows")[:SETS], start=1):
            facts |= {f"courses_{number}": [row.course_id for row in group.rows.all()], f"need_{number}": group.need}
        return facts

    def clean(self):
        cleaned = super().clean()
        for number in range(1, SETS + 1):
            need, courses = cleaned.get(f"need_{number}"), cleaned.get(f"courses_{number}")
            if need and courses is not None and need > len(courses):
                self.add_error(f"need_{number}", _("More are asked for than are chosen."))
        return cleaned

    def lesson_rows(self):
        return [LessonRow(each, self[f"required_{each.pk}"], self[f"minutes_{each.pk}"]) for each in self.lessons]

    def set_rows(self):
        return [(self[f"courses_{number}"], self[f"need_{number}"]) for number in range(1, SETS + 1)]

    def facts(self):
        """The arguments of set_course_rules."""
        data = self.cleaned_data
        sets = [(data[f"need_{number}"], list(data[f"courses_{number}"])) for number in range(1, SETS + 1)]
        return {
            "is_ordered": data["is_ordered"],
            "lessons": {each.pk: (data[f"required_{each.pk}"], data[f"minutes_{each.pk}"]) for each in self.lessons},
            "sets": [(need, courses) for need, courses in sets if courses],
        }

"""The package beside the text of a lesson, where there is one."""

from django import template

from courses.actions.scorm import current_package
from courses.models import ScormState

register = template.Library()


@register.inclusion_tag("courses/_package_offer.html")
def package_offer(enrolment, lesson):
    """What leads from a lesson to its package; nothing where it has none."""
    package = current_package(lesson)
    state = ScormState.objects.filter(enrolment=enrolment, lesson=lesson).first() if package else None
    return {"enrolment": enrolment, "lesson": lesson, "package": package, "state": state}

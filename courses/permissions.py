"""Who may see what a quiz keeps to itself."""

from courses.models import Course, Enrolment
from institutions.models import Role


def may_see_key(scope, course):
    """True for a trainer of the course's profession who has not got its quiz still before them."""
    if not scope.has(Role.Kind.TRAINER):
        return False
    if not Course.objects.filter(pk=course.pk).of_the_profession(scope, Role.Kind.TRAINER).exists():
        return False
    ahead = Enrolment.objects.of(scope.person).filter(course=course, passed_on__isnull=True)
    return scope.person is None or not ahead.exists()

"""What pages say about reading without a link."""

from django import template
from django.utils.translation import get_language

from courses.offline import kilobytes, owner_key

register = template.Library()


@register.simple_tag(takes_context=True)
def saved_owner(context) -> str:
    """Whose saved courses may lie on this phone: a word that names nobody."""
    return owner_key(context["request"].user)


@register.inclusion_tag("courses/_offline_offer.html", takes_context=True)
def offline_offer(context, enrolment) -> dict:
    """The offer to save a course on the phone, with its size and who else could read it."""
    quiz = getattr(enrolment.course, "quiz", None)
    return {
        "enrolment": enrolment,
        "kilobytes": kilobytes(enrolment),
        "has_time_limit": bool(quiz and quiz.minutes_allowed),
        "digits": "០១២៣៤៥៦៧៨៩" if get_language() == "km" else "0123456789",
    }

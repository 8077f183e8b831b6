"""One shape for everything that the interface for other systems refuses: {"error": {"code", "message", "field"?}}."""

import logging

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, JsonResponse, UnreadablePostError
from django.utils.translation import gettext as _
from ninja.errors import HttpError, ValidationError

logger = logging.getLogger(__name__)
NOT_FOUND, NO_METHOD, BAD_REQUEST, TOO_LARGE = 404, 405, 400, 413


class ApiRefused(HttpError):
    """A request is refused: its number, a code for programs, a sentence for people, the field that it is about."""

    def __init__(self, status, code, message, *, field="", headers=None):
        self.code, self.field, self.headers = code, field, headers or {}
        super().__init__(status, str(message))

    def answer(self):
        return error(self.status_code, self.code, self.message, field=self.field, headers=self.headers)


def error(status, code, message, *, field="", headers=None):
    """The answer to a request that is refused; it repeats no value that was sent."""
    found = {"code": code, "message": str(message)}
    if field:
        found["field"] = field
    answer = JsonResponse({"error": found}, status=status, headers=headers, json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = "no-store"
    return answer


def refused(status):
    """The answer where nothing more is known than the number."""
    words = {
        BAD_REQUEST: ("bad_request", _("The request cannot be read.")),
        NOT_FOUND: ("not_found", _("There is nothing at this address, or it is not yours.")),
        NO_METHOD: ("method_not_allowed", _("This address does not take this method.")),
        TOO_LARGE: ("too_large", _("The request is too large. Send it in parts.")),
    }
    return error(status, *words.get(status, ("refused", _("The request was refused."))))


def answer_to(request, exception):
    """The answer to anything that a view of the interface raised; what nobody expected is logged, never shown."""
    if isinstance(exception.__cause__, ApiRefused):  # the framework puts one of its own around a body's refusal
        exception = exception.__cause__
    if isinstance(exception, ApiRefused):
        return exception.answer()
    if isinstance(exception, ValidationError):
        return _not_valid(exception.errors[0])
    if isinstance(exception, HttpError):
        return refused(exception.status_code)
    if isinstance(exception, Http404):
        return refused(NOT_FOUND)
    if isinstance(exception, RequestDataTooBig):
        return refused(TOO_LARGE)
    if isinstance(exception, SuspiciousOperation | UnreadablePostError):
        return refused(BAD_REQUEST)
    logger.error("The interface for other systems failed at %s", request.resolver_match.route, exc_info=exception)
    return error(500, "server_error", _("Something went wrong on our side. Send the request again later."))


def _not_valid(found):
    """The first thing that a schema found wrong. loc is where it stood, the outermost part first."""
    where = ".".join(str(part) for part in found["loc"][1:])
    code, message = {
        "missing": ("missing_field", _("This field is missing.")),
        "extra_forbidden": ("unknown_field", _("There is no such field.")),
    }.get(found["type"], ("wrong_value", _("This value cannot be used here.")))
    return error(422, code, message, field=where)


HANDLED = (Exception, Http404, HttpError, ValidationError)


def install(api):
    """Let an interface answer everything in the one shape."""
    for kind in HANDLED:
        api.add_exception_handler(kind, answer_to)

"""Bodies in JSON as other systems send them: read strictly, and refused with a sentence that says what is wrong."""

import json
import unicodedata

from django.utils.translation import gettext as _
from ninja.parser import Parser

from institutions.api_errors import ApiRefused

MOST_BYTES = 1024 * 1024
LONGEST_NUMBER = 20


class StrictParser(Parser):
    """Bodies of every operation: plain JSON, each key once, no number that a computer mistakes for another."""

    def parse_body(self, request):
        return read_json(request, most_bytes=MOST_BYTES)


def read_json(request, *, most_bytes):
    """What the body of a request says; raises ApiRefused where it is not plain JSON of that size."""
    return parse_json(raw_body(request, most_bytes=most_bytes))


def raw_body(request, *, most_bytes):
    """The bytes of a body that says that it is JSON, read no further than the limit."""
    if request.content_type != "application/json":
        raise ApiRefused(415, "wrong_content_type", _("Send the body as application/json."))
    if hasattr(request, "_body"):
        content = request.body
    else:
        content = request.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise ApiRefused(413, "too_large", _("The request is too large. Send it in parts."))
    return content


def parse_json(content):
    """The value of a JSON text in UTF-8."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise ApiRefused(400, "bad_json", _("The body is no JSON in UTF-8.")) from None
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_number(int),
            parse_float=_number(float),
            parse_constant=_constant,
        )
    except RecursionError:
        raise ApiRefused(400, "too_deep", _("The body is nested too deeply.")) from None
    except ValueError:
        raise ApiRefused(400, "bad_json", _("The body is no JSON in UTF-8.")) from None


def _object(pairs):
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ApiRefused(400, "key_twice", _("An object names one key twice."))
    return found


def _number(kind):
    def read(digits):
        if len(digits) > LONGEST_NUMBER:
            raise ApiRefused(422, "wrong_value", _("A number is too long. Write it as text."))
        return kind(digits)

    return read


def _constant(name):
    raise ApiRefused(400, "bad_json", _("The body is no JSON in UTF-8."))


def forbidden_sign(text):
    """True if the text holds what no database keeps or nobody sees: controls, halves of signs, changes of direction."""
    return not text.isprintable() and any(
        unicodedata.category(sign) in ("Cc", "Cs") or unicodedata.bidirectional(sign) in _DIRECTIONS for sign in text
    )


_DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}

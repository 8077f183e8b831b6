"""Addresses without a language that never change: the same answer for everybody, in the language they name."""

from django.conf import settings
from django.utils import translation


def open_to_all(request):
    """Answer in the language that the address asks for, the first one where it names none; any cache may keep it."""
    request.public_page = True
    asked = request.GET.get("lang")
    translation.activate(asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE)
    request.LANGUAGE_CODE = translation.get_language()

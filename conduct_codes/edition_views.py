"""An edition as a file: public, at an address without a language that never changes."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import condition

from conduct_codes.edition_pdf import edition_pdf
from conduct_codes.models import EditionText

# Raised when the layout changes, so that no cache keeps the old one.
LAYOUT = 1


def _etag(request, code, number, language):
    text = EditionText.objects.at_address(code, number, language).first()
    return text and f'"{text.sha256}-{LAYOUT}{"-demo" if settings.CONDUCT_DEMO else ""}"'


@condition(etag_func=_etag)
def edition_print(request, code, number, language):
    """The PDF of an edition's text in one language, drawn from its frozen bytes."""
    request.public_page = True
    text = EditionText.objects.at_address(code, number, language).first()
    if text is None:
        raise Http404
    address = request.build_absolute_uri(reverse("conduct_codes:edition", args=[code, number]))
    content = edition_pdf(text, address=address, demonstration=settings.CONDUCT_DEMO)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{code}-{number}.{language}.pdf"'
    response["Content-Language"] = language
    return response

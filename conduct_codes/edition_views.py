"""An edition as a file: public, at an address without a language that never changes."""

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import condition

from conduct_codes.edition_pdf import edition_pdf
from conduct_codes.models import EditionAct, EditionText
from institutions.uploads import SCAN_TYPES

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


def edition_act(request, code, number):
    """The scan of the instrument that made the edition law; public, as the act is."""
    request.public_page = True
    act = get_object_or_404(EditionAct.objects.at_address(code, number))
    if act.kind not in SCAN_TYPES or not act.file.storage.exists(act.file.name):
        raise Http404
    response = FileResponse(act.file.open("rb"), content_type=SCAN_TYPES[act.kind])
    response["Content-Disposition"] = f'attachment; filename="{code}-{number}-act.{act.kind}"'
    response["ETag"] = f'"{act.sha256}"'
    return response

"""Files of lessons: public like the lessons, kept by caches, and sent in parts where a player asks for a part."""

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe
from wagtail.documents import get_document_model

from courses.byte_ranges import NotSatisfiable, Part, asked_range
from courses.file_kinds import kind_of

KEPT = "public, max-age=86400"


@require_safe
def document(request, document_id, document_filename):
    """One file of the document library, unless its collection is closed; whole, or the part that Range asks for."""
    request.public_page = True
    found = get_object_or_404(get_document_model().objects.select_related("collection"), pk=document_id)
    kind = kind_of(found.filename)
    if found.filename != document_filename or kind is None or found.collection.get_view_restrictions().exists():
        raise Http404
    if not found.file.storage.exists(found.file.name):
        raise Http404
    etag = f'"{found.file_hash}"'
    if request.headers.get("If-None-Match") == etag:
        return _dressed(HttpResponse(status=304), etag)
    size = found.file.size
    header = request.headers.get("Range", "") if kind.group in ("video", "audio") else ""
    if request.headers.get("If-Range", etag) != etag:
        header = ""
    try:
        part = asked_range(header, size)
    except NotSatisfiable:
        answer = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        return _dressed(answer, etag)
    answer = _part_of(found, kind, part, size) if part else FileResponse(found.file.open("rb"))
    answer["Content-Type"] = kind.content_type
    answer["Content-Disposition"] = content_disposition_header(kind.group == "document", found.filename)
    if kind.group in ("video", "audio"):
        answer["Accept-Ranges"] = "bytes"
    return _dressed(answer, etag)


def _part_of(found, kind, part, size):
    first, last = part
    answer = FileResponse(Part(found.file.open("rb"), first, last - first + 1), status=206)
    answer["Content-Range"] = f"bytes {first}-{last}/{size}"
    answer["Content-Length"] = last - first + 1
    return answer


def _dressed(answer, etag):
    answer["ETag"] = etag
    answer["Cache-Control"] = KEPT
    return answer

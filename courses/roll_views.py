"""The roll as an uploaded workbook: looked at first, then applied as it was looked at."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from courses.models import RollEntry
from courses.models.sessions import PLANNERS
from courses.roll import read_roll
from courses.session_actions import SessionRefused, take_roll
from courses.session_forms import RollUploadForm
from courses.session_views import session_or_404
from institutions.permissions import role_required
from institutions.templatetags.conduct import localnum
from institutions.uploads import MAX_BYTES, UploadRefused


@role_required(*PLANNERS)
def session_roll_upload(request, pk):
    """Read the roll and say what it would record; a second step records exactly that."""
    found = session_or_404(request, pk)
    if request.method == "POST" and "apply" in request.POST:
        return _apply(request, found)
    form = RollUploadForm(request.POST or None, request.FILES or None)
    reading = None
    if request.method == "POST" and form.is_valid():
        try:
            reading = read_roll(found, form.cleaned_data["file"].read(MAX_BYTES + 1))
        except UploadRefused as refusal:
            form.add_error("file", str(refusal))
    if reading and not reading.errors:
        request.session[_key(found)] = {"present": reading.present, "absent": reading.absent}
    return render(request, "courses/session_roll_upload.html", {"session": found, "form": form, "reading": reading})


def _apply(request, found):
    read = request.session.pop(_key(found), None)
    if read is None:
        messages.error(request, _("Nothing waits to be recorded. Send the file again."))
        return redirect("courses:session_roll_upload", found.pk)
    method = RollEntry.Method.WORKBOOK
    try:
        count = take_roll(session=found, **read, method=method, at=request.now, by=request.user)
        messages.success(request, _("The roll is saved. Changes: %(count)s") % {"count": localnum(count)})
    except SessionRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("courses:session", found.pk)


def _key(found):
    return f"courses.roll.{found.pk}"

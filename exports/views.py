"""Files that leave: made by a click or by a job, listed for whoever asked for them."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from certification.filters import Chosen, PersonFilter
from conduct_codes.sign_figures import Law, chosen_code, codes_that_bind
from exports import actions
from exports.filters_in_words import status_in_words
from exports.models import Export
from exports.permissions import may_download
from institutions.drilldown import day_of, institution_of, only_institution
from institutions.models import Post, Role
from institutions.permissions import role_required
from institutions.scope import TOTALS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 100


@role_required(Role.Kind.HR, Role.Kind.REGISTRAR)
def roster(request):
    """The roster of the people list: same filters, same order. Made by POST; an address alone leads to the list."""
    asked = request.POST if request.method == "POST" else request.GET
    to_list = f"{reverse('certification:person_list')}?{_filters(asked)}"
    form = PersonFilter(asked, scope=request.scope)
    if request.method != "POST" or not form.is_valid():
        return redirect(to_list)
    try:
        made = actions.export_roster(
            scope=request.scope, chosen=form.chosen, at=request.now, by=request.user, language=get_language()
        )
    except actions.NothingToExport as nothing:
        messages.warning(request, str(nothing))
        return redirect(to_list)
    return redirect("institutions:job", pk=made.export.job_id) if made.content is None else _file(made)


def _filters(asked):
    query = asked.copy()
    query.pop("csrfmiddlewaretoken", None)
    return query.urlencode()


@role_required(*sorted(TOTALS))
def coverage(request):
    """The figures of the coverage page, as a workbook with one sheet for each cut."""
    scope, code = request.scope, request.GET.get("institution")
    made = actions.make_coverage(
        scope=scope,
        institution=institution_of(scope, code) if code else only_institution(scope),
        on=day_of(request),
        at=request.now,
        by=request.user,
        language=get_language(),
    )
    return _file(made)


@role_required(*sorted(TOTALS))
def signatures(request):
    """The figures of the signatures page, as a workbook with one sheet for each cut."""
    scope, code = request.scope, request.GET.get("institution")
    institution = institution_of(scope, code) if code else only_institution(scope)
    day = day_of(request)
    codes = codes_that_bind(Post.objects.countable_by(scope).serving_on(day))
    chosen = chosen_code(codes, request.GET.get("code"))
    if chosen is None:
        messages.warning(request, _("No code bound anybody on this day, so there is nothing to download."))
        return redirect("conduct_codes:sign_figures")
    made = actions.make_signatures(
        scope=scope,
        institution=institution,
        law=Law(chosen, day),
        at=request.now,
        by=request.user,
        language=get_language(),
    )
    return _file(made)


def _file(made):
    response = HttpResponse(made.content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{made.file_name}"'
    return response


@role_required(*sorted(TOTALS))
def export_list(request):
    """The files that the viewer asked for, newest first, with what each held."""
    exports = Export.objects.visible_to(request.scope).select_related("institution", "job")[:SHOWN]
    rows = [
        {
            "export": export,
            "on": Chosen.from_facts({"on": export.filters["on"]}).on,
            "status": status_in_words(Chosen.from_facts(export.filters)) if export.what == "roster" else "",
            "ready": may_download(request.scope, export, request.now),
        }
        for export in exports
    ]
    return render(request, "exports/export_list.html", {"rows": rows})


@role_required(*sorted(TOTALS))
def download(request, pk):
    """A finished file, for its owner, for a day."""
    found = get_object_or_404(Export.objects.visible_to(request.scope).select_related("institution", "job"), pk=pk)
    if not may_download(request.scope, found, request.now):
        raise Http404
    actions.note_download(export=found, at=request.now, by=request.user)
    return FileResponse(
        found.job.result.open("rb"), as_attachment=True, filename=found.job.result_name, content_type=XLSX
    )

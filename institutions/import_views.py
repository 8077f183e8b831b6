"""Workbooks of people: sent, looked at row by row, applied as they were looked at, undone as a whole."""

import io

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from institutions.handover import narrowed
from institutions.import_forms import ImportForm, RowFilter
from institutions.imports import outgoing, preview, undoing
from institutions.imports.applying import start_applying
from institutions.imports.staging import ImportRefused, receive_file
from institutions.models import ImportRow, Institution, RegisterImport, TransferRequest
from institutions.models.imports import Verdict
from institutions.people_in.reading import SheetRefused
from institutions.permissions import SEES_PEOPLE, role_required
from institutions.templatetags.conduct import localnum
from institutions.uploads import MAX_BYTES, UploadRefused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
A_PAGE = 50
EARLIER = 20


@role_required(*SEES_PEOPLE)
def import_list(request):
    """Send a workbook; below, those that were sent before."""
    scope = request.scope
    form = ImportForm(request.POST or None, request.FILES or None, scope=scope)
    if request.method == "POST" and form.is_valid():
        found = _received(request, form)
        if found:
            return redirect("institutions:import", found.pk)
    here = narrowed(request)
    imports = RegisterImport.objects.visible_to(here.scope).select_related("institution", "job", "by__api_client")
    context = {
        "form": form,
        "unit": here.unit,
        "page_obj": Paginator(imports, EARLIER).get_page(request.GET.get("page")),
    }
    preview.name_people(context["page_obj"].object_list)
    return render(request, "institutions/import_list.html", context, status=400 if form.errors else 200)


def _received(request, form):
    """The import of an uploaded file; None, with the reason in the form, where the file is not usable."""
    data = form.cleaned_data
    file = data["file"]
    try:
        return receive_file(
            content=file.read(MAX_BYTES + 1),
            file_name=file.name,
            institution=data["institution"],
            scope=request.scope,
            at=request.now,
            by=request.user,
            complete_of=data["complete_of"],
            complete_on=data["complete_on"],
        )
    except (UploadRefused, SheetRefused, ImportRefused) as refusal:
        form.add_error("file", str(refusal))
        return None


def import_or_404(request, pk):
    imports = RegisterImport.objects.visible_to(request.scope)
    return get_object_or_404(imports.select_related("institution", "complete_of", "job", "by__api_client"), pk=pk)


@role_required(*SEES_PEOPLE)
def import_detail(request, pk):
    """The preview of an import, or what became of it: how many rows of each verdict, and the rows. POST applies it."""
    found = import_or_404(request, pk)
    if request.method == "POST":
        return _apply(request, found)
    form = RowFilter(request.GET)
    rows = ImportRow.objects.visible_to(request.scope).of(found)
    rows = rows.select_related("person", "post__institution", "post__position", "institution", "position")
    if found.form:
        return render(request, "institutions/import_entry.html", _of_one_person(request, found, list(rows)))
    chosen = preview.choice_of(found, form.chosen)
    paginator = Paginator(preview.chosen_rows(rows, chosen), A_PAGE)
    paginator.count = preview.count_of(found, chosen)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "import": found,
        "page_obj": page,
        "lines": [preview.line(row, found) for row in page.object_list],
        "chips": preview.chips(found, chosen),
        "counted": preview.counted(found),
        "leaves": found.counts.get(Verdict.LEAVE, 0),
        "asked": _asked(request, found),
        "left_out": [heading for heading, key in found.headings if heading and not key],
    }
    return render(request, "institutions/import_detail.html", context)


def _asked(request, found):
    """True if applying the import asked others for people."""
    if found.state != RegisterImport.State.APPLIED or not found.counts.get(Verdict.TRANSFER):
        return False
    return TransferRequest.objects.visible_to(request.scope).filter(register_import=found).exists()


def _of_one_person(request, found, rows):
    """What the page of an import shows that was entered on a page of its own."""
    address = preview.page_to_change(found, rows[0], request.user)
    return {"import": found, "entry": preview.entered(rows, found), "change_url": address}


def _apply(request, found):
    """Apply exactly the preview that was looked at; where the register has changed, show the new one."""
    try:
        applied = start_applying(
            register_import=found,
            seal=request.POST.get("seal", ""),
            scope=request.scope,
            at=request.now,
            by=request.user,
        )
    except ImportRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("institutions:import", found.pk)
    if applied.job:
        return redirect("institutions:job", applied.job.pk)
    if applied.is_changed:
        messages.warning(request, _("The register has changed since. Nothing was written; look at the new preview."))
    elif found.form:
        messages.success(request, _("It is done and on record."))
    else:
        count = ngettext("%(rows)s row was applied.", "%(rows)s rows were applied.", applied.rows)
        messages.success(request, count % {"rows": localnum(applied.rows)})
    return redirect("institutions:import", found.pk)


@role_required(*SEES_PEOPLE)
def import_undo(request, pk):
    """What undoing would do, and whose acts forbid it; then the undoing."""
    found = import_or_404(request, pk)
    if request.method == "POST":
        try:
            undoing.undo_import(register_import=found, at=request.now, by=request.user)
            messages.success(request, _("The import is undone: the register is as it was before."))
        except ImportRefused as refusal:
            messages.error(request, str(refusal))
        return redirect("institutions:import", found.pk)
    context = {"import": found}
    if found.state == RegisterImport.State.APPLIED:
        undo = undoing.plan_undo(found)
        context |= {"undo": undo, "touched": preview.touched(undo, request.scope)}
    return render(request, "institutions/import_undo.html", context)


@role_required(*SEES_PEOPLE)
@require_safe
def import_rows(request, pk):
    """The rows that are never applied, as a workbook under the file's own headings, with what is wrong in each."""
    found = import_or_404(request, pk)
    file = io.BytesIO()
    outgoing.write_rows_to_correct(file, found, language=get_language())
    return as_file(file.getvalue(), f"rows-to-correct-{found.pk}.xlsx")


def own_top(request):
    """The institution of the viewer's that a file is about: the one asked for, else the first."""
    pks = request.scope.institution_ids(*SEES_PEOPLE)
    tops = Institution.objects.filter(pk__in=pks).order_by("path")
    asked = request.GET.get("institution") or request.POST.get("institution")
    return get_object_or_404(tops, code=asked) if asked else get_object_or_404(tops[:1])


@role_required(*SEES_PEOPLE)
@require_safe
def import_template(request):
    """The empty workbook, with lists of what may stand in its cells."""
    top = own_top(request)
    content = outgoing.template_for(top, day=request.today, language=get_language())
    return as_file(content, f"people-{top.code}.xlsx")


@role_required(*SEES_PEOPLE)
@require_POST
def people_export(request):
    """Everybody who serves today in an institution of the viewer's, as a workbook that can be changed and sent back."""
    top = own_top(request)
    file = io.BytesIO()
    outgoing.write_register(
        file,
        institution=top,
        scope=request.scope,
        day=request.today,
        at=request.now,
        by=request.user,
        language=get_language(),
    )
    return as_file(file.getvalue(), f"people-{top.code}-{request.today.isoformat()}.xlsx")


def as_file(content, name):
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=XLSX, headers=headers)

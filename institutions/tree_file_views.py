"""The tree of institutions as a workbook: the empty form, what is there, and the sending of one, looked at first."""

import hashlib
import io

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from institutions.actions import RegisterRefused
from institutions.tree_in import keeping
from institutions.tree_in.applying import import_tree, plan_for
from institutions.tree_in.form import FORMS
from institutions.tree_in.reading import read_tree
from institutions.tree_in.rules import ADD, CHANGE, VERDICTS
from institutions.tree_in.writing import template_bytes, write_tree
from institutions.tree_permissions import owner_required
from institutions.uploads import MAX_BYTES, UploadRefused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 100
VERDICT_WORDS = {
    "add": _lazy("New"),
    "change": _lazy("Changed"),
    "unchanged": _lazy("Unchanged"),
    "error": _lazy("Wrong"),
}


class TreeFileForm(forms.Form):
    """A workbook of areas, sectors, positions and institutions."""

    file = forms.FileField(
        label=_lazy("Workbook (.xlsx)"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={
            "required": _lazy("Choose the file first."),
            "empty": _lazy("The file is empty. Choose it again."),
        },
    )


@owner_required
def tree_file(request):
    """Send a workbook; see what it would do, and every row that is wrong; then take it, whole or not at all."""
    if name := request.POST.get("kept", ""):
        return _take(request, name)
    form = TreeFileForm(request.POST, request.FILES) if request.method == "POST" else TreeFileForm()
    if form.is_valid():
        content = form.cleaned_data["file"].read(MAX_BYTES + 1)
        try:
            reading = read_tree(content)
        except UploadRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            return _show(request, reading, form.cleaned_data["file"].name, content)
    return render(request, "institutions/tree_file.html", {"form": form}, status=400 if form.errors else 200)


def _show(request, reading, file_name, content):
    """What the file would do. Only a file without a fault is kept, to be taken from here."""
    plan = plan_for(reading)
    changed = [row for row in plan.rows if row.verdict in (ADD, CHANGE)]
    context = {
        "file_name": file_name,
        "table": _table(plan),
        "verdicts": [VERDICT_WORDS[verdict] for verdict in VERDICTS],
        "problems": plan.problems[:SHOWN],
        "problem_count": len(plan.problems),
        "lines": [_line(row) for row in changed[:SHOWN]],
        "more": max(0, len(changed) - SHOWN),
        "ignored": reading.ignored,
        "kept": keeping.keep(content) if changed and not plan.problems else "",
    }
    return render(request, "institutions/tree_file_check.html", context)


def _table(plan):
    counts = plan.counts()
    return [(form.title, [(VERDICT_WORDS[each], counts[form.key][each]) for each in VERDICTS]) for form in FORMS]


def _line(row):
    """Sheet, row, what names it, its verdict, and the headings of what it would write."""
    form = row.entry.form
    said = [form.heading(key) for key in row.values if key not in form.names] if row.verdict == CHANGE else []
    name = row.entry.values.get("name_latin" if get_language() == "en" else "name", "")
    code = " · ".join(row.entry.name)
    return {"title": form.title, "line": row.entry.line, "code": code, "name": name, "is_new": row.verdict == ADD} | {
        "said": said
    }


def _take(request, name):
    """Take the file that was looked at; where the tree has changed since so that a row is wrong now, say so."""
    try:
        content = keeping.kept(name)
        import_tree(
            reading=read_tree(content),
            sha256=hashlib.sha256(content).hexdigest(),
            at=request.now,
            day=request.today,
            by=request.user,
        )
    except (RegisterRefused, UploadRefused) as refusal:
        messages.error(request, str(refusal))
        return redirect("institutions:tree_file")
    messages.success(request, _("The file is taken. What is still missing stands below."))
    return redirect("institutions:setup")


@owner_required
@require_safe
def tree_template(request):
    """The empty form, with lists of what may stand in its cells."""
    return _as_file(template_bytes(get_language()), "institutions-form.xlsx")


@owner_required
@require_safe
def tree_workbook(request):
    """What the site holds, in the same form: it can be changed and sent back."""
    target = io.BytesIO()
    write_tree(target, language=get_language())
    return _as_file(target.getvalue(), f"institutions-{request.today.isoformat()}.xlsx")


def _as_file(content, name):
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})

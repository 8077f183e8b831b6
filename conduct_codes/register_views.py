"""The public register of codes, as a page and as a workbook."""

import io

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from conduct_codes.register import register_rows
from institutions.workbooks import Column, write_workbook


def register(request):
    """Every code with its stage, edition, review and what it owes: the same for everybody."""
    request.public_page = True
    rows = register_rows(request.today)
    context = {
        "rows": rows,
        "unpenalised": sum(row.unpenalised or 0 for row in rows),
        "in_force": sum(bool(row.edition and not row.repeal) for row in rows),
        "pressing": sum(row.review in ("due", "overdue") for row in rows),
        "today": request.today,
    }
    return render(request, "conduct_codes/register.html", context)


def register_workbook(request):
    """The register as .xlsx, in the language of the page."""
    request.public_page = True
    file = io.BytesIO()
    write_workbook(
        file,
        columns=_columns(),
        rows=(_cells(row) for row in register_rows(request.today)),
        title=_("Register of codes"),
        sheet_title=_("Codes"),
        notes=[(_("As of"), request.today)],
        demonstration=settings.CONDUCT_DEMO,
        language=get_language(),
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(file.getvalue(), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="register-of-codes-{request.today.isoformat()}.xlsx"'
    return response


def _columns():
    return [
        Column(key="code", heading=_("Code of conduct"), width=36),
        Column(key="owner", heading=_("Owner"), width=36),
        Column(key="stage", heading=_("Stage"), width=22),
        Column(key="next", heading=_("Next text"), width=22),
        Column(key="edition", heading=_("Edition"), kind="integer", width=10),
        Column(key="since", heading=_("In force since"), kind="date"),
        Column(key="repealed", heading=_("Repealed on"), kind="date"),
        Column(key="due", heading=_("Review due"), kind="date"),
        Column(key="bare", heading=_("Prohibitions without a measure"), kind="integer"),
        Column(key="bare_next", heading=_("Prohibitions without a measure, next text"), kind="integer"),
        Column(key="returned", heading=_("Returned in review"), kind="integer"),
        Column(key="cured", heading=_("of these cured"), kind="integer"),
    ]


def _cells(row):
    return [
        row.code.label,
        row.code.owner.label,
        str(row.stage.label),
        str(row.next_label),
        row.edition.number if row.edition else None,
        row.edition.in_force_from if row.edition else None,
        row.repeal.effective_on if row.repeal else None,
        row.review_due_on if not row.repeal else None,
        row.unpenalised,
        row.unpenalised_next,
        row.returned,
        row.cured,
    ]

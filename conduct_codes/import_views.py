"""Import and export of articles in the admin: for who may edit the page, and never while it is in review."""

from functools import wraps

from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages

from conduct_codes import articles_in, importing
from conduct_codes.actions.importing import ImportRefused, closed_to_import, import_articles
from conduct_codes.import_forms import UploadForm, carried_by, carry
from conduct_codes.models import Code, CodePage
from institutions.models import Role

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def page_view(view):
    """A view of one code page whose editor the viewer is today; others are told that there is no such page.

    Rights in the admin end with end_role(), a role with its last day: both are asked.
    """

    @wraps(view)
    def guarded(request, pk, *args, **kwargs):
        page = get_object_or_404(CodePage.objects.select_related("code__owner", "locale"), pk=pk)
        edited = Code.objects.owned_under(request.scope, Role.Kind.EDITOR).filter(pk=page.code_id)
        if not (request.user.is_superuser or edited.exists()) or not page.permissions_for_user(request.user).can_edit():
            raise Http404
        return view(request, page, *args, **kwargs)

    return guarded


def in_language_of(page):
    """The admin is English; what is wrong in a file is said in the language of its words, which its author reads."""
    return override(page.locale.language_code)


@page_view
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request, page):
    """First what a file would make of the draft, article by article; then exactly that as a new draft revision."""
    if "carried" in request.POST:
        return _apply(request, page)
    form = UploadForm(request.POST or None, request.FILES or None)
    closed = closed_to_import(page)
    if request.method != "POST" or closed or not form.is_valid():
        return _show(request, page, form)
    name, content = form.cleaned_data["file"]
    try:
        with in_language_of(page):
            reading = importing.read_file(page, name, content)
            plan = importing.plan_of(page, reading, day=request.today)
    except articles_in.FileUnreadable as refusal:
        form.add_error("file", str(refusal))
        return _show(request, page, form)
    return _show(request, page, form, plan=plan, carried=carry(page, name, content))


def _apply(request, page):
    try:
        name, content = carried_by(page, request.POST["carried"])
    except signing.BadSignature as error:
        raise Http404 from error
    remove = "remove_missing" in request.POST
    facts = {"judged": request.POST.get("judged", ""), "remove_missing": remove, "by": request.user}
    shown = {"carried": request.POST["carried"]}
    with in_language_of(page):
        reading = importing.read_file(page, name, content)
        try:
            plan = import_articles(page=page, reading=reading, at=request.now, day=request.today, **facts)
        except ImportRefused as refused:
            shown["plan"] = getattr(refused, "plan", None) or importing.plan_of(page, reading, day=request.today)
            shown["refusal"] = str(refused)
    if "plan" in shown:
        return _show(request, page, UploadForm(), **shown)
    if plan.changes_something(remove_missing=remove):
        messages.success(request, _("The articles are in a new draft. Nothing was published and nothing adopted."))
    else:
        messages.info(request, _("The file says what the draft says already. Nothing was changed."))
    return redirect("wagtailadmin_pages:edit", page.pk)


def _show(request, page, form, *, plan=None, carried="", refusal=""):
    title = _("Import articles")
    crumbs = [
        {"url": reverse("wagtailadmin_pages:edit", args=[page.pk]), "label": page.get_admin_display_title()},
        {"url": "", "label": title},
    ]
    context = {
        "page": page,
        "form": form,
        "closed": closed_to_import(page),
        "plan": plan,
        "carried": carried,
        "refusal": refusal,
        "page_title": title,
        "header_title": title,
        "header_icon": "upload",
        "breadcrumbs_items": crumbs,
    }
    if plan:
        with in_language_of(page):
            context |= {
                "preview": importing.preview_for(page, plan),
                "kept": plan.refusals(remove_missing=False),
                "removed": plan.refusals(remove_missing=True),
                "title_stays": plan.reading.title and plan.reading.title != importing.draft_of(page).title.strip(),
            }
        context |= {
            "unit": _("Row") if plan.reading.unit == "row" else _("Paragraph"),
        }
    return render(request, "conduct_codes/admin/import.html", context)


@page_view
@require_safe
def download(request, page, file_format, is_template=False):
    """The draft's articles, or the empty template, as a workbook or a document in the page's language."""
    if file_format not in TYPES:
        raise Http404
    content = importing.written(page, file_format, is_template=is_template)
    name = f"{page.code.slug}-{'template' if is_template else 'articles'}-{page.locale.language_code}.{file_format}"
    response = HttpResponse(content, content_type=TYPES[file_format])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

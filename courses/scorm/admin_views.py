"""Packages in the admin: an editor hands them in, tries and withdraws them, for lessons of the own sections only."""

import json

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages

from courses.actions.scorm import accept_package, withdraw_package
from courses.admin_frame import show_in_admin
from courses.bank_views import may_enter
from courses.models import ScormPackage
from courses.models.catalogue import in_language
from courses.models.scorm import lessons_editable_by
from courses.scorm import serving
from courses.scorm.forms import PackageForm
from courses.scorm.manifest import PackageRefused
from courses.words import lesson_titles


def _show(request, template, title, context, lesson=None):
    crumbs = [(reverse("scorm_packages:index"), _("Packages (SCORM)"))]
    if lesson:
        crumbs.append((reverse("scorm_packages:lesson", args=[lesson.pk]), _name(lesson)))
    return show_in_admin(request, template, title, {"lesson": lesson, **context}, icon="download", crumbs=crumbs)


def _name(lesson):
    return in_language(lesson_titles([lesson.pk]).get(lesson.pk, {})) or lesson.slug


@require_safe
def index(request):
    """The lessons that the viewer edits, each with the package that it has now."""
    if not may_enter(request):
        raise Http404
    lessons = list(lessons_editable_by(request.scope).select_related("course").order_by("course__order", "order"))
    titles = lesson_titles([lesson.pk for lesson in lessons])
    newest = {}
    for each in ScormPackage.objects.in_use().filter(lesson__in=lessons).newest_first():
        newest.setdefault(each.lesson_id, each)
    rows = [
        {
            "lesson": lesson,
            "title": in_language(titles.get(lesson.pk, {})) or lesson.slug,
            "package": newest.get(lesson.pk),
        }
        for lesson in lessons
    ]
    return _show(request, "scorm_index", _("Packages (SCORM)"), {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def lesson(request, lesson):
    """The packages of a lesson, and the form for the next."""
    found = get_object_or_404(lessons_editable_by(request.scope).select_related("course"), pk=lesson)
    form = PackageForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            package = accept_package(lesson=found, file=form.cleaned_data["file"], at=request.now, by=request.user)
        except PackageRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, _("The package is in use. Try it before you tell learners of it."))
            return redirect("scorm_packages:preview", package.pk)
    packages = ScormPackage.objects.filter(lesson=found).select_related("uploaded_by").newest_first()
    current = next((each for each in packages if each.withdrawn_at is None), None)
    context = {"form": form, "packages": packages, "current": current}
    return _show(request, "scorm_lesson", _name(found), context)


def _package(request, pk):
    packages = ScormPackage.objects.editable_by(request.scope).select_related("lesson__course")
    return get_object_or_404(packages, pk=pk)


@require_safe
def preview(request, pk):
    """The package as a learner plays it; nothing that it reports is kept."""
    package = _package(request, pk)
    if package.withdrawn_at:
        raise Http404
    context = {
        "package": package,
        "address": serving.launch_address(package, request.now),
        "given": json.dumps(serving.given(None)),
        "sandbox": serving.SANDBOX,
    }
    return _show(request, "scorm_preview", package.title, context, package.lesson)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request, pk):
    """Close a package; first a page that says what follows."""
    package = _package(request, pk)
    if request.method == "POST":
        withdraw_package(package=package, at=request.now, by=request.user)
        messages.success(request, _("The package is withdrawn. Lessons completed with it stay completed."))
        return redirect("scorm_packages:lesson", package.lesson_id)
    return _show(request, "scorm_withdraw", _("Withdraw the package"), {"package": package}, package.lesson)

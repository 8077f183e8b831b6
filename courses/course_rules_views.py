"""How courses are taken, in the admin: order, required lessons, minimum times, what comes first."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from courses.actions.catalogue import CourseRulesRefused, set_course_rules
from courses.admin_frame import show_in_admin
from courses.bank_views import may_enter
from courses.course_rules_forms import CourseRulesForm
from courses.models import Course
from courses.viewsets import EditorsMenuItem

ICON = "list-ol"


@require_safe
def index(request):
    """The courses of the viewer's sections."""
    if not may_enter(request):
        raise Http404
    courses = Course.objects.editable_by(request.scope).order_by("order", "slug")
    return show_in_admin(request, "course_rules_index", _("Order of lessons"), {"courses": courses}, icon=ICON)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, course):
    """One course; a course of another section is not there."""
    found = get_object_or_404(Course.objects.editable_by(request.scope), slug=course)
    form = CourseRulesForm(request.POST or None, course=found)
    if request.method == "POST" and form.is_valid():
        try:
            set_course_rules(course=found, at=request.now, by=request.user, **form.facts())
        except CourseRulesRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("This holds for everybody who enrols from now on."))
            return redirect("course_rules:index")
    crumbs = [(reverse("course_rules:index"), _("Order of lessons"))]
    context = {"form": form, "course": found}
    return show_in_admin(request, "course_rules", found.label, context, icon=ICON, crumbs=crumbs)


class CourseRules(ViewSet):
    """Order, required lessons, minimum times and prerequisites of the courses of the viewer's sections."""

    name = "course_rules"
    url_prefix = "course-rules"
    icon = ICON
    menu_label = gettext_lazy("Order of lessons")
    menu_order = 255
    add_to_admin_menu = True
    menu_item_class = EditorsMenuItem

    def get_urlpatterns(self):
        return [path("", index, name="index"), path("<slug:course>/", edit, name="edit")]

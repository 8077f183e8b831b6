"""Courses and question banks in the Wagtail admin: views of our own, each of which asks whose they are.

Wagtail's generic views check rights for a model, not for a row, and keep what they edit as revisions; here neither
would do.
"""

from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from courses import bank_views, course_admin


class EditorsMenuItem(MenuItem):
    """Stands in the menu of those who edit a section, as the page behind it answers them."""

    def is_shown(self, request):
        return bank_views.may_enter(request)


class QuestionBanks(ViewSet):
    """Banks of the viewer's sections: list, write, retire, preview, import, export."""

    name = "question_banks"
    url_prefix = "question-banks"
    icon = "help"
    menu_label = _("Question banks")
    menu_order = 250
    add_to_admin_menu = True
    menu_item_class = EditorsMenuItem

    def get_urlpatterns(self):
        return [
            path("", bank_views.index, name="index"),
            path("<slug:bank>/", bank_views.bank, name="bank"),
            path("<slug:bank>/new/<slug:kind>/", bank_views.write, name="add"),
            path("<slug:bank>/import/", bank_views.upload, name="import"),
            path("<slug:bank>/export/<slug:file_format>/", bank_views.download, name="export"),
            path("<slug:bank>/questions/<uuid:key>/", bank_views.write, name="edit"),
            path("<slug:bank>/questions/<uuid:key>/preview/", bank_views.preview, name="preview"),
            path("<slug:bank>/questions/<uuid:key>/retire/", bank_views.retire, name="retire"),
        ]


class KeptCourses(ViewSet):
    """Courses of the viewer's sections: what is missing, lessons and their order, translation, retirement."""

    name = "kept_courses"
    url_prefix = "kept-courses"
    icon = "doc-full"
    menu_label = _("Courses")
    menu_order = 240
    add_to_admin_menu = True
    menu_item_class = EditorsMenuItem

    def get_urlpatterns(self):
        return [
            path("", course_admin.index, name="index"),
            path("new/", course_admin.add, name="add"),
            path("course/<slug:course>/", course_admin.course, name="course"),
            path("course/<slug:course>/lessons/new/", course_admin.lesson_add, name="lesson_add"),
            path("course/<slug:course>/lessons/<int:pk>/", course_admin.lesson, name="lesson"),
            path("course/<slug:course>/lessons/<int:pk>/move/", course_admin.lesson_move, name="lesson_move"),
            path("course/<slug:course>/translate/<int:pk>/", course_admin.translate, name="translate"),
            path("course/<slug:course>/retire/", course_admin.retire, name="retire"),
        ]

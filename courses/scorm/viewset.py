"""Where the admin has its pages about packages."""

from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSet

from courses.scorm import admin_views
from courses.viewsets import EditorsMenuItem


class ScormPackages(ViewSet):
    """Packages of the viewer's sections: list, upload, try, withdraw."""

    name = "scorm_packages"
    url_prefix = "scorm-packages"
    icon = "download"
    menu_label = _("Packages (SCORM)")
    menu_order = 260
    add_to_admin_menu = True
    menu_item_class = EditorsMenuItem

    def get_urlpatterns(self):
        return [
            path("", admin_views.index, name="index"),
            path("lessons/<int:lesson>/", admin_views.lesson, name="lesson"),
            path("<int:pk>/preview/", admin_views.preview, name="preview"),
            path("<int:pk>/withdraw/", admin_views.withdraw, name="withdraw"),
        ]

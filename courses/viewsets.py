"""The question banks in the Wagtail admin: views of our own, each of which asks whose bank it is.

Wagtail's generic views check rights for a model, not for a row, and keep what they edit as revisions; here neither
would do.
"""

from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from courses import bank_views


class BanksMenuItem(MenuItem):
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
    menu_item_class = BanksMenuItem

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

"""Registrations in the Wagtail admin: reference lists, and what its views may not do here."""

from django.urls import include, path, reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button

from conduct_codes import admin_guards, import_views, viewsets
from conduct_codes.actions.importing import closed_to_import
from conduct_codes.admin_home import ReviewsDuePanel
from conduct_codes.models import CodePage


@hooks.register("register_admin_viewset")
def register_reference_lists():
    return viewsets.ReferenceLists()


@hooks.register("construct_homepage_panels")
def say_which_reviews_are_due(request, panels):
    panels.append(ReviewsDuePanel(request))


@hooks.register("register_admin_urls")
def article_files():
    views = [
        path("<int:pk>/", import_views.upload, name="import"),
        path("<int:pk>/export/<slug:file_format>/", import_views.download, name="export"),
        path("<int:pk>/template/<slug:file_format>/", import_views.download, {"is_template": True}, name="template"),
    ]
    return [path("code-articles/", include((views, "code_articles")))]


@hooks.register("register_page_header_buttons")
def offer_import(page, user, view_name, next_url=None):
    """Stands in the menu of a code page for who may edit it, unless it is in review."""
    code_page = page.specific_deferred
    if isinstance(code_page, CodePage) and page.permissions_for_user(user).can_edit() and not closed_to_import(page):
        address = reverse("code_articles:import", args=[page.pk])
        yield Button(_("Import articles"), url=address, icon_name="upload", priority=95)


hooks.register("before_delete_page", admin_guards.keep_adopted_page)
hooks.register("before_bulk_action", admin_guards.keep_adopted_pages)
hooks.register("construct_page_chooser_queryset", admin_guards.choose_in_own_section)
hooks.register("construct_reports_menu", admin_guards.leave_out_report_over_all_pages)

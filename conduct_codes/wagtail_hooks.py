"""Registrations in the Wagtail admin: reference lists, and what its views may not do here."""

from wagtail import hooks

from conduct_codes import admin_guards, viewsets
from conduct_codes.admin_home import ReviewsDuePanel


@hooks.register("register_admin_viewset")
def register_reference_lists():
    return viewsets.ReferenceLists()


@hooks.register("construct_homepage_panels")
def say_which_reviews_are_due(request, panels):
    panels.append(ReviewsDuePanel(request))


hooks.register("before_delete_page", admin_guards.keep_adopted_page)
hooks.register("before_bulk_action", admin_guards.keep_adopted_pages)
hooks.register("construct_page_chooser_queryset", admin_guards.choose_in_own_section)
hooks.register("construct_reports_menu", admin_guards.leave_out_report_over_all_pages)

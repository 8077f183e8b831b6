"""Registrations in the Wagtail admin: what its views may not do here."""

from wagtail import hooks

from courses import admin_guards

hooks.register("before_delete_page", admin_guards.keep_taken_page)
hooks.register("before_bulk_action", admin_guards.keep_taken_pages)

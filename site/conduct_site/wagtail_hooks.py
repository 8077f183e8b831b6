"""Registrations in the Wagtail admin that belong to this site's look."""

from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks

from institutions.access_actions import shut_out_closed_accounts


@hooks.register("insert_global_admin_css")
def khmer_font():
    """Editors read and write Khmer, whatever fonts their computer has."""
    return format_html('<link rel="stylesheet" href="{}">', static("conduct_site/admin.css"))


@hooks.register("after_edit_user")
def shut_out_at_once(request, user):
    """An account that the platform owner closes is logged out with the same click."""
    shut_out_closed_accounts(at=request.now)


@hooks.register("after_bulk_action")
def shut_out_many_at_once(request, action_type, objects, action_class_instance):
    """The same where many are closed together."""
    shut_out_closed_accounts(at=request.now)

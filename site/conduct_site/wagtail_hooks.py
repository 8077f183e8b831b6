"""Registrations in the Wagtail admin that belong to this site's look."""

from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks


@hooks.register("insert_global_admin_css")
def khmer_font():
    """Editors read and write Khmer, whatever fonts their computer has."""
    return format_html('<link rel="stylesheet" href="{}">', static("conduct_site/admin.css"))

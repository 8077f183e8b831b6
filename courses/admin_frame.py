"""The frame of the app's own pages in the Wagtail admin: title, icon and the way back."""

from django.shortcuts import render


def show_in_admin(request, template, title, context, *, icon, crumbs=(), status=200):
    """A page of courses/admin/ under its title; crumbs are the (address, label) of the pages above it."""
    above = [{"url": url, "label": label} for url, label in crumbs]
    frame = {
        "page_title": title,
        "header_title": title,
        "header_icon": icon,
        "breadcrumbs_items": [*above, {"url": "", "label": title}],
    }
    return render(request, f"courses/admin/{template}.html", {**frame, **context}, status=status)

"""What the Wagtail admin must not do here: delete the page of an adopted code, show one section's drafts to another."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.models import Page
from wagtail.permissions import policy_registry

from conduct_codes.models import Code, CodePage


def adopted_codes_below(pages):
    """Codes with an edition that have a page among these pages or below them."""
    found = CodePage.objects.none()
    for page in pages:
        found |= CodePage.objects.descendant_of(page, inclusive=True)
    return Code.objects.filter(pages__in=found, editions__isnull=False).distinct()


def _refuse(request, pages):
    """Back to the explorer with a sentence, if one of the pages must stay."""
    codes = adopted_codes_below(pages)
    if not codes:
        return None
    names = ", ".join(code.name_latin for code in codes)
    messages.error(
        request,
        _("This page cannot be deleted: it is the page of an adopted code (%(names)s). Unpublish it instead.")
        % {"names": names},
    )
    return redirect("wagtailadmin_explore", pages[0].get_parent().pk)


def keep_adopted_page(request, page):
    """before_delete_page: the page of an adopted code stays."""
    return _refuse(request, [page])


def keep_adopted_pages(request, action_type, objects, action_class_instance):
    """before_bulk_action: the same for many pages at once."""
    if action_type == "delete" and all(isinstance(page, Page) for page in objects):
        return _refuse(request, list(objects))
    return None


def _explorable(user):
    return policy_registry.get_by_type(Page).explorable_instances(user).values_list("pk", flat=True)


def choose_in_own_section(pages, request):
    """construct_page_chooser_queryset: an editor links to pages of the own sections only."""
    return pages if request.user.is_superuser else pages.filter(pk__in=_explorable(request.user))


def leave_out_report_over_all_pages(request, menu_items):
    """construct_reports_menu: the report that only the platform owner may open stands in nobody else's menu."""
    if not request.user.is_superuser:
        menu_items[:] = [item for item in menu_items if item.name != "page-types-usage"]


def may_look_at(user, page_ids):
    """True if each of these pages lies in a section of the user's, or waits for the user's review.

    A page that is not there is answered like a foreign one, so that no number tells which pages there are.
    """
    if Page.objects.filter(pk__in=page_ids).count() < len(page_ids):
        return False
    pages = Page.objects.filter(pk__in=page_ids).exclude(pk__in=_explorable(user))
    return all(_reviews(user, page) for page in pages)


def _reviews(user, page):
    task = page.current_workflow_task
    return task is not None and task.specific.user_can_access_editor(page, user)

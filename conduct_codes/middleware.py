"""The door of the Wagtail admin: an editor asks only about pages of the own sections."""

from django.http import Http404
from django.urls import reverse

from conduct_codes.admin_guards import may_look_at

# Where the addresses of the Wagtail admin name a page; some of its views show a title before they ask for rights.
NAMES_IN_PATH = (
    "page_id",
    "parent_page_id",
    "page_to_move_id",
    "destination_id",
    "page_to_copy_id",
    "page_to_alias_id",
)
NAMES_IN_QUERY = ("id", "childOf", "target_pages[]")
PAGE_CHOOSERS = "wagtailadmin_choose_page"
BULK_ACTION = "wagtail_bulk_action"

# A report over all pages, with a title of each kind; it asks for rights on any page at all.
OVER_ALL_PAGES = "wagtailadmin_reports:page_types_usage"


class SectionMiddleware:
    """Answers "no such page" to an account that asks the Wagtail admin about a page of somebody else's section."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.path_info.startswith(reverse("wagtailadmin_home")) or not request.user.is_authenticated:
            return None
        if request.user.is_superuser:
            return None
        over_all = request.resolver_match.view_name.startswith(OVER_ALL_PAGES)
        if over_all or not may_look_at(request.user, asked_pages(request, kwargs)):
            raise Http404
        return None


def asked_pages(request, kwargs):
    """Ids of the pages that the address names, in its path or, for page choosers and bulk actions, in its query."""
    named = [kwargs[name] for name in NAMES_IN_PATH if kwargs.get(name)]
    view = request.resolver_match.view_name
    if view.startswith(PAGE_CHOOSERS) or (view == BULK_ACTION and kwargs.get("model_name") == "page"):
        named += [value for name in NAMES_IN_QUERY for value in request.GET.getlist(name)]
    numbers = {int(value) for value in named if str(value).isdecimal()}
    return {number for number in numbers if number < 2**31}  # no page has a larger one, and no database takes it

"""What the frame of a page needs: the way to the other language and the way around, by role."""

from dataclasses import dataclass

from django import template
from django.conf import settings
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from conduct_site.providers.configured import configured

register = template.Library()


@dataclass(frozen=True)
class Item:
    """One entry of a menu; `icon` names a symbol, and only the officer's bar has one."""

    label: str
    url: str
    current: bool
    icon: str = ""


PUBLIC = [
    ("home", _("All codes")),
    ("library", _("Courses")),
    ("certification:verify_lookup", _("Check a certificate")),
]
# The words of codes and courses live at addresses that their editors choose; they stand under these entries.
UNDER = {"conduct_site": "home", "conduct_codes": "home", "courses": "library"}
OFFICER = [
    ("certification:training", _("Training"), "list"),
    ("courses:learning", _("Learn"), "book"),
    ("certification:certificate_list", _("Certificates"), "medal"),
]
# Which entry stands for whom; an entry appears once however many roles ask for it.
BY_ROLE = [
    ("certification:todo", _("To do"), {"hr", "registrar"}),
    ("courses:tries", _("Tries used up"), {"trainer"}),
    ("courses:regrade_list", _("Mark again"), {"trainer", "registrar"}),
    ("courses:item_courses", _("How questions fare"), {"trainer", "registrar", "editor"}),
    ("certification:person_list", _("People"), {"hr", "registrar"}),
    ("institutions:tree", _("Institutions"), {"registrar"}),
    ("institutions:role_list", _("Roles"), {"registrar"}),
    ("certification:coverage", _("Coverage"), {"hr", "registrar", "monitor"}),
    ("conduct_codes:sign_figures", _("Signatures"), {"hr", "registrar", "monitor"}),
    ("courses:session_list", _("Sessions"), {"trainer", "hr", "registrar"}),
    ("discipline:case_list", _("Discipline cases"), {"discipline"}),
    ("institutions:audit_list", _("Record of access"), {"auditor"}),
    ("exports:export_list", _("Exports"), {"hr", "registrar", "monitor"}),
    ("conduct_codes:text_list", _("My texts"), {"editor"}),
    ("conduct_codes:review_list", _("Texts in review"), {"reviewer"}),
    ("conduct_codes:adoption_list", _("Adoption of codes"), {"adopter"}),
    ("wagtailadmin_home", _("Edit codes and courses"), {"editor", "reviewer"}),
]


def address_in(request, language: str, page: Page | None = None) -> str:
    """The same place in the other language: the translated page, the translated address, or `?lang=`."""
    query = request.GET.copy()
    query.pop("lang", None)
    here = request.path
    if page is not None and page.pk:
        address = _page_in(page, language, request)
    else:
        address = translate_url(here, language)
        if address == here:
            query["lang"] = language
    return f"{address}?{query.urlencode()}" if query else address


def _page_in(page: Page, language: str, request) -> str:
    translation = page.get_translations().live().filter(locale__language_code=language).first()
    if translation is None:
        return f"/{language}/"
    return translation.get_url(request) or f"/{language}/"


@register.inclusion_tag("conduct_site/_language_switch.html", takes_context=True)
def language_switch(context) -> dict:
    """Links to this place in every other language, each in its own words."""
    request = context.get("request")
    if request is None:
        return {"links": []}
    page = context.get("page") if isinstance(context.get("page"), Page) else None
    here = get_language()
    return {
        "links": [
            {"code": code, "name": name, "url": address_in(request, code, page)}
            for code, name in settings.LANGUAGES
            if code != here
        ]
    }


@register.inclusion_tag("conduct_site/_navigation.html", takes_context=True)
def navigation(context) -> dict:
    """The menu of whoever looks: the public's, an officer's three things, or what the roles are for."""
    request = context.get("request")
    scope = None if context.get("public_page") else getattr(request, "scope", None)
    user = getattr(scope, "user", None)
    path = getattr(request, "path", "")
    if user is None or not user.is_authenticated:
        entries = [*PUBLIC, ("start", _("Log in"))]
        page = context.get("page")
        above = UNDER.get(page._meta.app_label, "") if isinstance(page, Page) else ""
        return {"items": _items(entries, path, above), "three": False}
    roles = [(name, label) for name, label, kinds in BY_ROLE if kinds & scope.kinds]
    if user.is_superuser:
        roles = [
            *roles,
            ("institutions:setup", _("First day")),
            ("institutions:tree", _("Institutions")),
            ("institutions:role_list", _("Roles")),
            ("wagtailadmin_home", _("Administration")),
        ]
    if roles:
        own = [("certification:training", _("My training"))] if scope.person else []
        return {"items": _items([*roles, *own], path), "three": False}
    return {"items": _items(OFFICER, path), "three": True}


def _items(entries: list[tuple], path: str, above: str = "") -> list[Item]:
    items = []
    for name, label, *icon in entries:
        url = _address(name)
        if url and url not in [item.url for item in items]:
            items.append(Item(label, url, name == above or path == url.split("?")[0], *icon))
    return items


def _address(name: str) -> str:
    """The address behind a name, in the page's language; none where the site does not carry that page."""
    language = get_language()
    if name == "home":
        return f"/{language}/"
    try:
        address = reverse(name)
    except NoReverseMatch:
        return ""
    has_language = address.startswith((f"/{language}/", reverse("wagtailadmin_home")))
    return address if has_language or language == settings.LANGUAGE_CODE else f"{address}?lang={language}"


@register.simple_tag
def identity_providers():
    """The ministries' identity providers with which one can log in here; none in most settings."""
    return configured()

"""The interface for other systems: the routers of the apps under one address, refusals in one shape, no Wagtail.

An app has its operations in a `router` of its `api` module; each operation names the right that a client needs.
"""

from functools import wraps

from django.http import Http404
from django.urls import path, re_path
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import trans_real
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.renderers import JSONRenderer

from conduct_site.middleware import LANGUAGES
from exports.api import router as reading
from institutions import api_errors
from institutions.api import router as people
from institutions.api_bodies import StrictParser
from institutions.client_auth import ClientAuth


class Utf8Renderer(JSONRenderer):
    """JSON with Khmer as it is written: escaped it would be twice as long."""

    json_dumps_params = {"ensure_ascii": False}


def in_english(view):
    """The description of the interface for programs: the same for everybody, so any cache may keep it."""

    @wraps(view)
    @require_safe
    def described(request, **kwargs):
        request.public_page = True
        with translation.override("en"):
            return view(request, **kwargs)

    return described


api = NinjaAPI(
    title="Conduct",
    version="1",
    description=_("People, posts and what they hold, for the other systems of a ministry."),
    urls_namespace="api",
    docs_url=None,  # the framework's page loads its parts from another host; ours is api_pages
    docs_decorator=in_english,
    auth=ClientAuth(),
    parser=StrictParser(),
    renderer=Utf8Renderer(),
)
api_errors.install(api)
for router in (people, reading):
    api.add_router("", router)


def machine(view):
    """A view for programs: in the language that the request asks for, and JSON whatever happens."""

    @wraps(view)
    def answered(request, *args, **kwargs):
        translation.activate(language_asked(request))
        request.LANGUAGE_CODE = translation.get_language()
        try:
            answer = view(request, *args, **kwargs)
        except Http404:
            return api_errors.refused(404)
        if answer.status_code != 405:
            return answer
        refused = api_errors.refused(405)
        refused["Allow"] = answer["Allow"]
        return refused

    answered.csrf_exempt = True  # no cookie opens anything here, so there is nothing to forge
    return answered


def language_asked(request):
    """The first language of Accept-Language that the site has, else the site's first."""
    for language, _weight in trans_real.parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        short = language.split("-")[0]
        if short in LANGUAGES:
            return short
    return next(iter(LANGUAGES))


def nothing_here(request, **kwargs):
    raise Http404


def urlpatterns():
    """The addresses of the interface, the last of which answers for all that there are not."""
    addresses, app_name, namespace = api.urls
    for address in addresses:
        address.callback = machine(address.callback)
    return [
        path("api/v1/", (addresses, app_name, namespace)),
        re_path(r"^api/(?P<rest>.*)$", machine(nothing_here), name="api_nothing"),
    ]

"""Language, caching, idle sessions and the content policy: what holds for every answer of the site."""

from collections.abc import Callable
from time import time

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import add_never_cache_headers, patch_cache_control

from conduct_site.sessions import BEGAN, HAS_ROLE
from institutions.access_actions import note_session
from institutions.devices import device_of
from institutions.scope import Scope
from institutions.tree_permissions import holds_role

LANGUAGES = dict(settings.LANGUAGES)
TOUCH_SECONDS = 300
ADMIN_DIRECTIVES = {
    # Wagtail's admin carries inline scripts and styles, previews in frames and shows uploaded pictures.
    "script-src": ["'self'", "'unsafe-inline'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:", "blob:"],
    "frame-src": ["'self'"],
    "frame-ancestors": ["'self'"],
    "worker-src": ["'self'", "blob:"],
}


def is_admin(request: HttpRequest) -> bool:
    return request.path_info.startswith("/admin/")


class LanguageMiddleware(LocaleMiddleware):
    """The language of a page: its address, else `?lang=`, else what was chosen before, else the first language.

    The browser's own list is not asked: phones of the field are sold with English set, and a page that anyone
    may keep in a cache must not depend on who asks.
    """

    def process_request(self, request: HttpRequest) -> None:
        in_address = translation.get_language_from_path(request.path_info)
        asked = request.GET.get("lang")
        asked = asked if asked in LANGUAGES else None
        translation.activate("en" if is_admin(request) else in_address or asked or self._chosen(request))
        request.LANGUAGE_CODE = translation.get_language()

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response.headers.setdefault("Content-Language", translation.get_language())
        self._remember(request, response)
        return response

    def _chosen(self, request: HttpRequest) -> str:
        cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        return cookie if cookie in LANGUAGES else settings.LANGUAGE_CODE

    def _remember(self, request: HttpRequest, response: HttpResponse) -> None:
        """Keeps the language for addresses that have none; a page for shared caches never sets a cookie."""
        asked = request.GET.get("lang")
        language = asked if asked in LANGUAGES else translation.get_language_from_path(request.path_info)
        if not language or language == self._chosen(request) or getattr(request, "public_page", False):
            return
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 24 * 60 * 60,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )


class CompressionMiddleware(GZipMiddleware):
    """Compresses pages; workbooks, PDFs and pictures are compressed already."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        kind = response.headers.get("Content-Type", "").split(";")[0]
        if kind.startswith("text/") or kind in {"application/json", "image/svg+xml"}:
            return super().process_response(request, response)
        return response


class CacheControlMiddleware:
    """Nothing is kept by anybody unless a view says so: `request.public_page = True`, or its own Cache-Control."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.has_header("Cache-Control"):
            return response
        if getattr(request, "public_page", False) and response.status_code == 200:
            patch_cache_control(response, public=True, max_age=300)
        else:
            add_never_cache_headers(response)
        return response


class IdleSessionMiddleware:
    """A session ends some time after its last use; the time, and the device, are written at most every five minutes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "public_page", False) or not request.session.accessed:
            return response
        if request.session.get("_auth_user_id") and time() - request.session.get("seen", 0) > TOUCH_SECONDS:
            request.session["seen"] = int(time())
            request.session.setdefault(BEGAN, int(time()))
            request.session[HAS_ROLE] = holds_role(Scope.for_user(request.user, request.today))
            if request.user.is_authenticated and request.session.session_key:
                device = device_of(request.headers.get("User-Agent", ""))
                key = request.session.session_key
                note_session(session_key=key, user=request.user, device=device, at=request.now)
        return response


class ContentPolicyMiddleware(CSPMiddleware):
    """The strict policy everywhere but in Wagtail's admin, which gets what its own pages need."""

    def get_policy_parts(self, request: HttpRequest, response: HttpResponse, report_only: bool = False) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if is_admin(request) and not report_only:
            parts.replace = {**ADMIN_DIRECTIVES, **(parts.replace or {})}
        elif getattr(request, "is_preview", False) and not report_only:
            # An editor sees the page in a frame beside the words.
            parts.replace = {"frame-ancestors": ["'self'"], **(parts.replace or {})}
        return parts

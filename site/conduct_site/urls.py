"""The table of addresses. Personal pages and Wagtail's carry a language; permanent addresses do not."""

from importlib import import_module, util

from allauth.account import views as account
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLResolver, include, path
from django.urls.resolvers import RoutePattern
from django.views.decorators.cache import cache_control
from django.views.generic import RedirectView
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from conduct_site import api, api_pages, installed, kept, second_step, views
from conduct_site.providers import views as providers
from courses import file_views

ABOUT = ("help", "privacy", "accessibility")
APPS = ["institutions", "conduct_codes", "courses", "certification", "discipline", "exports"]


def _has_urls(app: str) -> bool:
    return util.find_spec(f"{app}.urls") is not None


def app_urls(app: str) -> URLResolver:
    """One namespace for an app: its permanent addresses as they are, its pages behind the language.

    `include()` refuses a language prefix below the root, because Django looks for one only there. It finds one
    there (accounts, Wagtail), and an app whose names were split over two includes could reverse only half of them.
    """
    module = import_module(f"{app}.urls")
    pages = i18n_patterns(*module.urlpatterns)
    return URLResolver(RoutePattern(""), [*getattr(module, "plain_urlpatterns", []), *pages], None, app, app)


account_patterns = [
    path("start/", views.start, name="start"),
    path("kept/", kept.kept_form, name="kept_form"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("login/", providers.with_providers(account.login), name="account_login"),
    path("provider/<slug:provider_id>/", providers.start, name="provider_login"),
    path("provider/<slug:provider_id>/again/", providers.again, name="provider_again"),
    path("provider/<slug:provider_id>/<slug:kind>/", providers.led_nowhere, name="provider_answer"),
    path("logout/", views.log_out, name="account_logout"),
    path("password/", views.password_change, name="account_change_password"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("second-step/", second_step.required, name="second_step_required"),
    path("two-step/", include("allauth.mfa.urls")),
]

# Wagtail brings two login forms of its own, which know neither the second step nor the limit of tries.
to_log_in = RedirectView.as_view(pattern_name="account_login", query_string=True)

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("sw.js", installed.service_worker, name="service_worker"),
    # Entered at the ministry's provider, so without a language and never to change.
    path("account/provider/<slug:provider_id>/callback/", providers.callback, name="provider_callback"),
    path("admin/login/", to_log_in, name="admin_login"),
    path("admin/", include(wagtailadmin_urls)),
    # Wagtail's own view sends no parts of a file, which players ask for.
    path("documents/<int:document_id>/<path:document_filename>", file_views.document, name="wagtaildocs_serve"),
    *api.urlpatterns(),
    *(app_urls(app) for app in APPS if _has_urls(app)),
    *i18n_patterns(
        path("account/", include(account_patterns)),
        path("api/", api_pages.api_pages, name="api_pages"),
        path("app.webmanifest", installed.manifest, name="manifest"),
        path("library/", views.library, name="library"),
        *(path(f"{page}/", views.about, {"page": page}, name=page) for page in ABOUT),
        path("_util/login/", to_log_in, name="page_login"),
        path("", include(wagtail_urls)),
    ),
]
if settings.CONDUCT_DEMO:
    # A real site's web server hands out pictures; the demo has none.
    pictures = cache_control(public=True, max_age=24 * 60 * 60)(serve)
    urlpatterns.insert(0, path("media/<path:path>", pictures, {"document_root": settings.MEDIA_ROOT}))

handler400 = "conduct_site.views.bad_request"
handler403 = "conduct_site.views.forbidden"
handler404 = "conduct_site.views.not_found"
handler500 = "conduct_site.views.server_error"

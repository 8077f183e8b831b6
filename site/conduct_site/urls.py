"""The table of addresses. Personal pages and Wagtail's carry a language; permanent addresses do not."""

from importlib import import_module, util

from allauth.account import views as account
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.conf.urls.static import static
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from conduct_site import kept, views

APPS = ["institutions", "conduct_codes", "courses", "certification", "discipline", "exports"]


def _included(app: str, name: str) -> list:
    """One list of an app's urls module, under the app's namespace; none while the module is not there."""
    if not util.find_spec(app) or not util.find_spec(f"{app}.urls"):
        return []
    patterns = getattr(import_module(f"{app}.urls"), name, [])
    return [path("", include((patterns, app)))]


account_patterns = [
    path("start/", views.start, name="start"),
    path("kept/", kept.kept_form, name="kept_form"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("password/", account.password_change, name="account_change_password"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("two-step/", include("allauth.mfa.urls")),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("admin/", include(wagtailadmin_urls)),
    *(pattern for app in APPS for pattern in _included(app, "plain_urlpatterns")),
]
if settings.CONDUCT_DEMO:
    urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)

urlpatterns += i18n_patterns(
    path("account/", include(account_patterns)),
    *(pattern for app in APPS for pattern in _included(app, "urlpatterns")),
    path("", include(wagtail_urls)),
)

handler400 = "conduct_site.views.bad_request"
handler403 = "conduct_site.views.forbidden"
handler404 = "conduct_site.views.not_found"
handler500 = "conduct_site.views.server_error"

"""The public site: refuses to start without its secrets, speaks only HTTPS, keeps its cookies to one host."""

import os

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403


def _required(name: str, what: str) -> str:
    """The value of an environment variable, or a refusal that says what to set."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"Set the environment variable {name}: {what}.")
    return value


SECRET_KEY = _required("SECRET_KEY", "a random text of at least 50 characters that nobody else knows")
ALLOWED_HOSTS = [
    host.strip()
    for host in _required("ALLOWED_HOSTS", "the host names of the site, separated by commas").split(",")
    if host.strip()
]
WAGTAILADMIN_BASE_URL = os.environ.get("BASE_URL", f"https://{ALLOWED_HOSTS[0].lstrip('.')}")

# Kinds of roles that must have a second step, separated by commas; `check --deploy` refuses a site without any.
CONDUCT_MFA_ROLES = [kind.strip() for kind in os.environ.get("CONDUCT_MFA_ROLES", "").split(",") if kind.strip()]

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True

SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
LANGUAGE_COOKIE_SECURE = True

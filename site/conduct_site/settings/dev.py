"""The demonstration on one machine: a fixed key, plain HTTP, DEMONSTRATION on everything. Never the public site."""

import os

from .base import *  # noqa: F403
from .base import STORAGES

CONDUCT_DEMO = True
DEBUG = os.environ.get("DEBUG") == "1"
SECRET_KEY = "demonstration-only-never-use-this-key-for-real-people-0000"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "conduct_site.storage.LenientManifestStorage"}}
WHITENOISE_USE_FINDERS = True

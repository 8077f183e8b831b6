"""The site as an app on a phone: what it is called there, and the worker that serves saved courses without a link."""

import json
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

# What the page of saved courses needs, and nothing else.
FILES = (
    "conduct_site/tokens.css",
    "conduct_site/conduct.css",
    "conduct_site/icon.svg",
    "conduct_site/fonts/noto-sans-khmer-400.woff2",
    "courses/quiz.css",
    "courses/lesson.css",
    "courses/offline.css",
    "courses/saved.js",
    "courses/offline.js",
    "courses/offline_page.js",
)
ICONS = (("icon-192.png", 192, "any"), ("icon-512.png", 512, "any"), ("icon-maskable-512.png", 512, "maskable"))


def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker for the whole site; its text changes whenever a file that it keeps does, so phones renew it."""
    files = [static(name) for name in FILES]
    pages = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            pages[code] = reverse("courses:offline")
    version = sha256(json.dumps([files, pages]).encode()).hexdigest()[:12]
    context = {"version": version, "files": json.dumps(files), "pages": json.dumps(pages)}
    response = render(request, "conduct_site/sw.js", context, content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/"
    return response


def manifest(request: HttpRequest) -> JsonResponse:
    """The name, the colours and the pictures under which a phone keeps the site among its apps."""
    request.public_page = True
    facts = {
        "id": "/",
        "name": _("Professional Codes of Conduct"),
        "short_name": pgettext("name of the app under its picture on a phone", "Codes of conduct"),
        "lang": request.LANGUAGE_CODE,
        "start_url": reverse("start"),
        "scope": "/",
        "display": "standalone",
        "theme_color": "#10203c",
        "background_color": "#fbf9f4",
        "icons": [
            {"src": static(f"conduct_site/{name}"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
            for name, size, purpose in ICONS
        ],
    }
    return JsonResponse(facts, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})

"""Photographs every kind of page of the demo, as each role meets it: 360 and 1280 px, Khmer and English.

Pages are found by following links from the front page and each role's first page; of pages behind one route the
first is taken. `python -m tests.site.screenshots [folder]`, after `make demo` has loaded the nation.
"""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urljoin, urlsplit

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "conduct_site.settings.dev")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.urls import Resolver404, resolve  # noqa: E402
from django.utils import timezone  # noqa: E402
from playwright.sync_api import Error, sync_playwright  # noqa: E402

from institutions.models import Role  # noqa: E402
from tests.conftest import chromium_path  # noqa: E402

WIDTHS = (360, 1280)
PORT = int(os.environ.get("SCREENSHOT_PORT", "8765"))
BASE = f"http://127.0.0.1:{PORT}"
LEFT_OUT = ("/admin/", "/static/", "/media/", "/km/account/logout/")
PAGES_A_ROLE = 40


def viewers() -> dict:
    """One account for each kind of role, one officer with a post and nothing else, and nobody."""
    today = timezone.localdate()
    found = {"public": None}
    for kind in Role.Kind.values:
        role = Role.objects.active_on(today).filter(kind=kind, user__is_active=True).order_by("pk").first()
        if role:
            found[kind] = role.user
    officers = get_user_model().objects.filter(person__isnull=False, roles__isnull=True, is_active=True)
    found["officer"] = officers.order_by("pk").first()
    return found


def session_cookie(user) -> dict:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": BASE}


def route(path: str) -> str:
    """What makes two pages the same kind of page."""
    try:
        match = resolve(path)
    except Resolver404:
        return ""
    if match.view_name == "wagtail_serve":
        return f"page-{len([part for part in path.split('/') if part])}-{path.split('/')[2] or 'home'}"
    return match.view_name.replace(":", "-")


def discover(page, first: str) -> dict[str, str]:
    """Route → the first address of it that can be reached by links."""
    found, waiting = {}, [first]
    while waiting and len(found) < PAGES_A_ROLE:
        path = waiting.pop(0)
        name = route(path.split("?")[0])
        if not name or name in found:
            continue
        try:
            answer = page.goto(BASE + path)
        except Error:  # a file to download
            continue
        landed = urlsplit(page.url).path
        name = route(landed)
        if not answer or "html" not in answer.headers.get("content-type", "") or name in found:
            continue
        found[name] = landed
        for link in page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))"):
            target = urlsplit(urljoin(page.url, link))
            outside = target.scheme not in ("http", "https") or target.netloc != urlsplit(BASE).netloc
            if not outside and not target.path.startswith((*LEFT_OUT, "/en/")):
                waiting.append(target.path)
    return found


def photograph(context, path: str, name: str, folder: Path) -> None:
    page = context.new_page()
    for language in ("km", "en"):
        address = path.replace("/km/", f"/{language}/", 1) if path.startswith("/km/") else f"{path}?lang={language}"
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(BASE + address)
            page.screenshot(path=str(folder / f"{name}-{language}-{width}.png"), full_page=True)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                print(f"wider than the screen: {address} at {width} px ({wide} px)")  # noqa: T201
    page.close()


def served() -> subprocess.Popen:
    server = subprocess.Popen([sys.executable, str(ROOT / "manage.py"), "serve", f"--port={PORT}"])
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{BASE}/healthz", timeout=2)
            return server
        except (urllib.error.URLError, OSError):
            if server.poll() is not None:
                raise SystemExit("The server did not start. Has `make demo` loaded the nation?") from None
            time.sleep(0.2)
    server.terminate()
    raise SystemExit("The server did not answer within a minute.")


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else settings.DATA_DIR / "screenshots")
    server = served()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
            for role, user in viewers().items():
                context = browser.new_context()
                if user is not None:
                    context.add_cookies([session_cookie(user)])
                elif role != "public":
                    continue
                target = folder / role
                target.mkdir(parents=True, exist_ok=True)
                pages = discover(context.new_page(), "/km/" if user is None else "/km/account/start/")
                for name, path in pages.items():
                    photograph(context, path, name, target)
                print(f"{role}: {len(pages)} pages in {target}")  # noqa: T201
                context.close()
            browser.close()
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()

"""What was typed is not lost when the session ended meanwhile: it waits behind the login page for its owner."""

from collections.abc import Callable
from time import time
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import urlencode

KEY = "kept_form"
KEPT_SECONDS = 60 * 60
KEPT_CHARACTERS = 200_000


class KeptFormMiddleware:
    """Puts a refused form into the visitor's session and asks for a login; takes it out when it is sent again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method != "POST":
            return response
        if not request.user.is_authenticated and _asks_for_login(response):
            return _keep(request) or response
        kept = request.session.get(KEY)
        if kept and request.user.is_authenticated and kept["address"] == request.get_full_path():
            del request.session[KEY]
        return response


def _asks_for_login(response: HttpResponse) -> bool:
    return response.status_code == 302 and urlsplit(response["Location"]).path == resolve_url(settings.LOGIN_URL)


def typed_fields(request: HttpRequest) -> list[list[str]]:
    """Every value of a form as it was typed, without secrets and without files."""
    return [
        [name, value]
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name
        for value in values
    ]


def _keep(request: HttpRequest) -> HttpResponse | None:
    fields = typed_fields(request)
    if not fields or sum(len(value) for _name, value in fields) > KEPT_CHARACTERS:
        return None
    request.session[KEY] = {
        "address": request.get_full_path(),
        "fields": fields,
        "files": bool(request.FILES),
        "owner": _owner_of_ended_session(request),
        "at": int(time()),
    }
    return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': reverse('kept_form')})}")


def _owner_of_ended_session(request: HttpRequest) -> str | None:
    """Who was logged in before the session ran out, where that is still known."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    ended = Session.objects.filter(pk=key).first() if key else None
    return ended.get_decoded().get("_auth_user_id") if ended else None


@login_required
def kept_form(request: HttpRequest) -> HttpResponse:
    """Shows its owner what was kept, with one button that sends it."""
    kept = request.session.get(KEY)
    mine = kept and kept["owner"] in (None, str(request.user.pk)) and time() - kept["at"] < KEPT_SECONDS
    if not mine:
        request.session.pop(KEY, None)
        return redirect("start")
    return render(request, "conduct_site/kept_form.html", {"kept": kept})

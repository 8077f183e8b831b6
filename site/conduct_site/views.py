"""The front door, health, and the pages for when something is wrong."""

from urllib.parse import urlsplit

from allauth.account import views as account
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from conduct_site.kept import typed_fields
from courses.models import CourseIndexPage
from institutions import readiness

# Where an account begins: the first line that fits one of its roles.
FIRST_PAGES = [
    ({"hr", "registrar"}, "certification:person_list"),
    ({"monitor"}, "certification:coverage"),
    ({"discipline"}, "discipline:case_list"),
    ({"adopter"}, "conduct_codes:adoption_list"),
    ({"reviewer"}, "conduct_codes:review_list"),
    ({"editor"}, "conduct_codes:text_list"),
    ({"auditor"}, "institutions:audit_list"),
    ({"trainer"}, "courses:tries"),
]


def home(request: HttpRequest) -> HttpResponse:
    """To the front page in the reader's language."""
    return redirect(f"/{request.LANGUAGE_CODE}/")


@login_required
def start(request: HttpRequest) -> HttpResponse:
    """To the page on which this account's work begins."""
    scope = request.scope
    for kinds, name in FIRST_PAGES:
        if kinds & scope.kinds:
            return redirect(name)
    if scope.person is not None:
        return redirect("certification:training")
    if request.user.is_superuser:
        # The demonstration has no first day: its settings are never those of a country.
        is_set_up = settings.CONDUCT_DEMO or all(answer.is_done for answer in readiness.answers(request.today))
        return redirect("wagtailadmin_home" if is_set_up else "institutions:setup")
    return render(request, "conduct_site/no_role.html")


def log_out(request: HttpRequest) -> HttpResponse:
    """Ends the session; the browser then deletes what was saved on the phone, even where no script runs."""
    was_inside = request.user.is_authenticated
    response = account.logout(request)
    if was_inside and not request.user.is_authenticated:
        # Not "cache": private pages are never in it, and a learner would pay for the letters once more.
        response["Clear-Site-Data"] = '"storage"'
    return response


@login_required
def password_change(request: HttpRequest) -> HttpResponse:
    """Changes the password; where there is none, says how to get one."""
    if not request.user.has_usable_password():
        messages.info(request, _("This account has no password to change. If you want one, your HR unit gives a slip."))
        return redirect("institutions:login_list")
    return account.password_change(request)


def library(request: HttpRequest) -> HttpResponse:
    """To the open library of courses in the reader's language, wherever its editors put it; else to the front page."""
    index = CourseIndexPage.objects.live().filter(locale__language_code=request.LANGUAGE_CODE).first()
    address = index and index.get_url(request)  # a page outside the site's tree has none
    return redirect(address or f"/{request.LANGUAGE_CODE}/")


def about(request: HttpRequest, page: str) -> HttpResponse:
    """One of the plain pages behind the foot of every page: the same for everybody, and any cache may keep it."""
    request.public_page = True
    return render(request, f"conduct_site/{page}.html")


def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, 503 when it does not; says nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return JsonResponse({"status": "unavailable"}, status=503)
    return JsonResponse({"status": "ok"})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", {"public_page": True}, status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Asks neither the session nor the database: one of them may be what failed."""
    return render(request, "500.html", {"public_page": True}, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token has gone stale can be sent again, if it came from one of our own pages."""
    fields = typed_fields(request) if _from_this_site(request) else []
    kept = {"address": request.get_full_path(), "fields": fields, "files": bool(request.FILES)} if fields else None
    return render(request, "403_csrf.html", {"kept": kept}, status=403)


def _from_this_site(request: HttpRequest) -> bool:
    """True only where the browser itself names one of our pages as the form's origin."""
    said = request.headers.get("Origin") or request.headers.get("Referer", "")
    origin = urlsplit(said)
    return (origin.scheme, origin.netloc) == (request.scheme, request.get_host())

"""The officer's pages: what is due, and the certificates earned."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from certification.documents import certificate_pdf
from certification.models import Certificate
from certification.rules import grouped
from certification.steps import plans_of
from certification.verification import answer_for, answer_with_repeal
from courses.models import Session
from institutions import qr
from institutions.models import Post
from institutions.models.merges import is_of
from institutions.permissions import person_required


@person_required
def training(request):
    """What is due, most urgent first, with one next step."""
    person = request.scope.person
    plans = plans_of(person, request.today, request.now)
    posts = Post.objects.of(person).serving_on(request.today).select_related("position", "institution__area")
    return render(
        request,
        "certification/training.html",
        {
            "plans": plans,
            "next": next((plan for plan in plans if plan.next_step), None),
            "posts": posts,
            "certificates": _certificates_of(person, request.today),
            "sessions": Session.objects.upcoming(request.now).filter(seats__person=person).select_related("course"),
        },
    )


def _certificates_of(person, day):
    certificates = Certificate.objects.of(person).select_related("edition", "requirement").prefetch_related("events")
    return [
        {"certificate": certificate, "answer": answer_for(certificate, day)}
        for certificate in certificates.order_by("-issued_on", "-pk")
    ]


@person_required
def certificate_list(request):
    rows = _certificates_of(request.scope.person, request.today)
    return render(request, "certification/certificate_list.html", {"certificates": rows})


def _visible_certificate(request, serial):
    certificates = Certificate.objects.visible_to(request.scope).select_related(
        "edition__code", "requirement", "replaces"
    )
    return get_object_or_404(certificates.prefetch_related("events"), serial=serial)


def check_address(request, certificate):
    """The full address that the QR code of a certificate opens."""
    return request.build_absolute_uri(reverse("certification:verify", args=[certificate.verification_code]))


@login_required
def certificate(request, serial):
    """A certificate as its holder (and the HR unit) sees it."""
    found = _visible_certificate(request, serial)
    address = check_address(request, found)
    return render(
        request,
        "certification/certificate.html",
        {
            "certificate": found,
            "answer": answer_with_repeal(found, request.today),
            "qr": qr.svg(address, label=address),
            "address": address,
            "code": grouped(found.verification_code),
            "own": is_of(found.person, request.scope.person),
        },
    )


@login_required
def certificate_file(request, serial):
    """The certificate as PDF; the same bytes for the same certificate and address."""
    found = _visible_certificate(request, serial)
    content = certificate_pdf(found, check_address(request, found), demonstration=settings.CONDUCT_DEMO)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.serial}.pdf"'
    return response

"""Everything of a person's page in one list by day, as far as one viewer may know it."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils import timezone
from django.utils.translation import gettext as _

from certification.personfile import file_of
from conduct_codes.models import Refusal
from institutions.models import Designation, Role
from institutions.templatetags.conduct import in_language, localdate, localnum


@dataclass(frozen=True)
class Event:
    """What happened on a day: what, and about what."""

    day: date
    title: str
    about: str = ""


def timeline_of(scope, person):
    """The person's file, and (day, events of the day) of all that the viewer may know, newest first."""
    file = file_of(scope, person)
    sources = (_posts(file), _duties(scope, file), _roles(scope, file), _periods(file), _signatures(scope, file))
    events = [*(event for source in sources for event in source), *_certificates(file), *_corrections(file)]
    known = sorted((event for event in events if event.day <= file.day), key=lambda event: event.day, reverse=True)
    return file, [(day, list(found)) for day, found in groupby(known, key=lambda event: event.day)]


def _posts(file):
    for post in file.posts:
        about = f"{in_language(post.position)} · {in_language(post.institution)}"
        acting = post.basis == post.Basis.ACTING
        yield Event(post.starts_on, _("Acting post begun") if acting else _("Post begun"), about)
        if post.ends_on:
            reason = f" · {post.get_end_reason_display()}" if post.end_reason else ""
            yield Event(post.ends_on, _("Last day in the post"), about + reason)


def _duties(scope, file):
    for duty in Designation.objects.visible_to(scope).of(file.person).select_related("institution"):
        about = f"{duty.get_kind_display()} · {in_language(duty.institution)}"
        yield Event(duty.starts_on, _("Duty given to a person"), about)
        if duty.ends_on:
            yield Event(duty.ends_on, _("Last day of the duty"), about)


def _roles(scope, file):
    """Roles of the person's account inside the viewer's institutions."""
    if file.person.user_id is None:
        return
    roles = Role.objects.of(file.person.user_id).filter(scope.names_condition("institution__path"))
    for role in roles.select_related("institution"):
        about = f"{role.get_kind_display()} · {in_language(role.institution)}"
        yield Event(role.starts_on, _("Role granted"), about)
        if role.ends_on:
            yield Event(role.ends_on, _("Last day of the role"), about)


def _periods(file):
    for row in file.requirements:
        for period in (row.current, *row.earlier):
            about = in_language(row.requirement)
            steps = (
                (period.opened_on, _("Asked of the person")),
                (period.trained_on, _("Training completed")),
                (period.passed_on, _("Quiz passed")),
            )
            yield from (Event(day, title, about) for day, title in steps if day)
    for exemption in file.exemptions:
        yield Event(
            exemption.starts_on,
            _("Exempt until %(day)s") % {"day": localdate(exemption.ends_on)},
            in_language(exemption.requirement),
        )


def _signatures(scope, file):
    for sign_off in file.sign_offs:
        edition = _("Edition %(number)s") % {"number": localnum(sign_off.edition.number)}
        about = f"{in_language(sign_off.edition.code)} · {edition} · {sign_off.get_method_display()}"
        yield Event(sign_off.signed_on, _("Code signed"), about)
    codes = {row.requirement.code_id for row in file.requirements}
    refused = Refusal.objects.visible_to(scope).filter(person=file.person, request__edition__code__in=codes)
    for refusal in refused.select_related("request__edition__code"):
        yield Event(refusal.refused_on, _("Refused to sign"), in_language(refusal.request.edition.code))
    for claim in file.on_paper:
        yield Event(
            claim.sheet.signed_on,
            _("Signed on paper, not confirmed"),
            in_language(claim.sheet.edition_text.edition.code),
        )


def _certificates(file):
    for row in file.certificates:
        certificate = row["certificate"]
        about = in_language(certificate.requirement)
        yield Event(certificate.issued_on, _("Certificate issued"), about)
        for event in certificate.events.all():
            yield Event(event.on_day, event.get_kind_display(), about)


def _corrections(file):
    for correction in file.corrections:
        about = correction.get_field_display()
        yield Event(timezone.localdate(correction.made_at), _("Said that the register is wrong"), about)
        if answer := getattr(correction, "answer", None):
            yield Event(timezone.localdate(answer.answered_at), _("HR answered"), about)

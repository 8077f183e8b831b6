"""What waits for an HR unit, computed from facts: each row is a list with its number, and nothing is stored."""

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from certification.filters import EVERYBODY, NO_CONTACT, Chosen
from certification.models import Certificate
from certification.people import Selection
from certification.rules import Status
from certification.signals import tasks_asked
from conduct_codes.models import Code, PaperClaim, Refusal
from conduct_codes.permissions import paper_is_allowed
from conduct_codes.rules import SignState
from conduct_codes.unsigned import overdue_by_code
from courses.models import Enrolment
from institutions.client_jobs import requests_failed
from institutions.duplicates import count_pairs
from institutions.duties import institutions_without
from institutions.models import CorrectionRequest, RegisterImport, Role, TransferRequest
from institutions.vacancies import units_without_clerk

# What HR does about each status, most pressing first; who is on the way asks for nothing.
BY_STATUS = {
    Status.OVERDUE: _("Ask why nothing is finished, and set a time to learn"),
    Status.EXPIRED: _("Ask them to renew: the certificate has ended"),
    Status.IN_GRACE: _("Ask them to renew before the time of grace ends"),
    Status.RENEWAL_DUE: _("Remind them that renewal is open"),
    Status.NOT_STARTED: _("See that they have an account and begin"),
    Status.SUSPENDED: _("The certificate is suspended: tell the head of the institution"),
    Status.REVOKED: _("The certificate was revoked: tell the head of the institution"),
}


@dataclass(frozen=True)
class Task:
    """One list that has somebody on it: what to do, for how many, and where."""

    title: str
    count: int
    url: str
    status: str = ""


def tasks_of(scope, unit=None):
    """The lists that wait for this viewer today, most pressing first; empty ones are left out.

    With a unit, to which the scope is narrowed, the lists that can be are narrowed to it too.
    """
    counts = Selection(scope, Chosen(on=scope.today)).counts()
    by_status = [
        Task(title, counts[status], _people(status=status.value), status) for status, title in BY_STATUS.items()
    ]
    before = [
        _corrections(scope),
        _asked_for(scope),
        _imports(scope),
        _failed_requests(scope),
        _refused(scope),
        *_on_paper(scope),
        *_unsigned(scope),
        _used_up(scope),
        _proposed(scope),
        *(task for _receiver, tasks in tasks_asked.send(Task, scope=scope) for task in tasks),
    ]
    after = [_without_contact(scope), _duplicates(scope), _vacancies(scope), _without_duty(scope)]
    waiting = [task for task in [*before, *by_status, *after] if task.count]
    return [_narrowed(task, unit) for task in waiting] if unit else waiting


NARROWED = {
    *("institutions:correction_list", "institutions:transfer_list", "institutions:import_list"),
    *("institutions:duty_list", "certification:vacancy_list"),
    *("certification:person_list", "conduct_codes:unsigned_list"),
}


def _narrowed(task, unit):
    """The task with its list of this unit alone, where the list takes one."""
    path, _mark, query = task.url.partition("?")
    if path not in {reverse(name) for name in NARROWED}:
        return task
    return replace(task, url=f"{path}?{urlencode([*parse_qsl(query), ('unit', unit.code)])}")


def _people(**filters):
    return f"{reverse('certification:person_list')}?{urlencode(filters)}"


def _corrections(scope):
    waiting = CorrectionRequest.objects.answerable_by(scope).open()
    return Task(
        _("Answer people who say that their data is wrong"), waiting.count(), reverse("institutions:correction_list")
    )


def _asked_for(scope):
    waiting = TransferRequest.objects.answerable_by(scope).open()
    return Task(
        _("Answer institutions that ask for your people"), waiting.count(), reverse("institutions:transfer_list")
    )


def _imports(scope):
    waiting = RegisterImport.objects.visible_to(scope).waiting()
    title = _("Apply workbooks and entries of people, or delete them")
    return Task(title, waiting.count(), reverse("institutions:import_list"))


def _failed_requests(scope):
    failed = requests_failed(scope)
    title = _("Look at changes from another system that stand still")
    return Task(title, failed.count(), reverse("institutions:client_list"))


def _without_duty(scope):
    title = _("Give somebody the duty that each institution has to have")
    return Task(title, institutions_without(scope).count(), reverse("institutions:duty_list"))


def _duplicates(scope):
    title = _("Look at rows of the register that may be one person")
    return Task(title, count_pairs(scope), reverse("institutions:duplicate_list"))


def _vacancies(scope):
    title = _("Stand in for units without an HR clerk")
    return Task(title, units_without_clerk(scope).count(), reverse("certification:vacancy_list"))


def _refused(scope):
    standing = Refusal.objects.answerable_by(scope).standing_on(scope.today)
    return Task(_("Speak with those who refused to sign"), standing.count(), reverse("conduct_codes:refusal_list"))


def _on_paper(scope):
    """Signatures on paper that wait for somebody like the viewer."""
    if paper_is_allowed():
        waiting = PaperClaim.objects.confirmable_by(scope).count()
        yield Task(_("Confirm signatures on paper"), waiting, reverse("conduct_codes:paper_list"))


def _used_up(scope):
    waiting = Enrolment.objects.answerable_by(scope).with_tries_used_up()
    return Task(_("Open more tries for those who have used up theirs"), waiting.count(), reverse("courses:tries"))


def _proposed(scope):
    registrar = scope.acting_as(Role.Kind.REGISTRAR)
    found = Certificate.objects.visible_to(registrar).proposed_for_revocation_on(scope.today)
    found = found.exclude(person=scope.person) if scope.has(Role.Kind.REGISTRAR) else found.none()
    title = _("Look at certificates that rest on a quiz which was marked again")
    return Task(title, found.count(), reverse("certification:proposed"))


def _unsigned(scope):
    """A list for each code that somebody has not signed in time."""
    overdue = overdue_by_code(scope)
    for code in Code.objects.filter(pk__in=overdue):
        query = urlencode({"code": code.slug, "state": SignState.OVERDUE.value})
        title = _("Ask them to sign: %(code)s") % {"code": code.label}
        yield Task(title, overdue[code.pk], f"{reverse('conduct_codes:unsigned_list')}?{query}")


def _without_contact(scope):
    people = Selection(scope, Chosen(on=scope.today, contact=NO_CONTACT)).size()
    title = _("Name the HR unit that answers these people: their pages show no phone")
    return Task(title, people, _people(status=EVERYBODY, contact=NO_CONTACT))

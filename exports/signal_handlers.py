"""Listening to certification: its news becomes deliveries, and what was given up becomes a task."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from certification.models import CertificateEvent
from certification.signals import certificate_changed, certificates_issued, tasks_asked
from certification.todo import Task
from exports.models import Webhook
from exports.webhook_actions import write_deliveries
from exports.webhook_events import Happened, deliveries_of
from institutions.tree_permissions import can_see_tree

EVENTS = {
    CertificateEvent.Kind.REVOKED: Webhook.Event.REVOKED,
    CertificateEvent.Kind.SUSPENDED: Webhook.Event.SUSPENDED,
    CertificateEvent.Kind.REINSTATED: Webhook.Event.REINSTATED,
}


def tell_of_issue(sender, certificates, **kwargs):
    """The deliveries of new certificates, in the transaction that issues them."""
    issued = Webhook.Event.CERTIFIED
    write_deliveries(
        deliveries_of([Happened(issued, each, each.issued_at, each.issued_on, each.serial) for each in certificates])
    )


def tell_of_change(sender, event, **kwargs):
    """The deliveries of a suspension, a reinstatement or a revocation, in its transaction."""
    subject = f"{event.certificate.serial}:{event.pk}"
    happened = Happened(EVENTS[event.kind], event.certificate, event.at, event.on_day, subject)
    write_deliveries(deliveries_of([happened]))


def ask_to_look(sender, scope, **kwargs):
    """Webhooks that stopped by themselves, or for which something was given up lately."""
    if not can_see_tree(scope):
        return []
    troubled = Webhook.objects.visible_to(scope).in_trouble(scope.today)
    title = _("Look at messages to other systems that did not arrive")
    return [Task(title, troubled.count(), reverse("exports:webhook_list"))]


def connect():
    certificates_issued.connect(tell_of_issue, dispatch_uid="exports.tell_of_issue")
    certificate_changed.connect(tell_of_change, dispatch_uid="exports.tell_of_change")
    tasks_asked.connect(ask_to_look, dispatch_uid="exports.ask_to_look")

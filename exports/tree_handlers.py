"""Listening to the tree: other systems that work at an institution when it closes."""

from django.utils.translation import ngettext

from exports.models import Webhook
from institutions.models import ApiClient
from institutions.signals import TreeEffect, tree_change_proposed
from institutions.templatetags.conduct import localnum


def name_systems(sender, change, day, **kwargs):
    """Systems that read there or are told from there find nobody any more; the registrar gives them another place."""
    if not change.ends_it:
        return []
    here = {"institution": change.institution}
    count = ApiClient.objects.usable_on(change.on).filter(**here).count() + Webhook.objects.filter(**here).count()
    words = ngettext(
        "%(count)s other system works for this institution. From that day on it finds nobody there.",
        "%(count)s other systems work for this institution. From that day on they find nobody there.",
        count,
    )
    return [TreeEffect(words % {"count": localnum(count)})] if count else []


def connect():
    tree_change_proposed.connect(name_systems, dispatch_uid="exports.name_systems")

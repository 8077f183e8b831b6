"""What the tests of pages share: addresses, what a reader sees, the traces that views leave."""

import re

from django.urls import reverse

from institutions.models import AuditEntry

CASE_PAGES = [
    ("discipline:case", ()),
    ("discipline:case_access", ()),
    ("discipline:stage_new", ()),
    ("discipline:stage", ("screening",)),
    ("discipline:referral_new", ()),
]


def address(name, *args):
    return reverse(name, args=args)


def text_of(response):
    """What a reader sees: without tags, blanks in one."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def views_left(subject):
    return AuditEntry.objects.filter(verb="discipline.view", subject=subject).count()

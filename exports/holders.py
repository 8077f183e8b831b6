"""Under which staff number another system knows the holder of a certificate, as far as it may know."""

from collections import defaultdict

from certification.models import Requirement
from institutions.models import Institution, Post

NO_NUMBER = ("", "")


def numbers_of(scope, certificates):
    """Certificate id → (register, staff number) of the holder's oldest post in the scope that it is about.

    A certificate whose holder serves there today in no such post is left out: what binds only through a post
    elsewhere stays unknown here. As many queries for one certificate as for many.
    """
    holders = {certificate.pk: _counted(certificate.person) for certificate in certificates}
    rows = Post.objects.visible_to(scope).serving_on(scope.today).filter(person__in=set(holders.values()))
    posts = defaultdict(list)
    for post in rows.select_related("sector", "position", "staff_number").order_by("starts_on", "pk"):
        posts[post.person_id].append(post)
    groups = _groups(certificates) if posts else {}
    registers = register_codes() if posts else {}
    found = {}
    for certificate in certificates:
        for post in posts[holders[certificate.pk]]:
            if any(all(rule.holds_for(post) for rule in group) for group in groups[certificate.requirement_id]):
                found[certificate.pk] = number_on(post, registers)
                break
    return found


def register_codes():
    """Id → code of the institutions that keep a register."""
    return dict(Institution.objects.filter(depth=1).values_list("pk", "code"))


def number_on(post, registers):
    """(register, staff number) of a post, both empty where it has none."""
    staff = post.staff_number
    return (registers.get(staff.register_id, ""), staff.number) if staff else NO_NUMBER


def _counted(person):
    return person.merged_into_id or person.pk


def _groups(certificates):
    """Requirement id → its rules, group by group."""
    groups = {}
    asked = Requirement.objects.filter(pk__in={certificate.requirement_id for certificate in certificates})
    for requirement in asked.prefetch_related("rules"):
        rules = defaultdict(list)
        for rule in requirement.rules.all():
            rules[rule.group].append(rule)
        groups[requirement.pk] = list(rules.values())
    return groups

"""The Wagtail groups of those who edit, review or adopt: somebody is in one exactly while a role of theirs holds."""

from django.contrib.auth.models import Group

from institutions.models import Role, User

WORDS_KINDS = (Role.Kind.EDITOR, Role.Kind.REVIEWER, Role.Kind.ADOPTER)


def role_group(kind, institution):
    """The Wagtail group through which an editing role of this institution gets its rights."""
    return Group.objects.get_or_create(name=_group_name(kind, institution.code))[0]


def _group_name(kind, code):
    return f"{kind} · {code}"


def settle_words_rights(*, user, kind, institution, day):
    """Put the account into the group of the role, or take it out, as its roles stand on the day."""
    if kind not in WORDS_KINDS:
        return
    group = role_group(kind, institution)
    if Role.objects.of(user).active_on(day).filter(kind=kind, institution=institution).exists():
        user.groups.add(group)
    else:
        user.groups.remove(group)


def settle_everybody(day):
    """Let roles that began or ended by the calendar take effect in the admin; returns how many accounts changed."""
    held = Role.objects.active_on(day).filter(kind__in=WORDS_KINDS).values_list("user", "kind", "institution__code")
    wanted = {(user, _group_name(kind, code)) for user, kind, code in held}
    groups = {group.name: group for group in Group.objects.all() if group.name.startswith(_BEGINNINGS)}
    rows = User.groups.through.objects.filter(group__in=groups.values()).values_list("user", "group__name")
    there = set(rows)
    wrong = wanted ^ there
    users = User.objects.in_bulk({user for user, _name in wrong})
    for user, name in wrong:
        group = groups.get(name) or Group.objects.get_or_create(name=name)[0]
        (users[user].groups.add if (user, name) in wanted else users[user].groups.remove)(group)
    return len(users)


_BEGINNINGS = tuple(_group_name(kind, "") for kind in WORDS_KINDS)

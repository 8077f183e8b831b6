"""Half a configuration of an identity provider is none: `check --deploy` says what is wanting."""

from collections import Counter

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import Error as DatabaseError

from conduct_site.providers.configured import problems_of
from institutions.models import Institution

HINT = "docs/accounts.md shows a whole entry. Until it is mended the login page does not offer this provider."


def _called(entry: object, place: int) -> str:
    name = entry.get("id") if isinstance(entry, dict) else None
    return f"CONDUCT_OIDC, {name if isinstance(name, str) and name else f'entry {place}'}"


@register(Tags.security, deploy=True)
def check_entries(app_configs, **kwargs) -> list[CheckMessage]:
    """Every provider has all that it needs, and an id of its own."""
    found = []
    for place, entry in enumerate(settings.CONDUCT_OIDC, start=1):
        if problems := problems_of(entry):
            found.append(Error(f"{_called(entry, place)}: {'; '.join(problems)}.", hint=HINT, id="conduct.E003"))
    ids = Counter(entry.get("id") for entry in settings.CONDUCT_OIDC if isinstance(entry, dict))
    return found + [
        Error(f"CONDUCT_OIDC: two providers have the id {name}.", hint="Only the first is offered.", id="conduct.E004")
        for name, times in ids.items()
        if times > 1 and name
    ]


@register(Tags.security, deploy=True)
def check_registers(app_configs, **kwargs) -> list[CheckMessage]:
    """Every provider speaks for a register that there is: an institution at the top of the tree."""
    entries = [entry for entry in settings.CONDUCT_OIDC if isinstance(entry, dict) and entry.get("register")]
    if not entries:
        return []
    try:
        known = set(Institution.objects.filter(depth=1).values_list("code", flat=True))
    except DatabaseError:
        hint = "Run migrate, load the institutions and check again."
        return [checks.Warning("CONDUCT_OIDC: the registers cannot be read yet.", hint=hint, id="conduct.W001")]
    return [
        Error(
            f"{_called(entry, place)}: there is no institution {entry['register']} at the top of the tree.",
            hint="register is the code of the ministry whose staff numbers the provider names.",
            id="conduct.E005",
        )
        for place, entry in enumerate(entries, start=1)
        if entry["register"] not in known
    ]

"""Which identity providers the settings name, and what is wrong with how they do."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import get_language

ID = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
TEXTS = ("server", "client_id", "secret", "claim", "register")
KNOWN = {"id", "name", *TEXTS, "verified_claim", "second_step"}


@dataclass(frozen=True, kw_only=True)
class IdentityProvider:
    """A ministry's OpenID Connect server, and the register whose staff numbers it may name."""

    id: str
    name: dict
    server: str
    client_id: str
    secret: str = field(repr=False)
    claim: str
    register: str
    verified_claim: str = ""
    amr: frozenset = frozenset()
    acr: frozenset = frozenset()

    @property
    def label(self) -> str:
        """What the page's language calls it."""
        return self.name[get_language() or settings.LANGUAGE_CODE]

    @property
    def origin(self) -> str:
        """Scheme and host of the server, as a content policy names them."""
        parts = urlsplit(self.server)
        return f"{parts.scheme}://{parts.netloc}"

    def vouches_for_second_step(self, claims: dict) -> bool:
        """True if the provider says that it asked for more than a password, in a way that the settings accept."""
        said = claims.get("amr")
        ways = {way for way in said if isinstance(way, str)} if isinstance(said, list) else set()
        acr = claims.get("acr")
        return bool(self.amr & ways) or (isinstance(acr, str) and acr in self.acr)


def from_environment(value: str) -> list:
    """The entries of CONDUCT_OIDC: JSON, or the path of a file that holds it; nothing where it is empty."""
    value = value.strip()
    if not value:
        return []
    try:
        text = value if value.startswith(("[", "{")) else Path(value).read_text(encoding="utf-8")
        entries = json.loads(text)
    except (OSError, ValueError) as problem:
        # The text holds secrets, so only the kind of the problem is told.
        raise ImproperlyConfigured(
            f"CONDUCT_OIDC is neither JSON nor the path of a file with JSON: {type(problem).__name__}."
        ) from None
    return entries if isinstance(entries, list) else [entries]


def problems_of(entry: object) -> list[str]:
    """What is missing or wrong in one entry of CONDUCT_OIDC, in words for whoever keeps the server."""
    if not isinstance(entry, dict):
        return ["it is not an object with names and values"]
    found = [f"{name} is missing" for name in TEXTS if not _is_text(entry.get(name))]
    if not (isinstance(entry.get("id"), str) and ID.fullmatch(entry["id"])):
        found.append("id is missing, or not 2 to 40 small letters, digits and hyphens")
    names = entry.get("name")
    found += [
        f"name has no text in {language}"
        for language, _words in settings.LANGUAGES
        if not (isinstance(names, dict) and _is_text(names.get(language)))
    ]
    if _is_text(entry.get("server")) and not is_usable_address(entry["server"]):
        found.append("server is not an address that begins with https://")
    found += _problems_of_second_step(entry.get("second_step", {}))
    if not isinstance(entry.get("verified_claim", ""), str):
        found.append("verified_claim is not a text")
    return found + [f"{name} is not known here" for name in sorted(set(map(str, entry)) - KNOWN)]


def _problems_of_second_step(ways: object) -> list[str]:
    lists = ways.values() if isinstance(ways, dict) and set(ways) <= {"amr", "acr"} else [None]
    right = all(isinstance(values, list) and all(map(_is_text, values)) for values in lists)
    return [] if right else ["second_step does not hold lists of texts named amr and acr"]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def is_usable_address(address: object) -> bool:
    """True for an https address without a name and password in it; with DEBUG on, http will do."""
    if not isinstance(address, str):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    # What ends a source in a content policy, or begins another one, is no part of a host.
    if not parts.hostname or parts.username or re.search(r"[\s;,'\"*]", parts.netloc):
        return False
    return parts.scheme == "https" or (settings.DEBUG and parts.scheme == "http")


def configured() -> list[IdentityProvider]:
    """The providers that are configured whole, in the order of the settings; half of one is none."""
    found = {}
    for entry in settings.CONDUCT_OIDC:
        if not problems_of(entry):
            found.setdefault(entry["id"], _provider(entry))
    return list(found.values())


def _provider(entry: dict) -> IdentityProvider:
    ways = entry.get("second_step", {})
    return IdentityProvider(
        id=entry["id"],
        name=entry["name"],
        verified_claim=entry.get("verified_claim", ""),
        amr=frozenset(ways.get("amr", [])),
        acr=frozenset(ways.get("acr", [])),
        **{name: entry[name].strip() for name in TEXTS},
    )


def provider_with(provider_id: str) -> IdentityProvider | None:
    return next((provider for provider in configured() if provider.id == provider_id), None)


def labels() -> dict[str, str]:
    """What each configured provider is called in the page's language, by its id."""
    return {provider.id: provider.label for provider in configured()}

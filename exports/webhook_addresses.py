"""Where a webhook may lead: an https address outside, or a host inside that the operator has named."""

import ipaddress
import re
import socket
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

HTTPS = 443
EXAMPLE = "https://hooks.example.org/conduct"
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*\Z")
_TARGET = re.compile(r"[!-~]*\Z")
# Addresses that carry another address inside, or stand for whatever router is near.
_REFUSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("192.88.99.0/24", "192.0.0.0/24"),
        *("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96"),  # IPv4 inside IPv6
        *("64:ff9b::/96", "64:ff9b:1::/48"),  # NAT64
        *("2002::/16", "2001::/32"),  # 6to4, Teredo
        *("fec0::/10", "5f00::/16"),
    )
)


class AddressRefused(Exception):
    """The address cannot be used; str() says why."""


@dataclass(frozen=True)
class Target:
    """An address in its parts: host is lower case, path begins with a slash and has the query."""

    host: str
    port: int
    path: str

    @property
    def is_inner(self):
        """True for a host that the operator has named as one inside."""
        return _named(self.host, self.port)

    @property
    def authority(self):
        """The host as a request names it."""
        return self.host if self.port == HTTPS else f"{self.host}:{self.port}"


def parse(address):
    """The parts of an address; AddressRefused with a sentence if no webhook may lead there."""
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").rstrip("."), parts.port or HTTPS
    except ValueError:
        raise AddressRefused(_("This is not an address. Write it as %(example)s.") % {"example": EXAMPLE}) from None
    if parts.scheme != "https":
        raise AddressRefused(_("The address must begin with %(start)s.") % {"start": "https://"})
    if "@" in parts.netloc or parts.fragment or not _TARGET.match(address):
        raise AddressRefused(
            _("An address holds no account name, no password, no blank and no part behind a number sign.")
        )
    inner = _named(host, port)
    if not _HOST.match(host) or (not inner and ("." not in host or host.rpartition(".")[2].isdecimal())):
        raise AddressRefused(
            _("Write the name of the receiver in the address, not a number. An example: %(example)s")
            % {"example": EXAMPLE}
        )
    if port != HTTPS and not inner:
        raise AddressRefused(_("Only the usual port can be used: %(port)s.") % {"port": HTTPS})
    return Target(host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def resolve(target, *, seconds):
    """The network addresses of the host, asked once; AddressRefused if any of them is not to be reached."""
    found = []
    asked = threading.Thread(target=_look_up, args=(target, found), daemon=True)
    asked.start()
    asked.join(seconds)
    if not found:
        raise OSError("the name is not known")
    refused = [address for address in found if not _may_reach(address, inner=target.is_inner)]
    if refused:
        raise AddressRefused(_("The name leads into a network that the site does not reach."))
    return found


def _look_up(target, found):
    # The resolver has no time limit of its own, so it is asked in a thread that may be left behind.
    try:
        rows = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return
    found.extend(dict.fromkeys(row[4][0] for row in rows))


def is_public(address):
    """True for an address of the open internet that stands for itself."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if any(ip in network for network in _REFUSED if network.version == ip.version):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_link_local)


def _may_reach(address, *, inner):
    if not inner:
        return is_public(address)
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return not (ip.is_multicast or ip.is_unspecified or ip.is_link_local)


def _named(host, port):
    named = {name.lower() for name in settings.CONDUCT_WEBHOOK_HOSTS}
    return f"{host}:{port}" in named or (port == HTTPS and host in named)

"""What imsmanifest.xml says: title, the one part to launch, the score that passes. XML is read by defusedxml alone."""

import posixpath
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

NAME = "imsmanifest.xml"
MAX_BYTES = 1_000_000
MAX_ELEMENTS = 20_000
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"


class PackageRefused(Exception):
    """The file is not taken; str() says why and names the entry."""


@dataclass(frozen=True)
class Manifest:
    """The one part of a package that is played, and its names."""

    identifier: str
    title: str
    launch: str
    launch_query: str
    mastery_score: Decimal | None


def _local(name):
    return name.rpartition("}")[2].lower()


def _children(element, name):
    return [child for child in element if isinstance(child.tag, str) and _local(child.tag) == name]


def _text_below(element, *names):
    """The text of the first element on the path, or ""."""
    for name in names:
        element = next(iter(_children(element, name)), None)
        if element is None:
            return ""
    return (element.text or "").strip()


def _attribute(element, name):
    return next((value for key, value in element.attrib.items() if _local(key) == name), "").strip()


def read_manifest(content):
    """The Manifest of the bytes of imsmanifest.xml; PackageRefused says what is wrong with them."""
    root = _root(content)
    version = _text_below(root, "metadata", "schemaversion")
    if version != "1.2":
        raise PackageRefused(
            _("imsmanifest.xml says version “%(version)s”. Only SCORM 1.2 is played: publish it as 1.2.")
            % {"version": version[:40]}
        )
    item, resource, base = _only_part(root)
    launch, query = _launch(base, _attribute(resource, "href"), _attribute(item, "parameters"))
    organization = _organization(root)
    title = _text_below(organization, "title") or _text_below(item, "title")
    if not title:
        raise PackageRefused(_("imsmanifest.xml gives the package no title."))
    return Manifest(
        identifier=_attribute(root, "identifier")[:255],
        title=" ".join(title.split())[:300],
        launch=launch,
        launch_query=query,
        mastery_score=_mastery(_text_below(item, "masteryscore")),
    )


def _root(content):
    if len(content) > MAX_BYTES:
        raise PackageRefused(_("imsmanifest.xml is larger than 1 MB."))
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise PackageRefused(_("imsmanifest.xml cannot be read: it is no plain XML.")) from error
    if _local(root.tag) != "manifest" or sum(1 for _element in root.iter()) > MAX_ELEMENTS:
        raise PackageRefused(_("imsmanifest.xml is no manifest of a course, or has too many elements."))
    return root


def _organization(root):
    """The organization that is the default one, else the first."""
    for holder in _children(root, "organizations"):
        found = _children(holder, "organization")
        wanted = _attribute(holder, "default")
        chosen = [each for each in found if _attribute(each, "identifier") == wanted] or found
        if chosen:
            return chosen[0]
    raise PackageRefused(_("imsmanifest.xml names nothing to learn: it has no organization."))


def _only_part(root):
    """(item, resource, folder) of the one part that is launched."""
    found = {}
    for holder in _children(root, "resources"):
        for resource in _children(holder, "resource"):
            base = posixpath.join(root.get(XML_BASE, ""), holder.get(XML_BASE, ""), resource.get(XML_BASE, ""))
            found[_attribute(resource, "identifier")] = (resource, base)
    items = [each for each in _organization(root).iter() if isinstance(each.tag, str) and _local(each.tag) == "item"]
    parts = [
        (item, *found[reference])
        for item in items
        if (reference := _attribute(item, "identifierref")) in found
        and _attribute(found[reference][0], "scormtype").lower() == "sco"
    ]
    if len(parts) != 1:
        raise PackageRefused(
            _("The package has %(count)s parts to launch (SCO). It must have exactly one: pack each part alone.")
            % {"count": len(parts)}
        )
    return parts[0]


def _launch(base, href, parameters):
    """(path, query) of the first page, inside the package."""
    address = urlsplit(href)
    path = posixpath.normpath(posixpath.join(base, unquote(address.path)))
    if not href or address.scheme or address.netloc or path.startswith(("/", "..")) or "\\" in path:
        raise PackageRefused(_("The launch page “%(href)s” lies outside the package.") % {"href": href[:200]})
    query = "&".join(part for part in (address.query, parameters.lstrip("?&#")) if part)
    if len(path) > 500 or len(query) > 500:
        raise PackageRefused(_("The address of the launch page is too long."))
    return path, query


def _mastery(text):
    if not text:
        return None
    try:
        score = Decimal(text)
        if 0 <= score <= 100:
            return score.quantize(Decimal("0.01"))
    except InvalidOperation:  # no number at all, also the one that is called so
        pass
    raise PackageRefused(_("The mastery score in imsmanifest.xml is no number from 0 to 100."))

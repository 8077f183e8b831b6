"""Files of a package on their way into the sandbox: address, policy, and the script that gives pages their API.

An address carries a signature instead of a login, because a sandboxed page sends no cookies. It is the same for
everybody for some hours, names no person, and leads to the files of one package and to nothing else.
"""

import re
from pathlib import Path
from urllib.parse import quote

from django.core.exceptions import SuspiciousFileOperation
from django.core.signing import BadSignature, Signer
from django.http import FileResponse, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils._os import safe_join

from courses.models import ScormPackage
from courses.scorm.archive import PAGES, folder_of, suffix_of
from courses.scorm.data_model import time_of

WINDOW = 4 * 60 * 60  # seconds; an address lives between one and two of them
MAX_PART = 4 * 1024 * 1024  # bytes of one answer to a request for a part
SCRIPTS = ("courses/scorm-again-3.4.3/scorm12.min.js", "courses/scorm/bridge.js")
SANDBOX = "allow-scripts allow-forms allow-modals"
# What stands before the first tag of a page: byte order mark, XML declaration, comments, document type.
BEFORE = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*(?:<!doctype[^>]*>)?", re.I | re.S)
RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)
TYPES = {
    **{"html": "text/html", "htm": "text/html", "css": "text/css", "js": "text/javascript", "mjs": "text/javascript"},
    **{"json": "application/json", "xml": "application/xml", "xsd": "application/xml", "txt": "text/plain"},
    **{"pdf": "application/pdf", "vtt": "text/vtt", "srt": "text/plain", "dtd": "application/xml-dtd"},
    **{"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "svg": "image/svg+xml"},
    **{"webp": "image/webp", "bmp": "image/bmp", "ico": "image/x-icon", "cur": "image/x-icon"},
    **{"mp3": "audio/mpeg", "m4a": "audio/mp4", "aac": "audio/aac", "ogg": "audio/ogg", "oga": "audio/ogg"},
    **{"wav": "audio/wav", "mp4": "video/mp4", "m4v": "video/mp4", "webm": "video/webm", "ogv": "video/ogg"},
    **{"woff": "font/woff", "woff2": "font/woff2", "ttf": "font/ttf", "otf": "font/otf"},
    "eot": "application/vnd.ms-fontobject",
}


def _signer():
    return Signer(salt="courses.scorm")


def _window(at):
    return int(at.timestamp()) // WINDOW


def token_of(package, at):
    return _signer().sign(f"{package.pk}-{_window(at)}")


def launch_address(package, at):
    """The address of the first page, good for some hours."""
    address = reverse("courses:package_file", args=[token_of(package, at), package.launch])
    return f"{address}?{quote(package.launch_query, safe='=&%+/:;,')}" if package.launch_query else address


def package_of(token, at):
    """The package that a token still opens, or None; one that was withdrawn is closed at once."""
    try:
        pk, window = map(int, _signer().unsign(token).split("-"))
    except (BadSignature, ValueError):
        return None
    if window not in (_window(at), _window(at) - 1):
        return None
    return ScormPackage.objects.in_use().filter(pk=pk).first()


def file_of(package, path):
    """The place of a file of the package, or None."""
    folder = folder_of(package.sha256)
    try:
        place = Path(safe_join(folder, path))
        return place if place.is_file() else None
    except (SuspiciousFileOperation, OSError, ValueError):  # outside, or no name at all
        return None


def policy(request, token):
    """What a page of a package may do: run its own scripts in a sandbox, load its own files, reach nobody."""
    prefix = request.build_absolute_uri(reverse("courses:package_file", args=[token, "x"]))[:-1]
    scripts = " ".join(request.build_absolute_uri(static(name)) for name in SCRIPTS)
    return "; ".join(
        [
            f"sandbox {SANDBOX}",
            "default-src 'none'",
            f"script-src {prefix} {scripts} 'unsafe-inline' 'unsafe-eval'",
            f"style-src {prefix} 'unsafe-inline'",
            f"img-src {prefix} data: blob:",
            f"media-src {prefix} data: blob:",
            f"font-src {prefix} data:",
            f"connect-src {prefix} data: blob:",
            f"frame-src {prefix}",
            f"base-uri {prefix}",
            "form-action 'none'",
            "object-src 'none'",
        ]
    )


def answer(request, place, token):
    """The file as a response: a page with its API, anything else as it is, in parts where they are asked for."""
    suffix = suffix_of(place.name)
    response = _page(place) if suffix in PAGES else _file(request, place, TYPES.get(suffix))
    response["Content-Security-Policy"] = policy(request, token)
    response["Referrer-Policy"] = "no-referrer"
    response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
    response["Access-Control-Allow-Origin"] = "null"  # fonts and data, for pages in a sandbox
    response["Cache-Control"] = f"private, max-age={WINDOW}"
    response.xframe_options_exempt = (
        True  # the sandbox is a frame; a page of it holds nothing that a click could betray
    )
    return response


def _page(place):
    content = place.read_bytes()
    head = BEFORE.match(content).end()
    scripts = "".join(f'<script src="{static(name)}"></script>' for name in SCRIPTS).encode()
    try:
        content.decode("utf-8")
        kind = "text/html; charset=utf-8"
    except UnicodeDecodeError:
        kind = "text/html"  # the page says which
    return HttpResponse(content[:head] + scripts + content[head:], headers={"Content-Type": kind})


def _file(request, place, kind):
    size = place.stat().st_size
    span = _span(request.headers.get("Range", ""), size)
    if span:
        with open(place, "rb") as file:
            file.seek(span[0])
            response = HttpResponse(file.read(span[1] - span[0] + 1), status=206)
        response["Content-Range"] = f"bytes {span[0]}-{span[1]}/{size}"
    else:
        response = FileResponse(place.open("rb"), as_attachment=kind is None, filename=place.name)
    response["Content-Type"] = kind or "application/octet-stream"
    response["Accept-Ranges"] = "bytes"
    return response


def _span(header, size):
    """(first, last) byte of the one range asked for, at most MAX_PART long, or None."""
    found = RANGE.fullmatch(header)
    if not found or not (found[1] or found[2]) or not size:
        return None
    first = int(found[1]) if found[1] else max(0, size - int(found[2]))
    last = int(found[2]) if found[1] and found[2] else size - 1
    last = min(last, size - 1, first + MAX_PART - 1)
    return (first, last) if first <= last else None


def given(state):
    """What the API starts with: the state, without a name or a number of the person."""
    package = state.package if state else None
    cmi = dict(state.cmi) if state else {}
    entry = "ab-initio"
    if state and state.status != "not attempted":
        entry = "resume" if cmi.pop("cmi.core.exit", "") == "suspend" else ""
    mastery = package.mastery_score if package else None
    total = time_of(state.total_seconds) if state else ""
    return {
        "cmi": cmi,
        "entry": entry,
        "total": total,
        "mastery": "" if mastery is None else f"{mastery.normalize():f}",
    }

"""Files of lessons: what they are by their bytes, however they are called, and how large they may be."""

import zipfile
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

MEBIBYTE = 1024 * 1024
HEAD = 64 * 1024
MOST = {"video": 60 * MEBIBYTE, "audio": 20 * MEBIBYTE, "captions": MEBIBYTE // 2, "document": 10 * MEBIBYTE}
_OFFICE = "application/vnd.openxmlformats-officedocument."
_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}


@dataclass(frozen=True)
class Kind:
    """A kind of file that a lesson can hold: what it is for, its content type, and the name a reader knows."""

    group: str
    content_type: str
    name: str


KINDS = {
    "mp4": Kind("video", "video/mp4", "MP4"),
    "webm": Kind("video", "video/webm", "WebM"),
    "mp3": Kind("audio", "audio/mpeg", "MP3"),
    "m4a": Kind("audio", "audio/mp4", "M4A"),
    "ogg": Kind("audio", "audio/ogg", "Ogg"),
    "vtt": Kind("captions", "text/vtt; charset=utf-8", "WebVTT"),
    "pdf": Kind("document", "application/pdf", "PDF"),
    "docx": Kind("document", f"{_OFFICE}wordprocessingml.document", "Word"),
    "xlsx": Kind("document", f"{_OFFICE}spreadsheetml.sheet", "Excel"),
    "pptx": Kind("document", f"{_OFFICE}presentationml.presentation", "PowerPoint"),
}


class FileRefused(ValueError):
    """The file cannot be used; str() says why and what to do."""


def ending_of(name):
    return name.rpartition(".")[2].lower()


def kind_of(name):
    """The kind that a checked file has by its ending, or None."""
    return KINDS.get(ending_of(name))


def most_bytes(group):
    """How large a file of the group may be: LESSON_FILE_MAX_BYTES[group] of the settings, else the house's limit."""
    return getattr(settings, "LESSON_FILE_MAX_BYTES", {}).get(group, MOST[group])


def check_file(file, name):
    """The kind of an open file whose bytes are what its name says. Raises FileRefused."""
    ending = ending_of(name)
    if ending not in KINDS:
        raise FileRefused(
            _("A file of this kind cannot be used in a lesson. Usable are: %(kinds)s.") % {"kinds": ", ".join(KINDS)}
        )
    kind = KINDS[ending]
    file.seek(0, 2)
    size, most = file.tell(), most_bytes(kind.group)
    if not size:
        raise FileRefused(_("The file is empty. Choose the file again."))
    if size > most:
        raise FileRefused(
            _("The file has %(size)s MB; at most %(most)s MB fit a slow link. Make it shorter or smaller.")
            % {"size": -(-size // MEBIBYTE), "most": max(most // MEBIBYTE, 1)}
        )
    found = ending_by_bytes(file)
    file.seek(0)
    if found != ending:
        raise FileRefused(_not_what_it_says(ending, found))
    return kind


def _not_what_it_says(ending, found):
    if found:
        return _("The file is called .%(ending)s, but its content is .%(found)s. Give it its right name.") % {
            "ending": ending,
            "found": found,
        }
    if ending == "vtt":
        return _(
            "The file holds no captions. It must be plain text that begins with “%(mark)s” and has “-->” in it."
        ) % {"mark": "WEBVTT"}
    return _("The content of the file is not .%(ending)s. Save it again as .%(ending)s and send that.") % {
        "ending": ending
    }


def ending_by_bytes(file):
    """The ending that the bytes of an open file deserve, or None for anything that a lesson cannot hold."""
    file.seek(0)
    head = file.read(HEAD)
    if head[4:8] == b"ftyp":
        return "m4a" if head[8:12] in (b"M4A ", b"M4B ") else "mp4"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "webm" if b"webm" in head[:64] else None
    if head.startswith(b"OggS"):
        return "ogg"
    if head.startswith(b"ID3") or (head[:1] == b"\xff" and head[1:2] in (b"\xfb", b"\xfa", b"\xf3", b"\xf2")):
        return "mp3"
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return _office(file)
    return "vtt" if _is_captions(head, file) else None


def _is_captions(head, file):
    head = head.removeprefix(b"\xef\xbb\xbf")
    if not (head.startswith(b"WEBVTT") and head[6:7] in (b"", b" ", b"\t", b"\n", b"\r")):
        return False
    file.seek(0)
    try:
        return "-->" in file.read(most_bytes("captions")).decode("utf-8-sig")
    except UnicodeDecodeError:
        return False


def _office(file):
    """The kind of an Office package without macros, by its main part; nothing is unpacked."""
    try:
        names = set(zipfile.ZipFile(file).namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return next((ending for ending, part in _PARTS.items() if part in names), None)

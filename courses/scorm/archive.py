"""A package before it is believed: the list of its entries is checked, then every byte while it is unpacked.

Nothing of a refused file stays: it is unpacked into the scratch folder and moved to its place only when it is whole.
"""

import hashlib
import os
import re
import secrets
import shutil
import stat
import struct
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass

from django.utils.translation import gettext as _

from courses.scorm import manifest
from courses.scorm.manifest import PackageRefused
from jobs.storage import private_folder

MB = 1024 * 1024
MAX_FILE = 60 * MB
MAX_ENTRIES = 2_000
MAX_LIST = 1 * MB  # bytes of the list of entries
MAX_ONE = 60 * MB
MAX_TOTAL = 200 * MB
MAX_PAGE = 5 * MB  # bytes of a page: it is read whole when it is served
MAX_RATIO = 150
SMALL = 1 * MB  # below it, a high ratio harms nobody
CHUNK = 64 * 1024
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
    OSError,
)

PAGES = {"html", "htm"}
TYPES = {
    *PAGES,
    *("css", "js", "mjs", "json", "xml", "xsd", "dtd", "txt", "pdf", "vtt", "srt", "zip"),
    *("png", "jpg", "jpeg", "gif", "svg", "webp", "bmp", "ico", "cur"),
    *("mp3", "m4a", "aac", "ogg", "oga", "wav", "mp4", "m4v", "webm", "ogv"),
    *("woff", "woff2", "ttf", "otf", "eot"),
}
LEFT_OUT = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
FRAMES = re.compile(rb"<\s*(i?frame|frameset)\b", re.IGNORECASE)
_ODD = re.compile(r"[\x00-\x1f\x7f:*?\"<>|]")


@dataclass(frozen=True)
class Unpacked:
    """What a package turned out to be; its files lie in folder_of(sha256)."""

    manifest: manifest.Manifest
    sha256: str
    size: int
    entries: int
    unpacked_size: int
    has_frames: bool


def packages_folder():
    return private_folder() / "scorm"


def folder_of(sha256):
    return packages_folder() / sha256


def _refuse(sentence, entry=""):
    raise PackageRefused(sentence % {"name": entry[:120]})


def unpack(file):
    """Check and unpack an open file; the result names the folder. PackageRefused leaves nothing behind."""
    sha256, size = _hashed(file)
    with _opened(file, size) as archive:
        entries = checked_entries(archive)
        found = _manifest(archive, entries)
        scratch = private_folder() / "scratch" / f"scorm-{secrets.token_hex(8)}"
        try:
            scratch.mkdir(parents=True, mode=0o700)
            unpacked_size, has_frames = _write_all(archive, entries, scratch)
            _move(scratch, folder_of(sha256))
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return Unpacked(found, sha256, size, len(entries), unpacked_size, has_frames)


def _hashed(file):
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
        if size > MAX_FILE:
            _refuse(_("The file is larger than 60 MB."))
    return digest.hexdigest(), size


def _opened(file, size):
    """The archive; before its list of entries is read, the size of that list is."""
    file.seek(0)
    if file.read(4) != b"PK\x03\x04":
        _refuse(_("The file is no .zip archive."))
    file.seek(max(0, size - 65_557))
    tail = file.read()
    # As the reader below finds it: at the very end, else before the last comment.
    start = len(tail) - 22 if tail[-22:-18] == b"PK\x05\x06" and tail[-2:] == b"\0\0" else tail.rfind(b"PK\x05\x06")
    if start < 0 or len(tail) < start + 22:
        _refuse(_("The file is cut off or damaged."))
    _disk, _start_disk, _here, count, length = struct.unpack("<4HL", tail[start + 4 : start + 16])
    if tail[start - 20 : start - 16] == b"PK\x06\x07" or count > MAX_ENTRIES or length > MAX_LIST:
        _refuse(_("The archive has more than 2,000 entries or is in the ZIP64 format."))
    try:
        archive = zipfile.ZipFile(file)
    except DAMAGE as error:
        raise PackageRefused(_("The file is cut off or damaged.")) from error
    if len(archive.infolist()) > MAX_ENTRIES:
        _refuse(_("The archive has more than 2,000 entries or is in the ZIP64 format."))
    return archive


def checked_entries(archive):
    """The files to unpack, from the list of entries alone; PackageRefused names the entry that is not taken."""
    infos = archive.infolist()
    _no_overlaps(infos, archive.start_dir)
    files, folders, total = {}, set(), 0
    for info in infos:
        name = info.orig_filename
        _check_name(name)
        _check_kind(info)
        key = unicodedata.normalize("NFC", name.rstrip("/")).casefold()
        if name.endswith("/"):
            folders.add(key)
        elif key in files:
            _refuse(_("The entry “%(name)s” is there twice, or differs from another only by capitals."), name)
        else:
            files[key] = info
        parents = key.split("/")[:-1]
        folders.update("/".join(parents[:depth]) for depth in range(1, len(parents) + 1))
        total += info.file_size
    if clash := folders & set(files):
        _refuse(_("The entry “%(name)s” is a file and a folder at once."), sorted(clash)[0])
    if total > MAX_TOTAL:
        _refuse(_("Unpacked, the package is larger than 200 MB."))
    kept = [info for info in files.values() if not LEFT_OUT.search(info.orig_filename)]
    for info in kept:
        _check_file(info)
    return kept


def _no_overlaps(infos, start_of_list):
    """Bombs let many entries share the same bytes."""
    end = start_of_list
    for info in sorted(infos, key=lambda each: each.header_offset, reverse=True):
        if info.header_offset + 30 + info.compress_size > end:
            _refuse(_("The entry “%(name)s” lies over another one: the archive is made to burst."), info.filename)
        end = info.header_offset


def _check_name(name):
    parts = name.rstrip("/").split("/")
    if "\\" in name or _ODD.search(name):
        _refuse(_("The entry “%(name)s” has a character in its name that is not allowed."), name)
    if name.startswith("/") or any(part in ("", ".", "..") for part in parts):
        _refuse(_("The entry “%(name)s” points outside the package."), name)
    lengths = [len(part.encode("utf-8", "replace")) for part in parts]
    if sum(lengths) > 400 or max(lengths) > 200 or len(parts) > 20:
        _refuse(_("The name of the entry “%(name)s” is too long or too deep."), name)


def _check_kind(info):
    name, mode = info.orig_filename, info.external_attr >> 16
    if info.flag_bits & 0x41:
        _refuse(_("The entry “%(name)s” is encrypted."), name)
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        _refuse(_("The entry “%(name)s” is a link or a device, not a file."), name)
    if name.endswith("/") and info.file_size:
        _refuse(_("The entry “%(name)s” is a file and a folder at once."), name)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        _refuse(_("The entry “%(name)s” is packed in a way that is not known here."), name)


def suffix_of(name):
    return name.rpartition("/")[2].rpartition(".")[2].lower()


def _check_file(info):
    name, size = info.orig_filename, info.file_size
    if suffix_of(name) not in TYPES or "." not in name.rpartition("/")[2]:
        _refuse(_("The entry “%(name)s” is of a type that a package does not need."), name)
    if size > MAX_ONE or (suffix_of(name) in PAGES and size > MAX_PAGE):
        _refuse(_("The entry “%(name)s” is too large."), name)
    if size > SMALL and size > MAX_RATIO * max(info.compress_size, 1):
        _refuse(_("The entry “%(name)s” grows too much when it is unpacked: the archive is made to burst."), name)


def _manifest(archive, entries):
    names = {info.orig_filename: info for info in entries}
    if manifest.NAME not in names:
        _refuse(_("imsmanifest.xml is not at the top of the archive. Pack the content of the folder, not the folder."))
    content = b"".join(_bytes_of(archive, names[manifest.NAME], manifest.MAX_BYTES + 1))
    found = manifest.read_manifest(content)
    if found.launch not in names or suffix_of(found.launch) not in PAGES:
        _refuse(_("The launch page “%(name)s” is not among the pages of the package."), found.launch)
    return found


def _bytes_of(archive, info, limit):
    """The chunks of an entry as they really are, not as the list of entries has them."""
    read = 0
    try:
        with archive.open(info) as source:
            while read < limit and (chunk := source.read(min(CHUNK, limit - read))):
                read += len(chunk)
                yield chunk
    except DAMAGE as error:
        raise PackageRefused(_("The entry “%(name)s” is damaged.") % {"name": info.orig_filename[:120]}) from error


def _write_all(archive, entries, folder):
    """Write every entry below the folder; (bytes, whether a page has frames)."""
    total, has_frames = 0, False
    for info in entries:
        target = folder.joinpath(*info.orig_filename.split("/"))
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        is_page, size = suffix_of(info.orig_filename) in PAGES, 0
        with open(target, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
            for chunk in _bytes_of(archive, info, MAX_ONE + 1):
                size, total = size + len(chunk), total + len(chunk)
                if size > info.file_size or total > MAX_TOTAL:
                    _refuse(_("The entry “%(name)s” is larger than the archive says."), info.orig_filename)
                out.write(chunk)
        if is_page:
            content = target.read_bytes()
            if content.startswith((b"\xff\xfe", b"\xfe\xff")):
                _refuse(_("The page “%(name)s” is in UTF-16. Save it as UTF-8."), info.orig_filename)
            has_frames = has_frames or bool(FRAMES.search(content))
    return total, has_frames


def _move(scratch, place):
    """Into its place in one step; the same file uploaded before lies there already, unchanged."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        os.rename(scratch, place)
    except OSError:
        if not place.is_dir():
            raise

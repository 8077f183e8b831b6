"""Packages in the SCORM 1.2 format, made here: a manifest, pages that look for their API, what else a test packs."""

import io
import zipfile

from courses.actions.scorm import accept_package
from tests.factories.people import make_user, moment

# As authoring tools do it: the API is looked for upwards, the bookmark is read first, the end is told on leaving.
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Part</title><link rel="stylesheet" href="style.css">
<script>
function find(from) { while (!from.API && from.parent && from.parent !== from) from = from.parent; return from.API; }
var api = find(window.parent);
function say(id, words) { document.getElementById(id).textContent = words; }
function show() { say("place", "place " + (api.LMSGetValue("cmi.core.lesson_location") || "none")); }
window.onload = function () { say("began", api.LMSInitialize("")); show(); };
window.onunload = function () {
  api.LMSSetValue("cmi.core.exit", "suspend");
  api.LMSSetValue("cmi.core.session_time", "00:01:05.50");
  api.LMSFinish("");
};
function go() {
  api.LMSSetValue("cmi.core.lesson_status", "incomplete");
  api.LMSSetValue("cmi.suspend_data", "ចំណាំ|2");
  api.LMSSetValue("cmi.core.lesson_location", "2");
  api.LMSCommit("");
  show();
}
function end() {
  api.LMSSetValue("cmi.core.score.raw", "100");
  api.LMSSetValue("cmi.core.lesson_status", "passed");
  api.LMSCommit("");
}
</script></head>
<body><p id="began"></p><p id="place"></p><img src="dot.png" alt="">
<button onclick="go()">Go on</button><button onclick="end()">End</button></body></html>
"""
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def manifest(href="index.html", title="Package", version="1.2", items=1, extra="", kind="sco", mastery=""):
    """The bytes of an imsmanifest.xml with so many parts."""
    score = f"<adlcp:masteryscore>{mastery}</adlcp:masteryscore>" if mastery else ""
    parts = "".join(
        f'<item identifier="i{n}" identifierref="r{n}"><title>Part {n}</title>{score}</item>' for n in range(items)
    )
    resources = "".join(
        f'<resource identifier="r{n}" type="webcontent" adlcp:scormtype="{kind}" href="{href}"/>' for n in range(items)
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>{extra}
<manifest identifier="made.here" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
  xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
<metadata><schema>ADL SCORM</schema><schemaversion>{version}</schemaversion></metadata>
<organizations default="o"><organization identifier="o"><title>{title}</title>{parts}</organization></organizations>
<resources>{resources}</resources></manifest>""".encode()


def package_file(files=None, manifest_xml=None, entries=()):
    """An open package; files: name → content, entries: further (ZipInfo or name, content) in this order."""
    files = {"index.html": PAGE, "style.css": "p { color: navy }", "dot.png": DOT} if files is None else files
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if manifest_xml is not False:
            archive.writestr(_entry("imsmanifest.xml"), manifest_xml or manifest())
        for name, content in [*files.items(), *entries]:
            archive.writestr(_entry(name) if isinstance(name, str) else name, content)
    out.seek(0)
    return out


def _entry(name):
    """An entry that is the same at every hour, so that a package has one hash."""
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def make_package(lesson, by=None, at=None, file=None):
    """A package that the lesson has from now on."""
    return accept_package(lesson=lesson, file=file or package_file(), at=at or moment(), by=by or make_user())

"""Hostile and broken packages: each is refused with a sentence that names the entry, and nothing of it stays."""

import io
import stat
import struct
import zipfile

import pytest
from django.utils.translation import override

from courses.scorm import archive
from courses.scorm.archive import folder_of, packages_folder, unpack
from courses.scorm.data_model import ResultRefused, read_result, seconds_of, time_of
from courses.scorm.manifest import PackageRefused, read_manifest
from jobs.storage import private_folder
from tests.factories.packages import PAGE, manifest, package_file


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    with override("en"):
        yield tmp_path


def with_entries(*entries, **more):
    return package_file(None, entries=entries, **more)


def entry(name, **facts):
    info = zipfile.ZipInfo(name)
    for key, value in facts.items():
        setattr(info, key, value)
    return info


def link(name):
    return entry(name, external_attr=(stat.S_IFLNK | 0o777) << 16)


def patched(file, change):
    """The bytes of a package after a change that no tool would make."""
    content = bytearray(file.getvalue())
    change(content)
    return io.BytesIO(bytes(content))


def list_of(content):
    """Offsets of the entries of the list, in order."""
    places, at = [], content.find(b"PK\x01\x02")
    while at >= 0:
        places.append(at)
        at = content.find(b"PK\x01\x02", at + 4)
    return places


def encrypt(content):
    for place in list_of(content)[1:2]:
        content[place + 8] |= 1


def overlap(content):
    first, second = list_of(content)[1:3]
    content[second + 42 : second + 46] = content[first + 42 : first + 46]


def understate(content):
    """The list says that a page is ten bytes long; the local header is changed with it."""
    place = list_of(content)[1]
    local = struct.unpack("<L", content[place + 42 : place + 46])[0]
    content[place + 24 : place + 28] = content[local + 22 : local + 26] = struct.pack("<L", 10)


def corrupt(content):
    place = list_of(content)[1]
    local = struct.unpack("<L", content[place + 42 : place + 46])[0]
    content[local + 60] ^= 0xFF


def many_in_the_end_record(content):
    end = content.rfind(b"PK\x05\x06")
    content[end + 10 : end + 12] = b"\xff\xff"


def nul_in_name(content):
    for place in (content.find(b"extra.txt"), content.rfind(b"extra.txt")):
        content[place + 5] = 0


def bomb(megabytes, name="big.txt"):
    return (name, b"\0" * (megabytes * archive.MB))


HOSTILE = {
    "up": (lambda: with_entries(("../evil.html", "x")), "“../evil.html” points outside"),
    "up inside": (lambda: with_entries(("a/../../evil.html", "x")), "points outside"),
    "absolute": (lambda: with_entries((entry("/etc/evil.html"), "x")), "“/etc/evil.html” points outside"),
    "drive": (lambda: with_entries(("C:/evil.html", "x")), "“C:/evil.html” has a character"),
    "backslash": (lambda: with_entries((entry("a\\evil.html"), "x")), "“a\\evil.html” has a character"),
    "control": (lambda: with_entries((entry("a\nb.html"), "x")), "has a character"),
    "nul": (lambda: patched(with_entries(("extra.txt", "x")), nul_in_name), "has a character"),
    "empty part": (lambda: with_entries((entry("a//b.html"), "x")), "points outside"),
    "link": (lambda: with_entries((link("l.html"), "/etc/passwd")), "“l.html” is a link"),
    "device": (lambda: with_entries((entry("d.html", external_attr=stat.S_IFCHR << 16), "")), "“d.html” is a link"),
    "twice": (lambda: with_entries(("INDEX.html", "x")), "“INDEX.html” is there twice"),
    "file and folder": (lambda: with_entries(("index.html/a.txt", "x")), "is a file and a folder"),
    "deep": (lambda: with_entries(("a/" * 21 + "b.txt", "x")), "too long or too deep"),
    "long": (lambda: with_entries(("ក" * 80 + ".txt", "x")), "too long or too deep"),
    "encrypted": (lambda: patched(with_entries(), encrypt), "“index.html” is encrypted"),
    "overlap": (lambda: patched(with_entries(), overlap), "made to burst"),
    "understated": (lambda: patched(with_entries(), understate), "“index.html” is damaged"),
    "corrupt": (lambda: patched(with_entries(), corrupt), "“index.html” is damaged"),
    "many": (lambda: patched(with_entries(), many_in_the_end_record), "more than 2,000 entries"),
    "bomb": (lambda: with_entries(bomb(3)), "“big.txt” grows too much"),
    "too large": (lambda: with_entries(bomb(61)), "“big.txt” is too large"),
    "large page": (lambda: with_entries(bomb(6, "big.html")), "“big.html” is too large"),
    "program": (lambda: with_entries(("a.exe", "MZ")), "“a.exe” is of a type"),
    "no type": (lambda: with_entries(("LICENSE", "x")), "“LICENSE” is of a type"),
    "server page": (lambda: with_entries(("a.php", "x")), "“a.php” is of a type"),
    "other packing": (lambda: with_entries((entry("a.txt", compress_type=zipfile.ZIP_BZIP2), "x")), "packed in a way"),
    "UTF-16": (lambda: with_entries(("a.html", b"\xff\xfe<\0")), "“a.html” is in UTF-16"),
    "no archive": (lambda: io.BytesIO(b"<html>"), "no .zip archive"),
    "empty": (lambda: io.BytesIO(b""), "no .zip archive"),
    "cut off": (lambda: io.BytesIO(package_file().getvalue()[:-40]), "cut off or damaged"),
    "no manifest": (lambda: package_file(manifest_xml=False), "imsmanifest.xml is not at the top"),
    "manifest below": (lambda: package_file({"a/imsmanifest.xml": "x"}, manifest_xml=False), "is not at the top"),
    "no launch page": (lambda: package_file({"a.html": PAGE}), "“index.html” is not among the pages"),
    "launch picture": (lambda: with_entries(manifest_xml=manifest("dot.png")), "“dot.png” is not among the pages"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_package_is_refused_by_a_sentence_and_leaves_nothing(name, folder):
    make, sentence = HOSTILE[name]
    with pytest.raises(PackageRefused) as refusal:
        unpack(make())
    assert sentence in str(refusal.value)
    assert not packages_folder().exists() or list(packages_folder().iterdir()) == []
    scratch = private_folder() / "scratch"
    assert not scratch.exists() or list(scratch.iterdir()) == []
    assert [path.name for path in folder.rglob("evil*")] == []


def test_total_and_number_are_limited_before_anything_is_unpacked(monkeypatch):
    monkeypatch.setattr(archive, "_write_all", lambda *_given: pytest.fail("unpacked"))
    monkeypatch.setattr(archive, "MAX_TOTAL", 2000)
    with pytest.raises(PackageRefused, match="larger than 200 MB"):
        unpack(with_entries(("a.txt", "a" * 2000)))
    monkeypatch.setattr(archive, "MAX_ENTRIES", 5)
    with pytest.raises(PackageRefused, match="more than 2,000"):
        unpack(with_entries(*((f"{n}.txt", "x") for n in range(5))))
    monkeypatch.setattr(archive, "MAX_FILE", 100)
    with pytest.raises(PackageRefused, match="larger than 60 MB"):
        unpack(package_file())


def test_bytes_are_counted_while_unpacking_whatever_the_list_said(monkeypatch):
    monkeypatch.setattr(archive, "_bytes_of", lambda _archive, info, limit: iter([b"x" * (info.file_size + 1)]))
    monkeypatch.setattr(archive, "_manifest", lambda *_given: None)
    with pytest.raises(PackageRefused, match="larger than the archive says"):
        unpack(package_file())
    assert not packages_folder().exists()


def test_good_package_lies_whole_under_its_hash_without_what_a_mac_adds():
    files = {
        "index.html": PAGE,
        "a/deep/ខ្មែរ.txt": "x",
        "more.zip": "data",
        "__MACOSX/._index.html": "x",
        "a/.DS_Store": "",
    }
    found = unpack(package_file(files))
    place = folder_of(found.sha256)
    kept = sorted(str(path.relative_to(place)) for path in place.rglob("*") if path.is_file())
    assert kept == ["a/deep/ខ្មែរ.txt", "imsmanifest.xml", "index.html", "more.zip"]
    assert (found.entries, found.manifest.title, found.manifest.launch) == (4, "Package", "index.html")
    assert found.unpacked_size == sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
    assert stat.S_IMODE((place / "index.html").stat().st_mode) == 0o600
    assert unpack(package_file(files)).sha256 == found.sha256, "the same file again changes nothing"
    assert list((private_folder() / "scratch").iterdir()) == []


# --- the manifest ---------------------------------------------------------------------------------------------------

LAUGHS = '<!DOCTYPE m [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
WRONG = {
    "2004": (manifest(version="2004 4th Edition"), "“2004 4th Edition”. Only SCORM 1.2"),
    "no version": (manifest(version=""), "Only SCORM 1.2"),
    "two parts": (manifest(items=2), "2 parts to launch"),
    "no part": (manifest(kind="asset"), "0 parts to launch"),
    "outside": (manifest("../index.html"), "lies outside the package"),
    "host": (manifest("https://example.org/index.html"), "lies outside the package"),
    "other host": (manifest("//example.org/index.html"), "lies outside the package"),
    "absolute": (manifest("/index.html"), "lies outside the package"),
    "no href": (manifest(""), "lies outside the package"),
    "entities": (manifest(extra=LAUGHS), "no plain XML"),
    "outer entity": (manifest(extra='<!DOCTYPE m SYSTEM "file:///etc/passwd">'), "no plain XML"),
    "no XML": (b"\x00\x01", "no plain XML"),
    "odd encoding": (b'<?xml version="1.0" encoding="nonsense"?><a/>', "no plain XML"),
    "other root": (b"<html/>", "no manifest of a course"),
    "many elements": (b"<manifest>" + b"<a/>" * 20_001 + b"</manifest>", "too many elements"),
    "large": (b"<manifest>" + b" " * 1_000_001, "larger than 1 MB"),
    "no title": (manifest(title="").replace(b"<title>Part 0</title>", b""), "no title"),
    "score": (manifest(mastery="much"), "no number from 0 to 100"),
    "no score": (manifest(mastery="NaN"), "no number from 0 to 100"),
    "high score": (manifest(mastery="101"), "no number from 0 to 100"),
}


@pytest.mark.parametrize("name", WRONG)
def test_manifest_that_cannot_be_played_is_refused_by_a_sentence(name):
    content, sentence = WRONG[name]
    with pytest.raises(PackageRefused) as refusal:
        read_manifest(content)
    assert sentence in str(refusal.value)


def test_manifest_says_where_to_begin():
    found = read_manifest(manifest("a%20b/./index.html?lang=km", title=" មេរៀន\n 1 ", mastery="80"))
    assert (found.launch, found.launch_query, found.title) == ("a b/index.html", "lang=km", "មេរៀន 1")
    assert (found.mastery_score, found.identifier) == (80, "made.here")


# --- what a package may report --------------------------------------------------------------------------------------

REFUSED = [
    {"cmi.core.student_name": "x"},
    {"cmi.core.total_time": "00:00:01"},
    {"cmi.core.lesson_status": "certified"},
    {"cmi.core.lesson_status": None},
    {"cmi.core.lesson_status": ["passed"]},
    {"cmi.core.score.raw": "100.1"},
    {"cmi.core.score.raw": "-1"},
    {"cmi.core.score.raw": "១០"},
    {"cmi.core.score.raw": "1e2"},
    {"cmi.core.session_time": "1:2:3"},
    {"cmi.core.session_time": "00:61:00"},
    {"cmi.core.lesson_location": "x" * 256},
    {"cmi.suspend_data": "x" * 64_001},
    {"cmi.suspend_data": "a\0b"},
    {"cmi.suspend_data": "\ud800"},
    {"cmi.objectives.100.id": "x"},
    {"cmi.objectives.1.score": "1"},
    {"cmi.student_preference.speed": "101"},
    {"cmi.interactions.0.student_response": "x"},
    {"__proto__": "x"},
    {f"cmi.objectives.{n}.id": "x" for n in range(501)},
    ["cmi"],
    None,
]


@pytest.mark.parametrize("cmi", REFUSED, ids=lambda cmi: str(cmi)[:40])
def test_element_that_is_not_allowed_is_refused(cmi):
    with pytest.raises(ResultRefused):
        read_result(cmi)


def test_result_says_what_follows_from_its_elements():
    result = read_result(
        {"cmi.core.lesson_status": "passed", "cmi.core.score.raw": "66.666", "cmi.core.session_time": "0001:01:01.99"}
    )
    assert (result.is_done, str(result.score), result.seconds) == (True, "66.67", 3661)
    assert "cmi.core.session_time" not in result.cmi
    assert not read_result({"cmi.core.lesson_status": "failed"}).is_done
    assert read_result({}).status == "incomplete"
    assert seconds_of(time_of(3661)) == 3661

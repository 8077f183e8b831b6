"""Files of lessons: taken for what their bytes are, and sent whole or in the parts a player asks for."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from wagtail.documents.forms import get_document_form
from wagtail.models import Collection, CollectionViewRestriction

from courses.byte_ranges import NotSatisfiable, Part, asked_range
from courses.file_kinds import FileRefused, check_file
from tests import factories
from tests.factories.files import CAPTIONS, MP3, MP4, PDF, office
from tests.site.asking import text_of

M4A = b"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00" + b"\0" * 40
WEBM = b"\x1aE\xdf\xa3\x93B\x82\x88webm" + b"\0" * 40


@pytest.mark.parametrize(
    ("name", "content"),
    [
        *(("film.mp4", MP4), ("FILM.MP4", MP4), ("film.webm", WEBM), ("voice.mp3", MP3), ("voice.m4a", M4A)),
        *(("voice.mp3", b"\xff\xfb\x90\x00" + b"\0" * 40), ("voice.ogg", b"OggS" + b"\0" * 40)),
        *(("words.vtt", CAPTIONS), ("words.vtt", b"\xef\xbb\xbf" + CAPTIONS), ("form.pdf", PDF)),
        *(("form.docx", office()), ("list.xlsx", office("xl/workbook.xml"))),
        ("show.pptx", office("ppt/presentation.xml")),
    ],
)
def test_file_that_is_what_it_says_is_taken(name, content):
    assert check_file(io.BytesIO(content), name).content_type


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("page.html", b"<script>alert(1)</script>", "Usable are: mp4"),
        ("picture.svg", b"<svg/>", "Usable are"),
        ("none", PDF, "Usable are"),
        ("film.mp4", b"", "empty"),
        ("film.mp4", b"<html><script>1</script>", "content of the file is not .mp4"),
        ("form.pdf", office(), "called .pdf, but its content is .docx"),
        ("film.mp4", M4A, "called .mp4, but its content is .m4a"),
        ("form.docx", office("word/document.xml", "word/vbaProject.bin"), "content of the file is not .docx"),
        ("form.docx", b"PK\x03\x04 broken", "content of the file is not .docx"),
        ("words.vtt", b"1\n00:00:00,000 --> 00:00:02,000\nsrt", "begins with “WEBVTT”"),
        ("words.vtt", "WEBVTT\n-->é".encode("latin-1"), "holds no captions"),
        ("words.vtt", b"WEBVTT\n\nno lines", "-->"),
    ],
)
def test_file_that_is_something_else_is_refused_with_what_to_do(name, content, words):
    with override("en"), pytest.raises(FileRefused) as refusal:
        check_file(io.BytesIO(content), name)
    assert words in str(refusal.value)


def test_file_over_the_limit_of_its_group_is_refused_with_both_sizes():
    with (
        override_settings(LESSON_FILE_MAX_BYTES={"document": 2_000_000}),
        override("en"),
        pytest.raises(FileRefused) as refusal,
    ):
        check_file(io.BytesIO(PDF + b"\0" * 3_000_000), "form.pdf")
    assert "3 MB; at most 1 MB" in str(refusal.value)


@pytest.mark.django_db
def test_upload_form_of_the_admin_asks_the_same(django_user_model):
    from wagtail.documents import get_document_model

    Collection.objects.exists() or Collection.add_root(name="Root")
    owner = django_user_model.objects.create_superuser(username="owner", password="x")
    form_class = get_document_form(get_document_model())

    def form(content):
        data = {"title": "A film", "collection": Collection.objects.first().pk}
        return form_class(data, {"file": SimpleUploadedFile("film.mp4", content)}, user=owner)

    with override("en"):
        assert "content of the file is not .mp4" in str(form(b"MZ\x90").errors["file"])
    assert form(MP4).is_valid()


@pytest.mark.parametrize(
    ("header", "found"),
    [
        *(("bytes=0-", (0, 99)), ("bytes=10-19", (10, 19)), ("bytes=90-500", (90, 99)), ("bytes=-5", (95, 99))),
        *(("bytes=-500", (0, 99)), ("bytes=99-99", (99, 99)), ("", None), ("bytes=-", None), ("bytes=5-4", None)),
        *(("bytes=0-1,5-6", None), ("lines=0-5", None), ("bytes=a-b", None), ("bytes=๑-", None)),
    ],
)
def test_range_is_read_as_http_says(header, found):
    assert asked_range(header, 100) == found


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=-0", "bytes=200-300"])
def test_range_behind_the_end_is_not_satisfiable(header):
    with pytest.raises(NotSatisfiable):
        asked_range(header, 100)


@given(st.binary(min_size=1, max_size=200), st.data())
def test_part_holds_exactly_the_bytes_it_names(content, data):
    first = data.draw(st.integers(0, len(content) - 1))
    last = data.draw(st.integers(first, len(content) - 1))
    part = Part(io.BytesIO(content), first, last - first + 1)
    pieces = b"".join(iter(lambda: part.read(7), b""))
    assert pieces == content[first : last + 1]


@pytest.fixture
def film(db):
    return factories.make_document()


def body_of(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_film_is_sent_whole_to_who_asks_for_all_of_it(client, film):
    answer = client.get(film.url)
    assert (answer.status_code, answer["Content-Type"], answer["Accept-Ranges"]) == (200, "video/mp4", "bytes")
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["Cache-Control"] == "public, max-age=86400"
    assert not answer.cookies
    assert body_of(answer) == MP4


def test_film_is_sent_in_the_part_that_a_player_asks_for(client, film):
    answer = client.get(film.url, headers={"Range": "bytes=24-279"})
    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes 24-279/{len(MP4)}"
    assert answer["Content-Length"] == "256"
    assert body_of(answer) == MP4[24:280]


def test_film_asked_behind_its_end_says_how_long_it_is(client, film):
    answer = client.get(film.url, headers={"Range": "bytes=999999-"})
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(MP4)}")


def test_part_of_a_film_that_changed_meanwhile_is_sent_whole(client, film):
    answer = client.get(film.url, headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    assert answer.status_code == 200
    assert body_of(answer) == MP4


def test_film_that_the_browser_has_is_not_sent_again(client, film):
    etag = client.head(film.url)["ETag"]
    answer = client.get(film.url, headers={"If-None-Match": etag})
    assert (answer.status_code, answer.content) == (304, b"")


def test_document_is_downloaded_and_captions_are_read(client, db):
    form = client.get(factories.make_document("form.pdf", PDF).url)
    assert form["Content-Disposition"].startswith("attachment")
    body_of(form)
    captions = client.get(factories.make_document("words.vtt", CAPTIONS).url)
    assert captions["Content-Type"] == "text/vtt; charset=utf-8"
    assert "សួស្តី" in text_of(captions)


def test_policy_lets_media_come_from_the_site_alone(client, film):
    answer = client.get("/en/account/login/")
    rules = [rule.strip() for rule in answer["Content-Security-Policy"].split(";")]
    assert "media-src 'self'" in rules


def test_file_under_another_name_or_in_a_closed_collection_is_not_there(client, film):
    assert client.get(f"/documents/{film.pk}/other.mp4").status_code == 404
    closed = film.collection.add_child(name="Closed")
    CollectionViewRestriction.objects.create(collection=closed, restriction_type="login")
    film.collection = closed
    film.save()
    assert client.get(film.url).status_code == 404


def test_file_of_a_kind_that_is_not_for_lessons_is_not_sent(client, film):
    film.file.name = film.file.name.replace(".mp4", ".html")
    film.save()
    assert client.get(film.url).status_code == 404

"""Packages through the site's own doors: upload by editors of the section, files by address, results, certificates."""

import datetime
import json

import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from certification.models import Certificate, Period
from courses.actions.scorm import withdraw_package
from courses.models import Enrolment, LessonProgress, ScormPackage, ScormState
from courses.scorm import serving
from courses.scorm.archive import folder_of
from institutions.models import AuditEntry
from institutions.upload_limit import MAX_BODY, BoundedUpload
from tests import factories
from tests.factories.packages import PAGE, make_package, manifest, package_file

from .conftest import make_learner, words
from .test_bank_editor import make_section

pytestmark = pytest.mark.django_db
PASSED = {"cmi.core.lesson_status": "passed", "cmi.core.score.raw": "100", "cmi.core.session_time": "00:02:00"}


def address(learner, lesson, end="package/"):
    return f"/en/learn/{learner.enrolment.pk}/{lesson.slug}/{end}"


def open_package(client, learner, lesson):
    return client.get(address(learner, lesson)).context["state"].launch_key


def report(client, learner, lesson, launch, cmi, **more):
    content = json.dumps({"launch": launch, "cmi": cmi})
    return client.post(address(learner, lesson, "package/state/"), content, content_type="application/json", **more)


@pytest.fixture
def lesson(learner):
    return learner.enrolment.lessons()[0]


# --- upload ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def section(clock):
    bank, editor = make_section("education")
    return bank.course.lessons.first(), editor


@pytest.fixture
def editor(client, section):
    client.force_login(section[1])
    return client


def upload(client, lesson, file=None):
    file = SimpleUploadedFile("package.zip", (file or package_file()).getvalue())
    return client.post(reverse("scorm_packages:lesson", args=[lesson.pk]), {"file": file}, follow=True)


def test_editor_uploads_tries_and_withdraws_a_package_of_the_own_section(editor, section, clock):
    lesson = section[0]
    page = words(upload(editor, lesson))
    package = ScormPackage.objects.get()
    assert "Try it before you tell learners of it" in page and "scorm12" not in page
    assert (package.number, package.title, package.uploaded_by, package.uploaded_at) == (
        1,
        "Package",
        section[1],
        clock.now,
    )
    assert f'data-address="{serving.launch_address(package, clock.now)}"' in page and 'data-save=""' in page
    assert "This is the package that the lesson has now." in words(upload(editor, lesson))
    upload(editor, lesson, package_file(manifest_xml=manifest(title="Second")))
    assert "Second" in words(editor.get(reverse("scorm_packages:index")))

    second = ScormPackage.objects.get(number=2)
    gone = reverse("scorm_packages:withdraw", args=[second.pk])
    assert "Nobody can open it any more" in words(editor.get(gone))
    editor.post(gone)
    assert editor.get(reverse("scorm_packages:preview", args=[second.pk])).status_code == 404
    assert list(ScormPackage.objects.in_use()) == [package]
    verbs = list(AuditEntry.objects.filter(verb__endswith="_package").values_list("verb", flat=True).order_by("pk"))
    assert verbs == ["courses.accept_package", "courses.accept_package", "courses.withdraw_package"]


def test_refused_file_is_named_on_the_page_and_nothing_is_kept(editor, section):
    page = words(upload(editor, section[0], package_file(None, entries=[("../evil.html", "x")])))
    assert "../evil.html" in page and "points outside the package" in page
    assert not ScormPackage.objects.exists()
    assert "no .zip archive" in words(
        editor.post(
            reverse("scorm_packages:lesson", args=[section[0].pk]), {"file": SimpleUploadedFile("a.zip", b"<html>")}
        )
    )


def test_body_that_is_too_large_is_refused_unread_and_a_token_is_asked_for(section):
    client = Client(enforce_csrf_checks=True)
    client.force_login(section[1])
    place = reverse("scorm_packages:lesson", args=[section[0].pk])
    assert client.post(place, {"file": SimpleUploadedFile("a.zip", b"x")}).status_code == 403
    with pytest.raises(RequestDataTooBig):
        BoundedUpload().handle_raw_input(None, {}, MAX_BODY + 1, b"")
    assert BoundedUpload().handle_raw_input(None, {}, MAX_BODY, b"") is None
    assert not ScormPackage.objects.exists()


def test_packages_of_another_section_are_not_there(editor):
    bank, _editor = make_section("police")
    other = bank.course.lessons.first()
    package = make_package(other)
    for name, pk in (("lesson", other.pk), ("preview", package.pk), ("withdraw", package.pk)):
        assert editor.get(reverse(f"scorm_packages:{name}", args=[pk])).status_code == 404
        assert editor.post(reverse(f"scorm_packages:{name}", args=[pk])).status_code in (404, 405)
    package.refresh_from_db()
    assert package.withdrawn_at is None
    assert "police" not in words(editor.get(reverse("scorm_packages:index")))


@pytest.mark.parametrize("count", [1, 3])
def test_lists_of_the_admin_ask_a_fixed_number_of_questions(editor, section, count, django_assert_max_num_queries):
    lesson = section[0]
    for number in range(count):
        make_package(lesson, file=package_file(manifest_xml=manifest(title=f"P{number}")))
    editor.get(reverse("scorm_packages:index"))
    for name, args in (("index", []), ("lesson", [lesson.pk])):
        with django_assert_max_num_queries(30):
            editor.get(reverse(f"scorm_packages:{name}", args=args))


def test_what_was_uploaded_is_never_changed_but_for_its_withdrawal(section, clock):
    package = make_package(section[0])
    with pytest.raises(DatabaseError), transaction.atomic():
        ScormPackage.objects.filter(pk=package.pk).update(launch="other.html")
    withdraw_package(package=package, at=clock.now, by=section[1])


# --- files into the sandbox -----------------------------------------------------------------------------------------


@pytest.fixture
def package(clock):
    files = {"index.html": PAGE, "style.css": "p {}", "data.json": "{}", "a b/ខ្មែរ.mp4": "0123456789", "more.zip": "PK"}
    return make_package(factories.make_course().lessons.first(), file=package_file(files))


def of(package, path, at):
    return reverse("courses:package_file", args=[serving.token_of(package, at), path])


def test_page_of_a_package_is_locked_into_a_sandbox_and_knows_no_cookie(package, clock):
    client = Client()
    client.force_login(factories.make_user())
    answer = client.get(of(package, "index.html", clock.now))
    policy = dict(part.partition(" ")[::2] for part in answer["Content-Security-Policy"].split("; "))
    assert policy["sandbox"] == "allow-scripts allow-forms allow-modals"
    assert (policy["default-src"], policy["form-action"], policy["object-src"]) == ("'none'",) * 3
    prefix = f"http://testserver/package/{serving.token_of(package, clock.now)}/"
    for name in ("img-src", "media-src", "font-src", "connect-src", "frame-src", "style-src", "base-uri"):
        hosts = [source for source in policy[name].split() if source.startswith("http")]
        assert hosts == [prefix], name
    assert (
        "allow-same-origin" not in answer["Content-Security-Policy"]
        and "'self'" not in answer["Content-Security-Policy"]
    )
    assert not answer.cookies and "Cookie" not in answer.headers.get("Vary", "")
    assert answer["Access-Control-Allow-Origin"] == "null" and "Access-Control-Allow-Credentials" not in answer
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["Referrer-Policy"] == "no-referrer"
    content = answer.content.decode()
    assert content.startswith('<!DOCTYPE html><script src="/static/courses/scorm-again-3.4.3/scorm12.min.js"></script>')


def test_every_other_file_carries_the_same_lock(package, clock):
    for path in ("style.css", "data.json", "imsmanifest.xml", "a b/ខ្មែរ.mp4", "more.zip"):
        answer = Client().get(of(package, path, clock.now))
        assert answer.status_code == 200 and b"".join(answer.streaming_content)
        assert "sandbox allow-scripts" in answer["Content-Security-Policy"], path
        assert answer["Content-Disposition"].startswith("attachment" if path == "more.zip" else "inline"), path


def test_part_of_a_film_is_answered_in_part(package, clock):
    for asked, got in (("bytes=2-4", b"234"), ("bytes=8-", b"89"), ("bytes=-3", b"789")):
        answer = Client().get(of(package, "a b/ខ្មែរ.mp4", clock.now), headers={"Range": asked})
        assert (answer.status_code, answer.content) == (206, got)
    for odd in ("bytes=5-2", "bytes=-", "bytes=1-2,4-5", "lines=1-2", "bytes=99-"):
        answer = Client().get(of(package, "a b/ខ្មែរ.mp4", clock.now), headers={"Range": odd})
        assert (answer.status_code, b"".join(answer.streaming_content)) == (200, b"0123456789")


def test_file_that_the_package_does_not_have_is_not_there(package, clock):
    token = serving.token_of(package, clock.now)
    beside = folder_of(package.sha256).parent / "beside.html"
    beside.write_text("not of this package")
    for path in ("none.html", "../beside.html", "..%2fbeside.html", "a b", "/etc/passwd", "index.html/x", ".", "x\0y"):
        assert Client().get(f"/package/{token}/{path}".replace("\0", "%00")).status_code == 404, path
        assert serving.file_of(package, path) is None, path


def test_address_dies_after_some_hours_when_forged_and_when_the_package_is_withdrawn(package, clock):
    good, token = of(package, "index.html", clock.now), serving.token_of(package, clock.now)
    assert Client().get(good).status_code == 200
    for forged in (
        token[:-1] + ("a" if token[-1] != "a" else "b"),
        token.replace(str(package.pk), "9", 1),
        "1-1",
        "x:y",
    ):
        assert Client().get(reverse("courses:package_file", args=[forged, "index.html"])).status_code == 404
    begun = clock.now
    clock.now = begun + datetime.timedelta(hours=9)
    assert Client().get(good).status_code == 404
    clock.now = begun
    withdraw_package(package=package, at=clock.now, by=package.uploaded_by)
    assert Client().get(good).status_code == 404


def test_private_folder_has_no_address(package):
    assert (folder_of(package.sha256) / "index.html").is_file()
    for path in (f"/media/scorm/{package.sha256}/index.html", f"/media/../private/scorm/{package.sha256}/index.html"):
        assert Client().get(path).status_code == 404


# --- play and report ------------------------------------------------------------------------------------------------


def test_lesson_offers_its_package_beside_the_text_and_says_what_it_counts_for(browser, learner, lesson):
    assert "interactive package" not in words(browser.get(address(learner, lesson, "")))
    make_package(lesson)
    page = words(browser.get(address(learner, lesson, "")))
    assert "Lesson text" in page and "Open the package" in page and "self-reported" in page
    played = browser.get(address(learner, lesson))
    assert "frame-src 'self'" in played["Content-Security-Policy"] and "no-store" in played["Cache-Control"]
    assert "The text of the lesson holds everything" in words(played), "what is read without JavaScript"
    for secret in (learner.person.name, learner.person.name_latin):
        assert secret not in words(played).split('id="package"')[1].split(">")[0]


def test_strangers_and_wrong_lessons_find_nothing(browser, learner, lesson, client):
    assert browser.get(address(learner, lesson)).status_code == 404, "without a package"
    make_package(lesson)
    launch = open_package(browser, learner, lesson)
    stranger = Client()
    stranger.force_login(make_learner(learner.world).user)
    assert stranger.get(address(learner, lesson)).status_code == 404
    assert report(stranger, learner, lesson, launch, PASSED).status_code == 404
    assert Client().get(address(learner, lesson)).status_code == 302
    assert report(Client(), learner, lesson, launch, PASSED).status_code == 302
    assert ScormState.objects.get().status == "not attempted"


def test_report_needs_a_token_a_known_shape_and_the_page_opened_last(browser, learner, lesson):
    make_package(lesson)
    earlier = open_package(browser, learner, lesson)
    launch = open_package(browser, learner, lesson)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(learner.user)
    assert report(strict, learner, lesson, launch, PASSED).status_code == 403
    stale = report(browser, learner, lesson, earlier, PASSED)
    assert (stale.status_code, stale.json()["over"]) == (409, True)
    place = address(learner, lesson, "package/state/")
    for body in (
        "",
        "[]",
        "{",
        '{"launch": 1}',
        "[" * 100_000,
        json.dumps({"launch": launch, "cmi": {"x": "y"}}),
        "\xff",
    ):
        assert browser.post(place, body, content_type="application/json").status_code == 400, body[:20]
    large = json.dumps({"launch": launch, "cmi": {"cmi.suspend_data": "x" * 300_000}})
    assert browser.post(place, large, content_type="application/json").status_code == 400
    assert browser.get(place).status_code == 405
    assert ScormState.objects.get().status == "not attempted"
    assert report(browser, learner, lesson, launch, PASSED).json() == {"status": "passed", "is_done": True}


def test_state_is_given_back_and_time_adds_up_over_launches(browser, learner, lesson):
    make_package(lesson, file=package_file(manifest_xml=manifest(mastery="80")))
    going = {"cmi.core.lesson_status": "incomplete", "cmi.suspend_data": "ចំណាំ", "cmi.core.exit": "suspend"}
    launch = open_package(browser, learner, lesson)
    for time in ("00:01:00", "00:02:00", "00:02:00"):
        report(browser, learner, lesson, launch, going | {"cmi.core.session_time": time})
    given = json.loads(browser.get(address(learner, lesson)).context["given"])
    assert given["cmi"] == {"cmi.core.lesson_status": "incomplete", "cmi.suspend_data": "ចំណាំ"}
    assert (given["entry"], given["total"], given["mastery"]) == ("resume", "0000:02:00", "80")
    report(browser, learner, lesson, ScormState.objects.get().launch_key, going | {"cmi.core.session_time": "00:00:30"})
    assert ScormState.objects.get().total_seconds == 150


def test_who_is_in_the_middle_finishes_the_earlier_package_unless_it_is_withdrawn(browser, learner, lesson, clock):
    first = make_package(lesson)
    launch = open_package(browser, learner, lesson)
    report(browser, learner, lesson, launch, {"cmi.core.lesson_status": "incomplete", "cmi.core.lesson_location": "2"})
    second = make_package(lesson, file=package_file(manifest_xml=manifest(title="Second")))
    assert browser.get(address(learner, lesson)).context["package"] == first
    withdraw_package(package=first, at=clock.now, by=learner.user)
    assert report(browser, learner, lesson, ScormState.objects.get().launch_key, PASSED).json()["over"]
    played = browser.get(address(learner, lesson))
    assert (played.context["package"], json.loads(played.context["given"])["cmi"]) == (second, {})


def test_completion_is_noted_as_self_reported_and_stays_so(browser, learner, lesson):
    make_package(lesson)
    report(browser, learner, lesson, open_package(browser, learner, lesson), PASSED)
    browser.post(address(learner, lesson, ""))
    progress = LessonProgress.objects.get(lesson=lesson)
    assert (progress.basis, bool(progress.completed_at)) == ("reported", True)
    other = learner.enrolment.lessons()[1]
    browser.post(address(learner, other, ""))
    assert LessonProgress.objects.get(lesson=other).basis == "read"
    assert "Self-reported" in words(browser.get("/en/training/"))


def test_hr_reads_on_the_persons_page_what_is_self_reported(browser, learner):
    for lesson in learner.enrolment.lessons():
        make_package(lesson)
        report(browser, learner, lesson, open_package(browser, learner, lesson), PASSED)
    hr = Client()
    hr.force_login(factories.make_role("hr", learner.world["school"]).user)
    page = words(hr.get(reverse("certification:person", args=[learner.person.pk])))
    assert "2 lessons self-reported by a package" in page


# --- what it is worth -----------------------------------------------------------------------------------------------


def play_everything(client, learner):
    for lesson in learner.enrolment.lessons():
        make_package(lesson)
        report(client, learner, lesson, open_package(client, learner, lesson), PASSED)
    return Enrolment.objects.get(pk=learner.enrolment.pk)


def test_packages_alone_never_earn_a_certificate(browser, learner):
    factories.sign(learner.person)
    enrolment = play_everything(browser, learner)
    assert enrolment.trained_on and enrolment.passed_on is None and enrolment.completed_on is None
    period = Period.objects.of(learner.person).get()
    assert period.signed_on and period.trained_on and period.passed_on is None and period.certified_on is None
    assert not Certificate.objects.exists()


def test_packages_alone_earn_none_either_where_the_course_has_no_quiz(browser, learner):
    learner.world["course"].quiz.delete()
    factories.sign(learner.person)
    enrolment = play_everything(browser, learner)
    assert enrolment.trained_on and enrolment.completed_on is None
    assert not Certificate.objects.exists()


def test_the_quiz_marked_here_earns_it_on_top_of_a_package(browser, learner):
    factories.sign(learner.person)
    factories.learn(play_everything(browser, learner))
    assert Certificate.objects.count() == 1

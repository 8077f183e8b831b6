"""Packages of lessons: taken in, withdrawn, opened, and heard."""

import secrets
import shutil

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from courses.actions.learning import LearningRefused, complete_lesson, hold, open_lesson
from courses.models import Lesson, LessonProgress, ScormPackage, ScormState
from courses.scorm import archive
from courses.scorm.manifest import PackageRefused
from institutions.audit import record


class LaunchSuperseded(LearningRefused):
    """The package was opened again elsewhere, or withdrawn: this page can no longer save."""


def accept_package(*, lesson, file, at, by):
    """Check an uploaded file, unpack it and make it the lesson's newest package; PackageRefused leaves nothing."""
    found = archive.unpack(file)
    try:
        return _keep(lesson, found, at=at, by=by)
    except BaseException:
        if not ScormPackage.objects.filter(sha256=found.sha256).exists():
            shutil.rmtree(archive.folder_of(found.sha256), ignore_errors=True)
        raise


@transaction.atomic
def _keep(lesson, found, *, at, by):
    lesson = Lesson.objects.select_for_update().get(pk=lesson.pk)
    newest = current_package(lesson)
    if newest and newest.sha256 == found.sha256:
        raise PackageRefused(str(_("This is the package that the lesson has now.")))
    last = ScormPackage.objects.filter(lesson=lesson).aggregate(last=Max("number"))["last"] or 0
    package = ScormPackage.objects.create(
        lesson=lesson,
        number=last + 1,
        identifier=found.manifest.identifier,
        title=found.manifest.title,
        sha256=found.sha256,
        size=found.size,
        entries=found.entries,
        unpacked_size=found.unpacked_size,
        launch=found.manifest.launch,
        launch_query=found.manifest.launch_query,
        mastery_score=found.manifest.mastery_score,
        has_frames=found.has_frames,
        uploaded_at=at,
        uploaded_by=by,
    )
    record(verb="courses.accept_package", subject=f"package:{package.pk}", at=at, by=by, sha256=found.sha256)
    return package


@transaction.atomic
def withdraw_package(*, package, at, by):
    """Close a package for everybody at once; the one before it, if it still stands, is the lesson's again."""
    package = ScormPackage.objects.select_for_update().get(pk=package.pk)
    if package.withdrawn_at is None:
        package.withdrawn_at = at
        package.save(update_fields=["withdrawn_at"])
        record(verb="courses.withdraw_package", subject=f"package:{package.pk}", at=at, by=by)
    return package


def current_package(lesson):
    """The lesson's newest package that was not withdrawn, or None."""
    return ScormPackage.objects.in_use().filter(lesson=lesson).newest_first().first()


@transaction.atomic
def launch_package(*, enrolment, lesson, at, by):
    """The state with which the package is opened now, or None without a package; earlier pages can no longer save.

    Who is in the middle of a package goes on with that one; who is through with it, or whose package was withdrawn,
    begins the newest.
    """
    newest = current_package(lesson)
    if newest is None:
        return None
    open_lesson(enrolment=enrolment, lesson=lesson, at=at, by=by)
    state = ScormState.objects.select_related("package").filter(enrolment=enrolment, lesson=lesson).first()
    if state is None:
        state = ScormState(enrolment=enrolment, lesson=lesson, package=newest)
    elif state.package != newest and (state.is_done or state.package.withdrawn_at):
        state.package, state.cmi, state.status, state.score = newest, {}, "not attempted", None
    state.earlier_seconds, state.seconds = state.total_seconds, 0
    state.launch_key, state.updated_at = secrets.token_hex(16), at
    state.save()
    return state


@transaction.atomic
def save_result(*, enrolment, lesson, launch_key, result, at, by):
    """Keep what the package reported; completed or passed completes the lesson as self-reported, and no more.

    The quiz, its mark and the day of passing are out of its reach, whatever the package says.
    """
    hold(enrolment)
    state = ScormState.objects.select_related("package").filter(enrolment=enrolment, lesson=lesson).first()
    if state is None or state.launch_key != launch_key:
        raise LaunchSuperseded(_("This lesson was opened again on another page or device. Go on there."))
    if state.package.withdrawn_at:
        raise LaunchSuperseded(_("This package was withdrawn. Read the text of the lesson instead."))
    state.cmi, state.status, state.score = result.cmi, result.status, result.score
    state.seconds, state.updated_at = max(state.seconds, result.seconds), at
    state.save(update_fields=["cmi", "status", "score", "seconds", "updated_at"])
    if result.is_done:
        complete_lesson(enrolment=enrolment, lesson=lesson, at=at, by=by, basis=LessonProgress.Basis.REPORTED)
    return state

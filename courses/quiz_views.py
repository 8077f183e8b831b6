"""The quiz: one question a page, every answer kept as it is given, marked by the server when it is handed in."""

import random

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from conduct_codes.models import SignRequest
from courses import attempt_rules, rules
from courses.actions import AttemptClosed, LearningRefused, TimeIsUp, finish_attempt, save_answer, start_attempt
from courses.answer_forms import answer_form
from courses.models import Attempt, Enrolment, Question
from courses.opening import missing_first
from courses.path import CoursePath
from courses.question_types import Type
from courses.quiz_words import limits_in_words
from courses.review import review
from courses.tries import Clock, Tries, to_read_again
from courses.views import own_enrolment
from institutions.permissions import person_required

READ_OR_SEND = require_http_methods(["GET", "HEAD", "POST"])


def newest_attempt(request, enrolment_pk):
    """The viewer's newest attempt under the enrolment, which is the open one if any is; None before the first."""
    attempts = Attempt.objects.visible_to(request.scope).filter(enrolment=enrolment_pk)
    return attempts.select_related("enrolment__course__quiz").order_by("-number").first()


def go_on(attempt, drawn):
    """To the first question without an answer, or to the check page when there is none."""
    position = rules.next_unanswered([question.is_answered for question in drawn])
    if position is None:
        return redirect("courses:quiz_check", attempt.enrolment_id)
    return redirect("courses:quiz_question", attempt.enrolment_id, position)


@person_required
@READ_OR_SEND
def quiz(request, pk):
    """What the quiz asks and how much of it; its button draws the questions, or goes on where the learner stopped."""
    enrolment = own_enrolment(request, pk)
    if request.method == "POST":
        return _start(request, enrolment)
    attempt = newest_attempt(request, pk)
    if enrolment.passed_on and attempt and attempt.closed_at:
        return redirect("courses:quiz_result", attempt.pk)
    return render(request, "courses/quiz.html", _start_page(request, enrolment, attempt))


def _start(request, enrolment):
    try:
        attempt = start_attempt(enrolment=enrolment, at=request.now, by=request.user, rng=random.SystemRandom())
    except LearningRefused as refusal:
        messages.warning(request, str(refusal))
        return redirect("courses:quiz", enrolment.pk)
    return go_on(attempt, attempt.questions.select_related("version").order_by("position"))


def _start_page(request, enrolment, attempt):
    quiz = getattr(enrolment.course, "quiz", None)
    is_open = attempt is not None and attempt.closed_at is None
    if is_open:
        drawn = attempt.questions.select_related("version")
        total, answered = len(drawn), sum(1 for question in drawn if question.is_answered)
    else:
        drawable = Question.objects.drawable_on(request.today).of_course(enrolment.course_id).count()
        total, answered = min(quiz.draw, drawable) if quiz else 0, 0
    tries = Tries(enrolment, request.now, quiz)
    waits = not is_open and enrolment.passed_on is None and not tries.next.may_start
    return {
        "enrolment": enrolment,
        "quiz": quiz,
        "attempt": attempt,
        "is_open": is_open,
        "clock": Clock.of(attempt, request.now) if is_open else None,
        "limits": tries.limits,
        "in_words": limits_in_words(tries.limits),
        "next_try": tries.next,
        "read_again": to_read_again(enrolment, attempt) if waits else [],
        "total": total,
        "answered": answered,
        "needed": rules.right_needed(total, pass_percent=quiz.pass_percent) if quiz else 0,
        "missing": [] if is_open or enrolment.passed_on else missing_first(enrolment),
        "waits_for": None if enrolment.trained_on else CoursePath(enrolment).after(),
    }


@READ_OR_SEND
def quiz_question(request, pk, position):
    """One question; sending its answer keeps it and goes on, choosing an option with HTMX only keeps it."""
    if request.htmx and not request.user.is_authenticated:
        # The form itself still works: sent whole, it is kept behind the login page.
        return saved_state(request, error=_("Not saved: you have been logged out. Press “Save and go on” to log in."))
    return _question(request, pk, position)


@person_required
def _question(request, pk, position):
    attempt = newest_attempt(request, pk)
    if attempt is None:
        own_enrolment(request, pk)
        return redirect("courses:quiz", pk)
    if attempt.closed_at or _is_stale(request, attempt):
        return _too_late(request, attempt)
    drawn = list(attempt.questions.select_related("version").order_by("position"))
    this = next((question for question in drawn if question.position == position), None)
    if this is None:
        raise Http404
    if request.method != "POST" and attempt.is_over_at(request.now):
        return redirect("courses:quiz_check", pk)
    if request.method != "POST":
        return _show_question(request, attempt, drawn, answer_form(question=this))
    if "undo" in request.POST:
        return _undo_step(request, attempt, this)
    form = answer_form(request.POST, question=this, partial=bool(request.htmx))
    if not form.is_valid():
        return _refuse_answer(request, attempt, drawn, form)
    try:
        kept = save_answer(attempt=attempt, position=position, answer=form.answer(), at=request.now)
    except TimeIsUp as refusal:
        return _time_is_up(request, attempt, str(refusal))
    except AttemptClosed:
        return _too_late(request, attempt)
    if request.htmx:
        return saved_state(request, saved_at=kept.answered_at)
    if not kept.is_answered:
        return redirect("courses:quiz_question", pk, position)
    drawn[position - 1] = kept
    if all(question.is_answered for question in drawn) or position == len(drawn):
        return redirect("courses:quiz_check", pk)
    return redirect("courses:quiz_question", pk, position + 1)


def _undo_step(request, attempt, this):
    """Take back the last choice of a scenario."""
    if this.version.type == Type.SCENARIO and this.answer:
        try:
            save_answer(attempt=attempt, position=this.position, answer=this.answer[:-1] or "", at=request.now)
        except TimeIsUp as refusal:
            return _time_is_up(request, attempt, str(refusal))
        except AttemptClosed:
            return _too_late(request, attempt)
    return redirect("courses:quiz_question", attempt.enrolment_id, this.position)


def _is_stale(request, attempt):
    """A page of an earlier attempt, sent again from another tab or with the back button."""
    return request.method == "POST" and request.POST.get("attempt") != str(attempt.number)


def _too_late(request, attempt):
    sentence = _("This page belongs to an attempt that has been handed in. Nothing was changed.")
    if request.htmx:
        return saved_state(request, error=sentence)
    if request.method == "POST":
        messages.warning(request, sentence)
    if attempt.closed_at is None:
        attempt.refresh_from_db()
    if attempt.closed_at is None:
        return redirect("courses:quiz", attempt.enrolment_id)
    return redirect("courses:quiz_result", attempt.pk)


def _time_is_up(request, attempt, sentence):
    if request.htmx:
        return saved_state(request, error=sentence)
    messages.warning(request, sentence)
    return redirect("courses:quiz_check", attempt.enrolment_id)


def _refuse_answer(request, attempt, drawn, form):
    if request.htmx:
        return saved_state(request, error=form.first_error())
    return _show_question(request, attempt, drawn, form)


def _show_question(request, attempt, drawn, form):
    position = form.question.position
    context = {
        "enrolment": attempt.enrolment,
        "attempt": attempt,
        "form": form,
        "stem": form.question.version.stem,
        "position": position,
        "total": len(drawn),
        "answered": sum(1 for question in drawn if question.is_answered),
        "previous": position - 1,
        "saved_at": form.question.answered_at,
        "clock": Clock.of(attempt, request.now),
    }
    return render(request, "courses/quiz_question.html", context)


def saved_state(request, *, saved_at=None, error=""):
    """The words of the status region alone: when the answer was kept, or why it was not."""
    return render(request, "courses/_saved_state.html", {"saved_at": saved_at, "error": error})


@person_required
@READ_OR_SEND
def quiz_check(request, pk):
    """Every question with or without an answer, and the button that hands the attempt in."""
    attempt = newest_attempt(request, pk)
    if attempt is None:
        own_enrolment(request, pk)
        return redirect("courses:quiz", pk)
    if _is_stale(request, attempt):
        return _too_late(request, attempt)
    if request.method == "POST":
        return _hand_in(request, attempt)
    if attempt.closed_at:
        return redirect("courses:quiz_result", attempt.pk)
    drawn = list(attempt.questions.select_related("version").order_by("position"))
    rows = [{"position": row.position, "stem": row.version.stem, "is_answered": row.is_answered} for row in drawn]
    context = {
        "enrolment": attempt.enrolment,
        "attempt": attempt,
        "rows": rows,
        "total": len(rows),
        "answered": sum(row["is_answered"] for row in rows),
        "missing": rules.next_unanswered([row.is_answered for row in drawn]),
        "clock": Clock.of(attempt, request.now),
        "is_over": attempt_rules.may_leave_gaps(attempt.due_at, request.now),
    }
    return render(request, "courses/quiz_check.html", context)


def _hand_in(request, attempt):
    try:
        finish_attempt(attempt=attempt, at=request.now, by=request.user)
    except LearningRefused as refusal:
        messages.warning(request, str(refusal))
        return redirect("courses:quiz_check", attempt.enrolment_id)
    return redirect("courses:quiz_result", attempt.pk)


@person_required
@require_http_methods(["GET", "HEAD"])
def quiz_result(request, pk):
    """The mark and the review; the right options only once the quiz is passed."""
    attempts = Attempt.objects.visible_to(request.scope).select_related("enrolment__course__quiz")
    attempt = get_object_or_404(attempts, pk=pk)
    if attempt.closed_at is None:
        return redirect("courses:quiz_check", attempt.enrolment_id)
    enrolment = attempt.enrolment
    passed = enrolment.passed_on is not None
    mark = attempt.marks.order_by("number").last()
    tries = Tries(enrolment, request.now, enrolment.course.quiz)
    context = {
        "enrolment": enrolment,
        "attempt": attempt,
        "mark": mark,
        "needed": rules.right_needed(mark.total, pass_percent=attempt.pass_percent),
        "passed": passed,
        "questions": review(
            attempt, person=request.scope.person, day=request.today, reveal=passed or tries.next.is_used_up
        ),
        "next_try": tries.next,
        "read_again": [] if passed else to_read_again(enrolment, attempt),
        **(_after_passing(request) if passed else {}),
    }
    return render(request, "courses/quiz_result.html", context)


def _after_passing(request):
    """What is left to do: a code to sign, else another course; neither when only the certificate is left."""
    person = request.scope.person
    return {
        "asked": SignRequest.objects.of(person).open_on(request.today).order_by("due_on", "pk").first(),
        "next_enrolment": Enrolment.objects.of(person).open().select_related("course").most_urgent_first().first(),
    }

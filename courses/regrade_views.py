"""Marking a quiz again: which quizzes have corrected questions, what would change and for whom, then apply."""

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from courses import actions
from courses.models import Quiz
from courses.regrade_jobs import AT_ONCE, MARK_AGAIN, ask, attempts_of, last_look
from courses.regrading import dry_run
from institutions.permissions import role_required
from institutions.templatetags.conduct import write_number

SHOWN = 200


class ReasonForm(forms.Form):
    """Why a quiz is marked again."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        widget=forms.Textarea,
        help_text=gettext_lazy("Say which question was wrong and what was corrected. Learners are told that it was."),
        error_messages={"required": gettext_lazy("Enter the reason. It stays in the record.")},
    )


@role_required(*MARK_AGAIN)
@require_http_methods(["GET", "HEAD"])
def regrade_list(request):
    """Every quiz with the number of attempts, of people in scope, that drew a question corrected since."""
    quizzes = Quiz.objects.select_related("course").order_by("course__order", "course__slug")
    counted = attempts_of(request.scope).order_by().values("enrolment__course").annotate(count=Count("pk"))
    counts = dict(counted.values_list("enrolment__course", "count"))
    rows = [{"quiz": quiz, "count": counts.get(quiz.course_id, 0)} for quiz in quizzes]
    return render(request, "courses/regrade_list.html", {"rows": rows})


@role_required(*MARK_AGAIN)
@require_http_methods(["GET", "HEAD", "POST"])
def regrade(request, pk):
    """The dry run with everybody whom it touches and the certificates that rest on a lost pass; the button applies."""
    quiz = get_object_or_404(Quiz.objects.select_related("course"), pk=pk)
    attempts = attempts_of(request.scope, quiz.course_id)
    if attempts.count() > AT_ONCE:
        return _regrade_by_job(request, quiz)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = actions.regrade(attempts=attempts, reason=form.cleaned_data["reason"], at=request.now, by=request.user)
        messages.success(
            request, _("Marked again. Attempts changed: %(count)s.") % {"count": write_number(len(done.remarks))}
        )
        return redirect("courses:regrade_list")
    planned = dry_run(attempts)
    context = {"quiz": quiz, "form": form, "planned": planned, "shown": planned.remarks[:SHOWN]}
    context["more"] = len(planned.remarks) - len(context["shown"])
    return render(request, "courses/regrade.html", context, status=400 if form.errors else 200)


def _regrade_by_job(request, quiz):
    """For very many attempts: first a job that looks, then one that applies."""
    look = last_look(request.user, quiz.course_id)
    wants_look = "look" in request.POST
    form = ReasonForm(request.POST if request.method == "POST" and not wants_look else None)
    if wants_look or (look and form.is_valid()):
        reason = "" if wants_look else form.cleaned_data["reason"]
        job = ask(course_id=quiz.course_id, reason=reason, by=request.user, at=request.now)
        return redirect("institutions:job", job.pk)
    context = {"quiz": quiz, "form": form, "look": look}
    return render(request, "courses/regrade_large.html", context, status=400 if form.errors else 200)

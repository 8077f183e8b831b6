"""Pages about the register's own data: corrections, the record of access, jobs."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from institutions.actions import RegisterRefused, answer_correction, request_correction
from institutions.client_actions import resume_request, stop_request
from institutions.client_jobs import jobs_seen
from institutions.forms import AuditFilter, CorrectionAnswerForm, CorrectionForm
from institutions.handover import narrowed
from institutions.models import AuditEntry, CorrectionRequest, Post, Role
from institutions.permissions import SEES_PEOPLE, person_required, role_required

A_PAGE = 50


@person_required
def correction_new(request):
    """An officer sees what the register holds about them, says what is wrong, and reads the answers."""
    person = request.scope.person
    form = CorrectionForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        request_correction(person=person, at=request.now, by=request.user, **form.cleaned_data)
        messages.success(request, _("Your HR unit has your request. The answer will stand on this page."))
        return redirect("institutions:correction_new")
    context = {
        "form": form,
        "person": person,
        "posts": Post.objects.of(person)
        .filter(starts_on__lte=request.today)
        .select_related("position", "institution", "staff_number")
        .order_by("-starts_on", "-pk"),
        "requests": CorrectionRequest.objects.of(person).select_related("answer").order_by("-made_at", "-pk"),
    }
    return render(request, "institutions/correction_new.html", context, status=400 if form.errors else 200)


@role_required(*SEES_PEOPLE)
def correction_list(request):
    """Requests that HR has to answer, the longest waiting first; then those that were answered."""
    here = narrowed(request)
    requests = CorrectionRequest.objects.answerable_by(here.scope).select_related("person", "answer")
    answered = requests.filter(answer__isnull=False).order_by("-answer__answered_at", "-pk")
    context = {
        "unit": here.unit,
        "waiting": requests.open().order_by("made_at", "pk"),
        "page_obj": Paginator(answered, A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "institutions/correction_list.html", context)


@role_required(*SEES_PEOPLE)
def correction_answer(request, pk):
    """HR reads one request and answers it, once."""
    found = get_object_or_404(
        CorrectionRequest.objects.answerable_by(request.scope).select_related("person", "answer"), pk=pk
    )
    form = CorrectionAnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            answer_correction(request=found, at=request.now, by=request.user, **form.cleaned_data)
        except RegisterRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("institutions:correction_answer", pk=found.pk)
        messages.success(request, _("The answer is on the person's page of their own data."))
        return redirect("institutions:correction_list")
    posts = Post.objects.visible_to(request.scope).of(found.person).filter(starts_on__lte=request.today)
    context = {
        "correction": found,
        "person": found.person,
        "posts": posts.select_related("position", "institution", "staff_number").order_by("-starts_on", "-pk"),
        "form": form,
    }
    return render(request, "institutions/correction_answer.html", context, status=400 if form.errors else 200)


@role_required(Role.Kind.AUDITOR)
def audit_list(request):
    """Who did or saw what in the auditor's institutions, newest first, without a name of whom it was about."""
    form = AuditFilter(request.GET)
    entries = AuditEntry.objects.visible_to(request.scope).select_related("actor", "institution")
    if not form.is_valid():
        return render(request, "institutions/audit_list.html", {"form": form}, status=400)
    page = form.cleaned_data["page"]
    # One row more than is shown tells whether there are older ones; counting millions of entries would not.
    rows = list(form.narrow(entries)[(page - 1) * A_PAGE : page * A_PAGE + 1])
    context = {
        "form": form,
        "entries": rows[:A_PAGE],
        "newer": page - 1,
        "older": page + 1 if len(rows) > A_PAGE else None,
    }
    return render(request, "institutions/audit_list.html", context)


@login_required
def job(request, pk):
    """How far a job is, one's own or another system's of the ministry; asked by htmx, only the part that moves."""
    found = get_object_or_404(jobs_seen(request.scope), pk=pk)
    template = "institutions/_job_progress.html" if request.htmx else "institutions/job.html"
    return render(request, template, {"job": found, "changes": found.people_changes.select_related("client").first()})


@login_required
@require_POST
def job_cancel(request, pk):
    """End such a job; what it has done stays."""
    found = get_object_or_404(jobs_seen(request.scope), pk=pk)
    if not stop_request(job=found, by=request.user, at=request.now):
        messages.error(request, _("This work had ended already."))
    return redirect("institutions:job", pk=found.pk)


@login_required
@require_POST
def job_resume(request, pk):
    """Go on with such a job that failed or was cancelled."""
    found = get_object_or_404(jobs_seen(request.scope), pk=pk)
    if not resume_request(job=found, by=request.user, at=request.now):
        messages.error(request, _("This work cannot be resumed now."))
    return redirect("institutions:job", pk=found.pk)

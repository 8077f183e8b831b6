"""Two rows of one human: found, compared side by side, merged, parted again, or kept apart."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from institutions import merging
from institutions.actions import RegisterRefused
from institutions.duplicates import pairs_of, with_facts
from institutions.hanging import sides_of
from institutions.merging_forms import ReasonForm
from institutions.models import Person, PersonMerge
from institutions.permissions import SEES_PEOPLE, may_merge, role_required

A_PAGE = 25


@role_required(*SEES_PEOPLE)
def duplicate_list(request):
    """Rows that look like one human, the most alike first."""
    found = pairs_of(request.scope)
    page = Paginator(list(found.items()), A_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "pairs": with_facts(request.scope, list(page)), "count": len(found)}
    return render(request, "institutions/duplicate_list.html", context)


def _two_rows(request, first, second):
    """The two people, for a viewer who may merge them; anybody else is told that there is no such page."""
    people = Person.objects.visible_to(request.scope).in_bulk([first, second])
    if len(people) < 2 or not may_merge(request.scope, *people.values()):
        raise Http404
    return people[first], people[second]


@role_required(*SEES_PEOPLE)
def keep_apart(request, first, second):
    """HR says that two rows that look alike are two humans."""
    people = _two_rows(request, first, second)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        merging.keep_apart(people=people, at=request.now, by=request.user, **form.cleaned_data)
        messages.success(request, _("The two rows stay apart and are not listed again."))
        return redirect("institutions:duplicate_list")
    context = {"form": form, "sides": sides_of(request.scope, *people)}
    return render(request, "institutions/keep_apart.html", context, status=400 if form.errors else 200)


@role_required(*SEES_PEOPLE)
def merge(request, kept, other):
    """Both rows side by side with everything that hangs on each; then one stands for both."""
    kept, other = _two_rows(request, kept, other)
    form = ReasonForm(request.POST or None)
    against = merging.reasons_against(kept, other, request.today)
    if request.method == "POST" and form.is_valid():
        try:
            merging.merge_people(kept=kept, other=other, at=request.now, by=request.user, **form.cleaned_data)
        except RegisterRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The two rows are one person now. This can be undone on the list of merges."))
            return redirect("certification:person", pk=kept.pk)
    context = {"form": form, "kept": kept, "other": other, "against": against}
    context |= {"sides": sides_of(request.scope, kept, other)}
    return render(request, "institutions/merge.html", context, status=400 if form.errors else 200)


@role_required(*SEES_PEOPLE)
def merge_list(request):
    """Merges that stand and those that were undone, newest first."""
    merges = PersonMerge.objects.visible_to(request.scope).filter(undoes__isnull=True)
    merges = merges.select_related("kept", "other", "undone_by")
    page = Paginator(merges, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "institutions/merge_list.html", {"page_obj": page})


@role_required(*SEES_PEOPLE)
def merge_undo(request, pk):
    """Part two rows that were merged by mistake."""
    merges = PersonMerge.objects.visible_to(request.scope).standing().select_related("kept", "other__user")
    found = get_object_or_404(merges, pk=pk)
    if not may_merge(request.scope, found.kept):
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            merging.undo_merge(merge=found, at=request.now, by=request.user, **form.cleaned_data)
        except RegisterRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The two rows are two people again."))
        return redirect("institutions:merge_list")
    return render(
        request, "institutions/merge_undo.html", {"form": form, "merge": found}, status=400 if form.errors else 200
    )

"""Asking people to read a code again, for HR and registrars: choose, see who is asked and who is not, then ask."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conduct_codes.actions import AskingRefused, request_reading
from conduct_codes.actions.reading_again import MOST_AT_ONCE
from conduct_codes.read_again_forms import ReadAgainForm, ReaderFilter
from conduct_codes.readers import Chosen, WhyNot
from institutions.models import Role
from institutions.permissions import role_required
from institutions.templatetags.conduct import write_number

A_PAGE = 50
MOST_NAMES = 100


@role_required(Role.Kind.HR, Role.Kind.REGISTRAR)
def read_again(request):
    """The list with its form; then who would be asked and who not; nobody is asked before the second yes."""
    posted = request.method == "POST"
    chosen_by = ReaderFilter(request.POST if posted else request.GET, scope=request.scope)
    form = ReadAgainForm(request.POST if posted else None, today=request.today)
    if not chosen_by.is_valid() or not chosen_by.has_law:
        status = 400 if chosen_by.errors else 200
        return render(request, "conduct_codes/read_again.html", {"filter": chosen_by, "form": form}, status=status)
    if posted and form.is_valid() and "change" not in request.POST:
        chosen = _chosen(request, chosen_by, form.named())
        if not chosen.are_all_known():
            raise Http404
        if "confirmed" not in request.POST:
            return render(request, "conduct_codes/read_again_check.html", _dry_run(chosen, chosen_by, form))
        answer = _ask(request, chosen, form)
        if answer:
            return answer
    return render(request, "conduct_codes/read_again.html", _listed(request, chosen_by, form))


def _chosen(request, chosen_by, named=None):
    place = {"unit": chosen_by.unit_chosen, "position": chosen_by.position_chosen}
    return Chosen(request.scope, chosen_by.law, named=named, **place)


def _listed(request, chosen_by, form):
    """A page of those who fit the filters; as many queries for one as for fifty."""
    chosen = _chosen(request, chosen_by)
    counts = chosen.counts()
    paginator = Paginator(chosen.everybody(), A_PAGE)
    paginator.count = sum(counts.values())
    page = paginator.get_page(request.GET.get("page"))
    return {
        "filter": chosen_by,
        "form": form,
        "law": chosen_by.law,
        "page_obj": page,
        "lines": _lines(chosen, page.object_list),
    }


def _lines(chosen, people):
    people = list(people)
    posts = chosen.posts_of(people)
    return [
        {"person": person, "post": posts.get(person.pk), "why": WhyNot(person.why) if person.why else None}
        for person in people
    ]


def _dry_run(chosen, chosen_by, form):
    """How many are asked and how many are not and why, with the first names of each."""
    counts, people = chosen.counts(), chosen.people()
    groups = [
        {
            "why": why,
            "count": counts[why],
            "lines": _lines(chosen, people.filter(why=why)[:MOST_NAMES]),
            "more": max(counts[why] - MOST_NAMES, 0),
        }
        for why in WhyNot
        if counts.get(why)
    ]
    asked = counts.get("", 0)
    return {
        "filter": chosen_by,
        "form": form,
        "law": chosen.law,
        "asked": asked,
        "lines": _lines(chosen, people.filter(why="")[:MOST_NAMES]),
        "more": max(asked - MOST_NAMES, 0),
        "groups": groups,
        "as_job": asked > MOST_AT_ONCE,
    }


def _ask(request, chosen, form):
    """Where the viewer goes next; None with what is wrong on the form."""
    facts = {name: form.cleaned_data[name] for name in ("reason", "due_on", "token")}
    try:
        count, job = request_reading(
            people=chosen.affected(), code=chosen.law.code, at=request.now, by=request.user, **facts
        )
    except AskingRefused as refusal:
        form.add_error(None, str(refusal))
        return None
    if job:
        return redirect("institutions:job", job.pk)
    if count:
        words = ngettext("%(count)s person is asked to read again.", "%(count)s people are asked to read again.", count)
        messages.success(request, words % {"count": write_number(count)})
    else:
        messages.info(request, _("Nobody was left to ask: those whom you chose are asked already."))
    return redirect(f"{reverse('conduct_codes:read_again')}?{urlencode({'code': chosen.law.code.slug})}")

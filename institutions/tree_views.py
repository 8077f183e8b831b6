"""Pages about the tree of institutions: the list, one institution and its history, and the change of it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from institutions import readiness
from institutions.actions import RegisterRefused
from institutions.models import Post, TreeChange
from institutions.tree_actions import make_change
from institutions.tree_effects import effects_of, posts_touched
from institutions.tree_forms import TreeChangeForm
from institutions.tree_permissions import can_reshape, institutions_seen, owner_required, tree_required

A_PAGE = 50
NAMES_SHOWN = 100
KINDS = {"close": TreeChange.Kind.CLOSED, "move": TreeChange.Kind.MOVED, "merge": TreeChange.Kind.MERGED}


@owner_required
def setup(request):
    """What the site still needs before its first officer logs in, each with the way to mend it."""
    answers = readiness.answers(request.today)
    context = {
        "waiting": [answer for answer in answers if not answer.is_done],
        "done": [answer for answer in answers if answer.is_done],
        "asked": len(answers),
    }
    return render(request, "institutions/setup.html", context)


@tree_required
def tree(request):
    """The institutions that the viewer keeps, by their place in the tree, narrowed by what was typed."""
    typed = request.GET.get("q", "").strip()[:100]
    found = institutions_seen(request.scope).select_related("area").order_by("path")
    if typed:
        found = found.called(typed) | found.filter(code__istartswith=typed)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "institutions/tree.html", {"page_obj": page, "typed": typed})


@tree_required
def tree_institution(request, code):
    """One institution: what the register holds about it, what happened to it, and what can be changed."""
    institution = _institution(request, code)
    changes = TreeChange.objects.about(institution).select_related("institution", "before", "other")
    context = {
        "institution": institution,
        "above": institutions_seen(request.scope).filter(path__in=institution.level_path[:-1]).order_by("path"),
        "below": institution.get_children().open_on(request.today).count(),
        "changes": changes,
        "may_change": can_reshape(request.scope, institution) and not institution.closed_on,
    }
    return render(request, "institutions/tree_institution.html", context)


@tree_required
def tree_change(request, code, change):
    """Close, move or merge: the form, then who and what is touched, then the change itself."""
    institution = _institution(request, code)
    if not can_reshape(request.scope, institution) or institution.closed_on:
        raise Http404
    kind, seen = KINDS[change], institutions_seen(request.scope)
    form = TreeChangeForm(request.POST or None, kind=kind, institution=institution, among=seen)
    context = {"institution": institution, "form": form, "kind": kind}
    if request.method != "POST" or not form.is_valid() or request.POST.get("back"):
        return render(request, "institutions/tree_change.html", context, status=400 if form.errors else 200)
    asked = form.change()
    if request.POST.get("confirmed"):
        try:
            make_change(change=asked, at=request.now, by=request.user)
        except RegisterRefused:
            messages.error(request, _("Something changed meanwhile; nothing was done. Read what stands below."))
        else:
            messages.success(request, _("It is done and on record below."))
            return redirect("institutions:tree_institution", code=institution.code)
    held = (
        posts_touched(asked).visible_to(request.scope)
        if asked.ends_it
        else Post.objects.visible_to(request.scope).none()
    )
    context |= {
        "asked": asked,
        "effects": effects_of(asked, day=request.today),
        "serving": held.select_related("person", "position").order_by("pk")[:NAMES_SHOWN],
    }
    return render(request, "institutions/tree_change_check.html", context)


def _institution(request, code):
    return get_object_or_404(institutions_seen(request.scope).select_related("area", "successor"), code=code)

"""The way to a new case: find the person, the day, the article, the details, check your answers."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from discipline import rules
from discipline.actions import AlreadyRecorded, CaseRefused, open_case
from discipline.articles import measure_line
from discipline.forms import STEPS, OpeningForm, step_of
from institutions.khmer import comparison_key
from institutions.models import Person, Post, Role
from institutions.permissions import role_required

SHOWN = 20
SHORTEST_SEARCH = 2
DRAFT = "discipline_draft"
PAGES = list(STEPS)


def _people(request):
    """People who serve or served in the officer's subtree, without the officer."""
    people = Person.objects.visible_to(request.scope.acting_as(Role.Kind.DISCIPLINE))
    own = request.scope.person
    return people.exclude(pk=own.pk) if own else people


def _posts(request):
    posts = Post.objects.visible_to(request.scope.acting_as(Role.Kind.DISCIPLINE))
    return posts.select_related("position", "institution", "staff_number").order_by("-starts_on", "-pk")


@role_required(Role.Kind.DISCIPLINE)
@require_safe
def case_new(request):
    """Find the person by name or staff number."""
    typed = request.GET.get("q", "").strip()
    key = comparison_key(typed)
    rows = []
    if len(key) >= SHORTEST_SEARCH:
        found = list(_people(request).named_like(key).order_by("name_key", "pk")[: SHOWN + 1])
        posts = {}
        for post in _posts(request).filter(person__in=found):
            posts.setdefault(post.person_id, post)
        rows = [{"person": person, "post": posts.get(person.pk)} for person in found]
    facts = {"typed": typed, "too_short": typed and len(key) < SHORTEST_SEARCH}
    return render(request, "discipline/case_new.html", {**facts, "rows": rows[:SHOWN], "more": len(rows) > SHOWN})


# --- answers kept from page to page ---------------------------------------------------------------------------------


def _kept(request, person):
    """The answers given so far about this person. They live in the session until the case is open or dropped."""
    draft = request.session.get(DRAFT, {})
    return dict(draft["answers"]) if draft.get("person") == person.pk else {}


def _keep(request, person, answers):
    request.session[DRAFT] = {"person": person.pk, "answers": {**_kept(request, person), **answers}}


def _forget(request):
    request.session.pop(DRAFT, None)


def _checked(request, person, upto):
    """The kept answers up to a page, checked anew as a bound form."""
    form = OpeningForm(_kept(request, person), step=upto, person=person, request=request)
    form.is_valid()
    return form


def _first_in_error(form):
    """The page of the first answer that is missing or wrong, or None."""
    pages = [PAGES.index(step_of(name)) for name in form.errors if name in form.fields]
    return PAGES[min(pages)] if pages else None


def _to(page, person):
    return redirect(f"discipline:case_new_{page}", person.pk)


@role_required(Role.Kind.DISCIPLINE)
@require_http_methods(["GET", "HEAD", "POST"])
def case_new_step(request, pk, step):
    """One page of questions; what was answered before travels along and is checked again."""
    person = get_object_or_404(_people(request), pk=pk)
    before = None
    if request.method == "POST":
        form = OpeningForm(request.POST, step=step, person=person, request=request)
        valid = form.is_valid()
        _keep(request, person, form.answers())
        if valid:
            return _to(PAGES[PAGES.index(step) + 1], person)
        before = form
    else:
        if step != PAGES[0]:
            before = _checked(request, person, PAGES[PAGES.index(step) - 1])
            missing = _first_in_error(before)
            if missing:
                return _to(missing, person)
        form = OpeningForm(initial=_kept(request, person), step=step, person=person, request=request)
    return render(request, f"discipline/case_new_{step}.html", _facts(request, person, form, before))


def _facts(request, person, form, before):
    answered = before.cleaned_data if before else {}
    day = answered.get("incident_on")
    choices = form.choices_on(day) if day else []
    return {
        "person": person,
        "posts": _posts(request).of(person)[:3],
        "form": form,
        "day": day,
        "choice": answered.get("article"),
        "first_choices": [choice for choice in choices if choice.comes_first],
        "other_choices": [choice for choice in choices if not choice.comes_first],
        "chosen": str(form["article"].value() or "") if "article" in form.fields else "",
        "chosen_place": str(form["institution"].value() or "") if "institution" in form.fields else "",
    }


@role_required(Role.Kind.DISCIPLINE)
@require_http_methods(["GET", "HEAD", "POST"])
def case_new_check(request, pk):
    """Check your answers; with the password, the case is opened."""
    person = get_object_or_404(_people(request), pk=pk)
    if "leave" in request.POST:
        _forget(request)
        return redirect("discipline:case_list")
    if request.method == "POST":
        form = OpeningForm(request.POST, step="check", person=person, request=request)
        valid = form.is_valid()
        _keep(request, person, form.answers())
        opened = _open(request, person, form) if valid else None
        if opened:
            return opened
        answered = form
    else:
        answered = _checked(request, person, "details")
        form = OpeningForm(initial=_kept(request, person), step="check", person=person, request=request)
    missing = _first_in_error(answered)
    if missing and missing != "check":
        return _to(missing, person)
    return render(request, "discipline/case_new_check.html", _summary(request, person, form, answered))


def _open(request, person, form):
    """The way to the opened case, or None with the refusal in the form."""
    try:
        case = open_case(person=person, **form.facts(), at=request.now, by=request.user)
        messages.success(request, _("The case is open."))
    except AlreadyRecorded as earlier:
        case = earlier.case
        messages.info(request, str(earlier))
    except CaseRefused as refusal:
        form.add_error(None, str(refusal))
        return None
    _forget(request)
    return redirect("discipline:case", case.reference)


def _summary(request, person, form, answered):
    facts = answered.facts()
    measures = rules.stipulated(
        facts["article"].measures.all(), seriousness=facts["seriousness"], repetition=facts["repetition"]
    )
    return {
        "person": person,
        "posts": _posts(request).of(person).serving_on(facts["incident_on"]),
        "form": form,
        "choice": answered.cleaned_data["article"],
        "answers": facts,
        "seriousness": dict(answered.fields["seriousness"].choices)[facts["seriousness"]],
        "repetition": dict(answered.fields["repetition"].choices)[facts["repetition"]],
        "stipulated": [measure_line(measure) for measure in measures],
    }

"""Pages on which HR enters one person, a post, its change or its end; each leads to the preview of an import."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from institutions.by_hand_forms import AnotherPostForm, ChangePostForm, EndPostForm, NewPersonForm, PersonForm
from institutions.import_views import import_or_404
from institutions.imports.by_hand import EntryRefused, Form, answers_of, keep_entry, posts_to_name
from institutions.imports.staging import ImportRefused, discard_import
from institutions.models import Institution, Person, Post
from institutions.permissions import SEES_PEOPLE, own_rows, role_required


def _answer(request, form, title, **context):
    """The page of a form; what it says is kept as an import, whose preview is next."""
    if request.method == "POST" and form.is_valid():
        try:
            found = keep_entry(form.entry(), scope=request.scope, at=request.now, by=request.user)
        except EntryRefused as refusal:
            form.say(refusal)
        else:
            return redirect("institutions:import", found.pk)
    context |= {"form": form, "title": title}
    return render(request, "institutions/by_hand.html", context, status=400 if form.errors else 200)


def _form(request, kind, form, *, about=None, **facts):
    """The form of a page, with what was sent; or, to be changed, with what waits to be applied."""
    asked = request.GET.get("import")
    answers = asked and answers_of(request.scope, asked, form=kind, by=request.user, **(about or {}))
    data = request.POST if request.method == "POST" else None
    return form(data, scope=request.scope, answers=answers or None, **facts)


def person_or_404(request, pk):
    """Somebody whom the viewer sees by name; nobody changes what the register says of themselves."""
    found = get_object_or_404(Person.objects.visible_to(request.scope), pk=pk)
    if found.pk in own_rows(request.scope):
        raise Http404
    return found


def _post_or_404(request, pk):
    posts = Post.objects.visible_to(request.scope).select_related("person", "institution", "staff_number")
    found = get_object_or_404(posts.select_related("position__sector"), pk=pk)
    if found.person_id in own_rows(request.scope):
        raise Http404
    return found


@role_required(*SEES_PEOPLE)
def person_new(request):
    """Enter somebody who is not in the register, with a first post."""
    unit = Institution.objects.visible_to(request.scope.acting_as(*SEES_PEOPLE))
    unit = unit.filter(code=request.GET.get("unit", "")[:60]).first()
    form = _form(request, Form.NEW, NewPersonForm, initial={"institution": unit.code} if unit else None)
    return _answer(request, form, _("Enter one person"))


@role_required(*SEES_PEOPLE)
def person_facts(request, pk):
    """Correct somebody's name, sex or date of birth."""
    person = person_or_404(request, pk)
    post = posts_to_name(request.scope, person)[0]
    form = _form(request, Form.PERSON, PersonForm, about={"person": person}, person=person, post=post)
    return _answer(request, form, _("Change name, sex or date of birth"), person=person)


@role_required(*SEES_PEOPLE)
def post_new(request, pk):
    """Enter another post of somebody: a second one, an acting one, a transfer, a return after leave."""
    person = person_or_404(request, pk)
    posts = [post for post in posts_to_name(request.scope, person) if not post.ends_on]
    form = _form(request, Form.POST, AnotherPostForm, about={"person": person}, person=person, posts=posts)
    return _answer(request, form, _("Enter another post"), person=person, posts=posts)


@role_required(*SEES_PEOPLE)
def post_change(request, pk):
    """Correct what the register says of a post."""
    post = _post_or_404(request, pk)
    form = _form(request, Form.CHANGE, ChangePostForm, about={"post": post}, post=post)
    return _answer(request, form, _("Change the post"), person=post.person, posts=[post])


@role_required(*SEES_PEOPLE)
def post_end(request, pk):
    """End a post on its last day and say why; one that has ended is corrected elsewhere."""
    post = _post_or_404(request, pk)
    if post.ends_on and post.ends_on < request.today:
        raise Http404
    form = _form(request, Form.END, EndPostForm, about={"post": post}, post=post)
    return _answer(request, form, _("End the post"), person=post.person, posts=[post])


@role_required(*SEES_PEOPLE)
def import_discard(request, pk):
    """Delete a preview that will not be applied, which its page asks for; looking leads back to that page."""
    found = import_or_404(request, pk)
    if request.method != "POST":
        return redirect("institutions:import", pk)
    try:
        discard_import(register_import=found, at=request.now, by=request.user)
        messages.success(request, _("The preview is deleted. Nothing was written into the register."))
    except ImportRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("institutions:import", pk)
    return redirect("institutions:import_list")

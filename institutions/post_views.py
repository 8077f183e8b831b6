"""HR sets or corrects why a post ended."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from institutions.actions import say_why_post_ended
from institutions.duty_forms import EndReasonForm
from institutions.models import Post
from institutions.permissions import SEES_PEOPLE, role_required


@role_required(*SEES_PEOPLE)
def end_reason(request, pk):
    """Why a post ended: never one outside the viewer's institutions, nor the viewer's own."""
    posts = Post.objects.visible_to(request.scope).filter(ends_on__isnull=False)
    found = get_object_or_404(posts.select_related("person", "position", "institution"), pk=pk)
    if found.person == request.scope.person:
        raise Http404
    form = EndReasonForm(request.POST or None, post=found)
    if request.method == "POST" and form.is_valid():
        say_why_post_ended(post=found, reason=form.cleaned_data["end_reason"], at=request.now, by=request.user)
        messages.success(request, _("The reason is kept and on record."))
        return redirect("certification:person", pk=found.person_id)
    context = {"post": found, "form": form}
    return render(request, "institutions/post_end_reason.html", context, status=400 if form.errors else 200)

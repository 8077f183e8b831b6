"""Review outside the Wagtail admin, in both languages: what waits for a reviewer, and where an author's text is."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from conduct_codes import reviews
from conduct_codes.actions import ReviewRefused, approve_text, return_text
from conduct_codes.models import Code
from conduct_codes.register import reviews_due
from conduct_codes.review_forms import ReviewForm
from conduct_codes.separation import in_the_way_of_review
from institutions.models import Role
from institutions.permissions import role_required


@role_required(Role.Kind.REVIEWER)
def review_list(request):
    """The texts that wait for the viewer's review, with what each lacks article by article."""
    return render(request, "conduct_codes/review_list.html", {"rows": reviews.waiting_for(request.user)})


@role_required(Role.Kind.REVIEWER)
def review(request, pk):
    """One text in review: what it lacks, its words, and the decision."""
    waiting = reviews.review_for(request.user, pk)
    if waiting is None:
        raise Http404
    form = ReviewForm(request.POST or None, initial={"words": waiting.words})
    if request.method == "POST" and form.is_valid() and _decide(request, waiting, form):
        return redirect("conduct_codes:review_list")
    context = {
        "waiting": waiting,
        "form": form,
        "words": waiting.page.draft_words(),
        "law": get_language(),
        "in_the_way": in_the_way_of_review(request.user, waiting.state.revision),
    }
    return render(request, "conduct_codes/review.html", context)


def _decide(request, waiting, form):
    """True if the decision was taken; else a sentence stands on the form."""
    facts = {"task_state": waiting.state, "words": form.cleaned_data["words"], "at": request.now, "by": request.user}
    try:
        if form.cleaned_data["decision"] == "approve":
            approve_text(remark=form.cleaned_data["comment"], **facts)
            messages.success(request, _("Approved. The text becomes law only when it is adopted."))
        else:
            return_text(reason=form.cleaned_data["comment"], **facts)
            messages.success(request, _("Returned to its authors with your reason."))
    except ReviewRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


@role_required(Role.Kind.EDITOR)
def text_list(request):
    """The viewer's texts and where each is: draft, in review, returned with a reason, approved or adopted."""
    due = reviews_due(Code.objects.owned_under(request.scope, Role.Kind.EDITOR), request.today)
    context = {"texts": reviews.texts_for(request.scope), "reviews_due": due}
    return render(request, "conduct_codes/text_list.html", context)

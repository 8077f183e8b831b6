"""Requests for people who are registered elsewhere: answered by whoever has them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from institutions.actions import RegisterRefused
from institutions.handover import narrowed
from institutions.import_forms import TransferAnswerForm
from institutions.imports.transfers import answer_transfer
from institutions.models import TransferRequest
from institutions.permissions import SEES_PEOPLE, role_required

A_PAGE = 50


@role_required(*SEES_PEOPLE)
def transfer_list(request):
    """People of the viewer's whom others ask for; below, whom the viewer's institutions asked for, without a name."""
    here = narrowed(request)
    scope = here.scope
    waiting = TransferRequest.objects.answerable_by(scope).open()
    asked = TransferRequest.objects.visible_to(scope).exclude(pk__in=waiting.values("pk"))
    asked = asked.select_related("institution", "position").order_by("-asked_at", "-pk")
    context = {
        "unit": here.unit,
        "waiting": waiting.select_related("person", "institution", "from_post__institution"),
        "page_obj": Paginator(asked, A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "institutions/transfer_list.html", context)


@role_required(*SEES_PEOPLE)
def transfer_answer(request, pk):
    """One request: who asks, what for, and the answer."""
    requests = TransferRequest.objects.answerable_by(request.scope)
    requests = requests.select_related("person", "institution", "position", "from_post__institution")
    found = get_object_or_404(requests.select_related("from_post__position"), pk=pk)
    form = TransferAnswerForm(request.POST or None, asked=found)
    if request.method == "POST" and form.is_valid():
        try:
            answer_transfer(request=found, at=request.now, by=request.user, **form.cleaned_data)
        except RegisterRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("institutions:transfer_answer", found.pk)
        except IntegrityError:
            messages.error(request, _("The person holds this post there already. Refuse the request and say so."))
            return redirect("institutions:transfer_answer", found.pk)
        messages.success(request, _("Your answer is recorded."))
        return redirect("institutions:transfer_list")
    context = {"transfer": found, "form": form}
    return render(request, "institutions/transfer_answer.html", context, status=400 if form.errors else 200)

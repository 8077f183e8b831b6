"""The pages on which a registrar lets other systems in, gives them new tokens and takes their access back."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Subquery
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from institutions import shown_once
from institutions.actions import RegisterRefused
from institutions.client_actions import create_client, renew_client, revoke_client
from institutions.client_forms import ClientForm, LastDayForm
from institutions.client_jobs import line_of
from institutions.models import ApiClient, PeopleChanges
from institutions.tree_permissions import institutions_seen, tree_required

A_PAGE = 50


def _clients(request):
    """Those of the institutions that the viewer keeps."""
    return ApiClient.objects.kept_by(institutions_seen(request.scope)).select_related("institution")


@tree_required
def client_list(request):
    """Which other systems are let in, until when, and when they were last here."""
    failed = PeopleChanges.objects.failed().filter(client=OuterRef("pk")).order_by().values("client")
    count = Subquery(failed.annotate(count=Count("pk")).values("count"))
    page = Paginator(_clients(request).annotate(failed=count), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "institutions/client_list.html", {"page_obj": page})


@tree_required
def client_requests(request, pk):
    """What a system has sent to change people, the newest first, and which of it stands still."""
    found = get_object_or_404(_clients(request), pk=pk)
    sent = PeopleChanges.objects.of(found).select_related("job", "register_import").defer("verdicts")
    page = Paginator(sent, A_PAGE).get_page(request.GET.get("page"))
    context = {"client": found, "page_obj": page, "lines": [line_of(changes) for changes in page.object_list]}
    return render(request, "institutions/client_requests.html", context)


@tree_required
def client_new(request):
    """Let another system in; sent, the form leads to the page that shows its token, once."""
    form = ClientForm(request.POST or None, day=request.today, among=institutions_seen(request.scope))
    if request.method == "POST" and form.is_valid():
        try:
            return _token(request, create_client(at=request.now, by=request.user, **form.cleaned_data))
        except RegisterRefused as refusal:
            form.add_error(None, str(refusal))
    return render(request, "institutions/client_new.html", {"form": form}, status=400 if form.errors else 200)


@tree_required
def client_renew(request, pk):
    """A new token and a new last day for a system; then the page that shows the token, once."""
    found = get_object_or_404(_clients(request), pk=pk)
    form = LastDayForm(request.POST or None, day=request.today)
    if request.method == "POST" and form.is_valid():
        try:
            return _token(request, renew_client(client=found, at=request.now, by=request.user, **form.cleaned_data))
        except RegisterRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("institutions:client_list")
    context = {"client": found, "form": form}
    return render(request, "institutions/client_renew.html", context, status=400 if form.errors else 200)


def _token(request, made):
    shown_once.keep(request, of=f"client:{made.client.pk}", secret=made.token)
    return redirect("institutions:client_token", pk=made.client.pk)


@tree_required
@require_safe
def client_token(request, pk):
    """The token that was made a moment ago, this once; afterwards the page says how to make another."""
    found = get_object_or_404(_clients(request), pk=pk)
    context = {"client": found, "token": shown_once.take(request, of=f"client:{found.pk}")}
    return render(request, "institutions/client_token.html", context)


@tree_required
def client_revoke(request, pk):
    """What taking the access of a system back means; then the taking back."""
    found = get_object_or_404(_clients(request), pk=pk)
    if request.method != "POST":
        return render(request, "institutions/client_revoke.html", {"client": found})
    if revoke_client(client=found, at=request.now, by=request.user):
        messages.success(request, _("The system is shut out from now on."))
    else:
        messages.error(request, _("This access was taken back already."))
    return redirect("institutions:client_list")

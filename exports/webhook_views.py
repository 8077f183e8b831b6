"""Pages about the systems that are told of certificates: the list, one of them with its deliveries, and each act."""

from functools import wraps

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from exports import webhook_actions
from exports.models import Delivery, Webhook
from exports.webhook_forms import EventsForm, WebhookForm
from exports.webhook_rules import MAX_TRIES
from institutions import shown_once
from institutions.tree_permissions import institutions_seen, tree_required

A_PAGE = 50


@tree_required
def webhook_list(request):
    """The webhooks that the viewer keeps, each with what waits and what was given up."""
    state = Delivery.State
    found = Webhook.objects.visible_to(request.scope).select_related("institution")
    found = found.annotate(
        waiting=Count("deliveries", filter=Q(deliveries__state=state.WAITING)),
        given_up=Count("deliveries", filter=Q(deliveries__state=state.GIVEN_UP) & ~Q(deliveries__event=Delivery.TEST)),
    )
    page = Paginator(found.order_by("institution__path", "pk"), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "exports/webhook_list.html", {"page_obj": page})


@tree_required
def webhook_new(request):
    """The form of a new webhook; sent, it leads to the page that shows the secret, once."""
    among = institutions_seen(request.scope)
    form = WebhookForm(request.POST or None, among=among, initial={"institution": _first_code(request.scope, among)})
    if request.method != "POST" or not form.is_valid():
        return render(request, "exports/webhook_new.html", {"form": form}, status=400 if form.errors else 200)
    webhook, secret = webhook_actions.make_webhook(at=request.now, by=request.user, **form.cleaned_data)
    return _to_secret(request, webhook, secret)


def _to_secret(request, webhook, secret):
    shown_once.keep(request, of=f"webhook:{webhook.pk}", secret=secret)
    return redirect("exports:webhook_secret", pk=webhook.pk)


@tree_required
@require_safe
def webhook_secret(request, pk):
    """The secret that was made a moment ago, this once; afterwards the page says how to make another."""
    found = _webhook(request, pk)
    context = {"webhook": found, "secret": shown_once.take(request, of=f"webhook:{found.pk}")}
    return render(request, "exports/webhook_secret.html", context)


def _first_code(scope, among):
    own = scope.institution_ids("registrar")
    return among.filter(pk=own[0]).values_list("code", flat=True).first() if own else ""


@tree_required
def webhook(request, pk):
    """One webhook and its last deliveries."""
    found = _webhook(request, pk)
    deliveries = Delivery.objects.visible_to(request.scope).filter(webhook=found)
    context = {
        "webhook": found,
        "events": EventsForm(initial={"events": found.events})["events"],
        "page_obj": Paginator(deliveries.defer("body"), A_PAGE).get_page(request.GET.get("page")),
        "given_up": deliveries.given_up().count(),
        "former_secret_signs": bool(found.former_until and found.former_until > request.now),
        "max_tries": MAX_TRIES,
    }
    return render(request, "exports/webhook.html", context)


def _act(done):
    """A button of a webhook: done(request, webhook) by POST, then back to its page; an address alone shows the page."""

    @tree_required
    @wraps(done)
    def acted(request, pk):
        if request.method != "POST":
            return webhook(request, pk)
        done(request, _webhook(request, pk))
        return redirect("exports:webhook", pk=pk)

    return acted


@_act
def webhook_pause(request, found):
    """Send nothing until it goes on."""
    if webhook_actions.pause_webhook(webhook=found, at=request.now, by=request.user):
        messages.success(request, _("Nothing is sent until you let it go on. What happens meanwhile waits."))


@_act
def webhook_resume(request, found):
    """Go on with what waited."""
    if webhook_actions.resume_webhook(webhook=found, at=request.now, by=request.user):
        messages.success(request, _("It goes on. What waited is sent now."))


@_act
def webhook_events(request, found):
    """Tell it of other events from now on."""
    form = EventsForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose at least one event."))
    elif webhook_actions.choose_events(
        webhook=found, events=form.cleaned_data["events"], at=request.now, by=request.user
    ):
        messages.success(request, _("From now on it is told of what you chose."))


@_act
def webhook_test(request, found):
    """Send a test."""
    webhook_actions.send_test(webhook=found, at=request.now, by=request.user)
    messages.success(request, _("A test is on its way. In a moment the list below says what came of it."))


@_act
def webhook_again(request, found):
    """Send a delivery that ended again, or all that were given up."""
    asked = request.POST.get("delivery", "")
    deliveries = Delivery.objects.visible_to(request.scope).filter(webhook=found)
    if asked:
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 16 else 0
        chosen = deliveries.filter(pk=get_object_or_404(deliveries, pk=number).pk)
    else:
        chosen = deliveries.given_up()
    if webhook_actions.send_again(deliveries=chosen, webhook=found, at=request.now, by=request.user):
        messages.success(request, _("It is on its way again. In a moment the list below says what came of it."))


@tree_required
def webhook_renew(request, pk):
    """Ask first, then lead to the page that shows the new secret once."""
    found = _webhook(request, pk)
    if request.method != "POST":
        return render(request, "exports/webhook_renew.html", {"webhook": found})
    secret = webhook_actions.renew_secret(webhook=found, at=request.now, by=request.user)
    return _to_secret(request, found, secret)


@tree_required
def webhook_remove(request, pk):
    """Ask first, then forget it."""
    found = _webhook(request, pk)
    if request.method != "POST":
        waiting = Delivery.objects.visible_to(request.scope).filter(webhook=found, state=Delivery.State.WAITING)
        return render(request, "exports/webhook_remove.html", {"webhook": found, "waiting": waiting.count()})
    webhook_actions.remove_webhook(webhook=found, at=request.now, by=request.user)
    messages.success(request, _("The other system is told nothing any more."))
    return redirect("exports:webhook_list")


def _webhook(request, pk):
    return get_object_or_404(Webhook.objects.visible_to(request.scope).select_related("institution"), pk=pk)

"""Face-to-face sessions: planned, filled, taught, and the roll that makes people trained."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from courses.attendance_sheet import attendance_pdf
from courses.models import RollEntry, Seat, Session
from courses.models.sessions import PLANNERS
from courses.permissions import may_see_key
from courses.roll import write_roll
from courses.seating import candidates, numbers_in, people_named, with_posts
from courses.session_actions import (
    SessionRefused,
    cancel_session,
    close_roll,
    give_seats,
    plan_session,
    take_back_seat,
    take_roll,
)
from courses.session_forms import ReasonForm, SeatsForm, SessionForm
from institutions.models import Person
from institutions.permissions import role_required
from institutions.templatetags.conduct import localnum

PAST_SHOWN = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def session_or_404(request, pk):
    """A session that an institution of the viewer's holds."""
    sessions = Session.objects.visible_to(request.scope).select_related("course", "institution", "trainer")
    return get_object_or_404(sessions, pk=pk)


def seats_of(session, day):
    """(seat with its presence, post of the day) by name, in two queries."""
    seats = session.seats.with_presence().select_related("person").order_by("person__name", "pk")
    return with_posts(list(seats), day)


@role_required(*PLANNERS)
def session_list(request):
    """What is planned, what waits for its roll, what was held."""
    sessions = Session.objects.visible_to(request.scope).select_related("course", "institution", "trainer")
    context = {
        "upcoming": sessions.upcoming(request.now),
        "waiting": sessions.waiting_for_roll(request.now),
        "past": sessions.exclude(roll_closed_at__isnull=True, cancelled_at__isnull=True)[:PAST_SHOWN],
    }
    return render(request, "courses/session_list.html", context)


@role_required(*PLANNERS)
def session_new(request):
    """Plan a session."""
    own = {"trainer": request.scope.person} if request.scope.person else {}
    form = SessionForm(request.POST or None, scope=request.scope, initial=own)
    if request.method == "POST" and form.is_valid():
        try:
            planned = plan_session(**form.facts, at=request.now, by=request.user)
            messages.success(request, _("The session is planned. Now give people their places."))
            return redirect("courses:session", planned.pk)
        except SessionRefused as refusal:
            form.add_error("trainer", str(refusal))
    return render(request, "courses/session_new.html", {"form": form})


@role_required(*PLANNERS)
def session(request, pk):
    """One session: its facts, who has a place, what comes next."""
    found = session_or_404(request, pk)
    rows = seats_of(found, request.today)
    context = {
        "session": found,
        "rows": rows,
        "present": sum(seat.present is True for seat, _post in rows),
        "free": max(found.seats_allowed - len(rows), 0),
        "begun": found.has_begun(request.now),
        "over": request.now >= found.ends_at,
        "may_see_key": may_see_key(request.scope, found.course),
    }
    return render(request, "courses/session.html", context)


@role_required(*PLANNERS)
def session_seats(request, pk):
    """Give places: to people of the organiser's who still need the course, or to whomever a staff number names."""
    found = session_or_404(request, pk)
    typed = request.GET.get("q", "").strip()[:100]
    waiting = candidates(found, scope=request.scope, day=request.today, typed=typed)
    visible = Person.objects.visible_to(request.scope.acting_as(*PLANNERS))
    people = visible.filter(pk__in=[row.person_id for row in waiting])
    form = SeatsForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid() and _seat(request, found, form):
        return redirect("courses:session", found.pk)
    chosen = set(request.POST.getlist("people"))
    context = {
        "session": found,
        "form": form,
        "typed": typed,
        "rows": [(row, post, str(row.person_id) in chosen) for row, post in with_posts(waiting, request.today)],
        "free": max(found.seats_allowed - found.seats.count(), 0),
        "walk_in": found.has_begun(request.now),
    }
    return render(request, "courses/session_seats.html", context)


def _seat(request, found, form):
    """True if everybody got a place; else the form says who or why not."""
    named = people_named(request.scope, numbers_in(form.cleaned_data["numbers"]))
    for numbers, sentence in (
        (named.unknown, _("No person of your institutions has this staff number: %(numbers)s")),
        (named.ambiguous, _("More than one person has this staff number; choose them in the list: %(numbers)s")),
    ):
        if numbers:
            form.add_error("numbers", sentence % {"numbers": ", ".join(numbers)})
    people = list({person.pk: person for person in [*form.cleaned_data["people"], *named.people]}.values())
    if not people and not form.errors:
        form.add_error(None, _("Choose people from the list or enter staff numbers."))
    if form.errors:
        return False
    try:
        walk_in = found.has_begun(request.now)
        seats = give_seats(session=found, people=people, at=request.now, by=request.user, walk_in=walk_in)
    except SessionRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Places given: %(count)s") % {"count": localnum(len(seats))})
    return True


@role_required(*PLANNERS)
@require_http_methods(["GET", "HEAD", "POST"])
def session_free(request, pk, seat):
    """Take one place back, after saying whose it is."""
    found = session_or_404(request, pk)
    taken = get_object_or_404(found.seats.select_related("person"), pk=seat)
    if request.method == "POST":
        try:
            take_back_seat(seat=taken, at=request.now, by=request.user)
            messages.success(request, _("The place is free again."))
        except SessionRefused as refusal:
            messages.error(request, str(refusal))
        return redirect("courses:session", pk)
    return render(request, "courses/session_free.html", {"session": found, "seat": taken})


@role_required(*PLANNERS)
def session_cancel(request, pk):
    """Call a session off, with the reason that everybody with a place reads."""
    found = session_or_404(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_session(session=found, at=request.now, by=request.user, **form.cleaned_data)
            messages.success(request, _("The session is called off."))
            return redirect("courses:session", found.pk)
        except SessionRefused as refusal:
            form.add_error(None, str(refusal))
    return render(request, "courses/session_cancel.html", {"session": found, "form": form})


# --- the roll -------------------------------------------------------------------------------------------------------


@role_required(*PLANNERS)
@require_http_methods(["GET", "HEAD", "POST"])
def session_roll(request, pk):
    """The roll, to be ticked: whoever is not ticked was not there."""
    found = session_or_404(request, pk)
    if request.method == "POST":
        seats = list(found.seats.values_list("pk", flat=True))
        ticked = {int(value) for value in request.POST.getlist("present") if value.isdecimal()}
        try:
            take_roll(
                session=found,
                present=[seat for seat in seats if seat in ticked],
                absent=[seat for seat in seats if seat not in ticked],
                method=RollEntry.Method.TICK,
                at=request.now,
                by=request.user,
            )
            messages.success(request, _("The roll is saved."))
        except SessionRefused as refusal:
            messages.error(request, str(refusal))
        return redirect("courses:session", found.pk)
    context = {"session": found, "rows": seats_of(found, request.today), "begun": found.has_begun(request.now)}
    return render(request, "courses/session_roll.html", context)


@role_required(*PLANNERS)
@require_http_methods(["GET", "HEAD", "POST"])
def session_scan(request, token):
    """Where the QR code of an attendance sheet leads: one button that says that this person is there."""
    seats = Seat.objects.visible_to(request.scope).with_presence()
    seat = get_object_or_404(seats.select_related("session__course", "person"), token=token)
    if request.method == "POST":
        method = RollEntry.Method.SCAN
        try:
            take_roll(session=seat.session, present=[seat.pk], method=method, at=request.now, by=request.user)
            messages.success(request, _("Noted as present. Scan the next one."))
        except SessionRefused as refusal:
            messages.error(request, str(refusal))
        return redirect("courses:session_scan", token)
    (_seat_row, post), *_others = with_posts([seat], request.today)
    context = {"seat": seat, "session": seat.session, "post": post, "begun": seat.session.has_begun(request.now)}
    return render(request, "courses/session_scan.html", context)


@role_required(*PLANNERS)
def session_close(request, pk):
    """What closing the roll will do, person by person, and the button that does it."""
    found = session_or_404(request, pk)
    if not found.is_open:
        raise Http404
    if request.method == "POST":
        try:
            count = close_roll(session=found, at=request.now, by=request.user)
            messages.success(
                request, _("The roll is closed. Trained by this session: %(count)s") % {"count": localnum(count)}
            )
        except SessionRefused as refusal:
            messages.error(request, str(refusal))
        return redirect("courses:session", found.pk)
    context = {"session": found, "rows": seats_of(found, request.today), "over": request.now >= found.ends_at}
    return render(request, "courses/session_close.html", context)


@role_required(*PLANNERS)
def session_sheet(request, pk):
    """The attendance sheet on paper: a line to sign and a QR code for each person."""
    found = session_or_404(request, pk)

    def address(seat):
        return request.build_absolute_uri(reverse("courses:session_scan", args=[seat.token]))

    content = attendance_pdf(
        found, seats_of(found, request.today), address=address, at=request.now, demonstration=settings.CONDUCT_DEMO
    )
    return _file(content, "application/pdf", f"attendance-{found.pk}.pdf", inline=True)


@role_required(*PLANNERS)
def session_roll_file(request, pk):
    """The roll as a workbook, to be filled in and sent back."""
    found = session_or_404(request, pk)
    content = write_roll(found, day=request.today, language=get_language(), demonstration=settings.CONDUCT_DEMO)
    return _file(content, XLSX, f"roll-{found.pk}.xlsx")


def _file(content, kind, name, *, inline=False):
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    return response

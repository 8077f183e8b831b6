"""Who has not signed, by name, for HR and registrars: a list, a message to send round, a sheet to print."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conduct_codes.reminders import MOST_NAMES, MOST_ON_A_SHEET, reminder_for
from conduct_codes.sign_filters import ReminderFilter, UnsignedFilter
from institutions.audit import record
from institutions.permissions import SEES_PEOPLE, role_required
from institutions.templatetags.conduct import write_number

A_PAGE = 50


@role_required(*SEES_PEOPLE)
def unsigned_list(request):
    """The people of the viewer's who have not signed a code; as many queries for 3 as for 3,000."""
    form = UnsignedFilter(request.GET, scope=request.scope)
    if not form.is_valid():
        return render(request, "conduct_codes/unsigned_list.html", {"form": form}, status=400)
    context = {"form": form, "law": form.law, "is_past": form.cleaned_data["on"] < request.today}
    if form.has_law:
        unsigned = form.unsigned()
        counts, state = unsigned.counts(), unsigned.wanted.state
        paginator = Paginator(unsigned.people(), A_PAGE)
        paginator.count = counts[state] if state else sum(counts.values())
        page = paginator.get_page(request.GET.get("page"))
        context |= {
            "chips": chips(counts, state),
            "everybody": sum(counts.values()),
            "page_obj": page,
            "lines": unsigned.lines_with_accounts(page.object_list, request.now),
            "narrowed": any((state, unsigned.wanted.unit, unsigned.wanted.position, unsigned.wanted.account)),
        }
    return render(request, "conduct_codes/unsigned_list.html", context)


def chips(counts, chosen):
    """One chip for everybody who has not signed, one for each state that somebody is in."""
    rows = [
        {"value": None, "label": _("All who have not signed"), "count": sum(counts.values()), "current": not chosen}
    ]
    return rows + [
        {"value": state.value, "state": state, "count": count, "current": chosen == state}
        for state, count in counts.items()
        if count or chosen == state
    ]


@role_required(*SEES_PEOPLE)
def unsigned_message(request):
    """The text that asks them to sign, in each language, for the chosen institution and filters."""
    form = ReminderFilter(request.GET, scope=request.scope)
    context = {"form": form}
    if form.is_valid() and form.has_law:
        unsigned = form.unsigned()
        count = unsigned.people().count()
        reminder = reminder_for(
            unsigned,
            count=count,
            today=request.today,
            base=request.build_absolute_uri("/").rstrip("/"),
            until=form.cleaned_data["until"],
            lines=_named(request, form, unsigned, count),
        )
        context |= {"law": form.law, "reminder": reminder, "texts": reminder.texts()}
    return render(request, "conduct_codes/unsigned_message.html", context, status=400 if form.errors else 200)


def _named(request, form, unsigned, count):
    """The people whom the message names: none unless that was asked for and they are few enough."""
    if not form.cleaned_data["names"]:
        return []
    if count > MOST_NAMES:
        form.add_error("names", _too_many(MOST_NAMES))
        return []
    note_names(request, unsigned, "conduct_codes.name_in_message", count)
    return unsigned.lines(unsigned.people())


@role_required(*SEES_PEOPLE)
def unsigned_sheet(request):
    """The list to print, a page an institution, with a box to tick for each person."""
    form = UnsignedFilter(request.GET, scope=request.scope)
    context = {"form": form}
    if form.is_valid() and form.has_law:
        unsigned = form.unsigned()
        count = unsigned.people().count()
        context |= {"law": form.law, "count": count}
        if count > MOST_ON_A_SHEET:
            context["too_many"] = _too_many(MOST_ON_A_SHEET)
        else:
            context["units"] = unsigned.by_unit()
            note_names(request, unsigned, "conduct_codes.print_unsigned", count)
    return render(request, "conduct_codes/unsigned_sheet.html", context, status=400 if form.errors else 200)


def note_names(request, unsigned, verb, count):
    """Put in the record that names leave the site on paper or in a message."""
    unit = unsigned.wanted.unit
    record(
        verb=verb,
        subject=f"code:{unsigned.law.code.slug}",
        at=request.now,
        by=request.user,
        institution=unit,
        people=count,
    )


def _too_many(most):
    words = ngettext(
        "Only %(most)s name fits. Choose a smaller institution or one status.",
        "Only %(most)s names fit. Choose a smaller institution or one status.",
        most,
    )
    return words % {"most": write_number(most)}

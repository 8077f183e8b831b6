"""What may lie below what, and when an institution may be closed, moved or merged: facts in, sentences out."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from institutions.models import Institution, TreeChange
from institutions.templatetags.conduct import localdate, localnum

_KINDS = Institution.Kind
MOST_POSTS = 2000
_OFFICES = {_KINDS.MINISTRY, _KINDS.DEPARTMENT, _KINDS.DISTRICT_OFFICE}
ABOVE = {
    _KINDS.MINISTRY: set(),
    _KINDS.DEPARTMENT: {_KINDS.MINISTRY, _KINDS.DEPARTMENT},
    **{kind: _OFFICES for kind in _KINDS if kind not in (_KINDS.MINISTRY, _KINDS.DEPARTMENT)},
}
"""Kind → the kinds that an institution of it may lie below; a ministry lies below none."""


def fits_below(kind, above):
    """True if an institution of the kind may lie below one of the other kind (None: below none)."""
    return above in ABOVE[kind] if above else kind == _KINDS.MINISTRY


def misfit(kind, above):
    """Why an institution of the kind may not lie there."""
    label = _KINDS(kind).label
    if above is None:
        return _("“%(kind)s” needs an institution above it.") % {"kind": label}
    return _("“%(kind)s” cannot lie below “%(above)s”.") % {"kind": label, "above": _KINDS(above).label}


def refusals(change, effects, *, day):
    """Why the change cannot be made as it is, as sentences; nothing where it can."""
    decide = {
        TreeChange.Kind.CLOSED: _against_closing,
        TreeChange.Kind.MOVED: _against_moving,
        TreeChange.Kind.MERGED: _against_merging,
    }[change.kind]
    found = []
    if change.institution.closed_on:
        found.append(_("It is closed from %(day)s already.") % {"day": localdate(change.institution.closed_on)})
    elif change.institution.opened_on and change.on <= change.institution.opened_on:
        found.append(
            _("It was opened on %(day)s. Choose a later day.") % {"day": localdate(change.institution.opened_on)}
        )
    found.extend(decide(change, effects, day))
    return found + [effect.sentence for effect in effects.above if effect.stops]


def _against_closing(change, effects, day):
    if effects.posts:
        yield ngettext(
            "%(count)s person serves there on that day or after. Transfer this person or end the post first.",
            "%(count)s people serve there on that day or after. Transfer them or end their posts first.",
            effects.people,
        ) % {"count": localnum(effects.people)}
    if effects.below:
        yield ngettext(
            "%(count)s institution below it is open. Close or move it first.",
            "%(count)s institutions below it are open. Close or move them first.",
            effects.below,
        ) % {"count": localnum(effects.below)}
    if change.other:
        yield from _against_successor(change)


def _against_successor(change):
    if change.other.pk == change.institution.pk:
        yield _("An institution cannot be its own successor.")
    elif change.other.closed_on and change.other.closed_on <= change.on:
        yield _("The successor is closed on that day.")
    elif change.other.path.startswith(change.institution.path):
        yield _("The successor lies below the institution that closes.")


def _against_moving(change, effects, day):
    above, moved = change.other, change.institution
    if change.on > day:
        yield _("The tree has no future: choose today or an earlier day.")
    if above.path.startswith(moved.path):
        yield _("The institution would lie below itself.")
    elif moved.depth > 1 and moved.path[: -moved.steplen] == above.path:
        yield _("It lies below that institution already.")
    if not same_register(above, moved) or moved.depth == 1:
        yield _("It cannot move to another ministry: staff numbers belong to the ministry.")
    if above.closed_on and above.closed_on <= day:
        yield _("The institution above is closed.")
    if not fits_below(moved.kind, above.kind):
        yield misfit(moved.kind, above.kind)


def _against_merging(change, effects, day):
    into, gone = change.other, change.institution
    if not same_register(into, gone) or gone.depth == 1:
        yield _("It cannot merge with one of another ministry: staff numbers belong to the ministry.")
        return
    yield from _against_successor(change)
    if into.opened_on and into.opened_on > change.on:
        yield _("The successor was not open yet on that day.")
    if effects.begin_later:
        yield ngettext(
            "%(count)s post there begins on that day or after. Choose a later day, or transfer it first.",
            "%(count)s posts there begin on that day or after. Choose a later day, or transfer them first.",
            effects.begin_later,
        ) % {"count": localnum(effects.begin_later)}
    if effects.posts > MOST_POSTS:
        yield _("More than %(most)s posts would move at once. Transfer some of them first.") % {
            "most": localnum(MOST_POSTS)
        }
    if effects.below and change.on > day:
        yield _("Institutions lie below it, and the tree has no future: choose today or an earlier day.")
    misfits = {kind for kind in effects.kinds_below if not fits_below(kind, into.kind)}
    yield from (misfit(kind, into.kind) for kind in sorted(misfits))


def same_register(one, other):
    """True if both lie below the same ministry, whose staff numbers they share."""
    return one.path[: one.steplen] == other.path[: other.steplen]

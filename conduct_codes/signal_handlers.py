"""Listening to the register: whoever takes up a post is asked to sign the code that binds it."""

from django.db.models import Q
from django.utils.translation import gettext as _

from conduct_codes import rules
from conduct_codes.actions import request_signature
from conduct_codes.bulk import ask_for_many_new_posts
from conduct_codes.models import Code, Edition, PaperClaim, Refusal, SigningPin, SignOff, SignRequest
from institutions.hanging import counted
from institutions.models import Post
from institutions.signals import (
    Touched,
    TreeEffect,
    import_undo_proposed,
    many_posts_changed,
    merge_proposed,
    people_forgotten,
    posts_changed,
    tree_change_proposed,
)


def ask_for_new_posts(sender, person, day, at, by, **kwargs):
    """Ask one person to sign each code that a post binds them to from the day on and that they have not signed.

    An edition that is adopted but not in force yet is asked for too: its own asking looked at the posts of its day.
    """
    posts = list(Post.objects.of(person).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day)))
    sectors = {post.sector_id for post in posts}
    in_force = Edition.objects.in_force_on(day).filter(code__sector__in=sectors)
    coming = Edition.objects.coming_after(day).filter(
        code__sector__in=sectors, change_class=Edition.ChangeClass.SUBSTANTIVE
    )
    for edition in [*in_force.select_related("code", "continues"), *coming.select_related("code")]:
        asked_on = max(day, edition.in_force_from)
        bound = any(post.sector_id == edition.code.sector_id and post.is_held_on(asked_on) for post in posts)
        if bound and not SignOff.objects.of(person).under_chain_of(edition).exists():
            request_signature(
                person=person,
                edition=edition.continues or edition,
                cause=SignRequest.Cause.NEW_EDITION,
                asked_on=asked_on,
                due_on=rules.first_due_on(asked_on, begins=edition.in_force_from, sign_by=edition.sign_by),
            )


def name_signatures(sender, people, since, **kwargs):
    """Signatures, refusals and personal codes since, of people whom an import brought or moved."""
    coded = SigningPin.objects.filter(person__in=people, issued_at__gte=since).values_list("person", flat=True)
    claimed = PaperClaim.objects.filter(person__in=people, sheet__claimed_at__gte=since)
    signed = SignOff.objects.filter(person__in=people, signed_at__gte=since).values_list("person", flat=True)
    refused = Refusal.objects.filter(person__in=people, refused_at__gte=since).values_list("person", flat=True)
    on_paper = claimed.values_list("person", flat=True)
    return [
        *(Touched(person, _("The person has signed a code since.")) for person in signed),
        *(Touched(person, _("The person has refused to sign since.")) for person in refused),
        *(Touched(person, _("A signature on paper was recorded for the person since.")) for person in on_paper),
        *(Touched(person, _("A personal code for shared devices was made for the person since.")) for person in coded),
    ]


def forget_requests(sender, people, **kwargs):
    """The requests that nobody answered, of people who are about to be deleted."""
    SignRequest.objects.filter(person__in=people).delete()


def hold_owner(sender, change, day, **kwargs):
    """An institution that owns a code cannot end before the code has another owner."""
    if not change.ends_it:
        return []
    owned = Code.objects.filter(owner=change.institution)
    return [
        TreeEffect(
            _("It owns the code “%(name)s”. Give the code another owner first.") % {"name": code.label}, stops=True
        )
        for code in owned
    ]


def name_signatures_of_both(sender, kept, other, scope, **kwargs):
    """What two rows that may be one human signed, and what they are asked to sign."""
    asked = SignRequest.objects.visible_to(scope).open_on(scope.today)
    return [
        counted(_("Signatures"), SignOff.objects.visible_to(scope), kept, other, counts_after=True),
        counted(_("Codes they are asked to sign"), asked, kept, other, counts_after=False),
    ]


def connect():
    import_undo_proposed.connect(name_signatures, dispatch_uid="conduct_codes.name_signatures")
    people_forgotten.connect(forget_requests, dispatch_uid="conduct_codes.forget_requests")
    tree_change_proposed.connect(hold_owner, dispatch_uid="conduct_codes.hold_owner")
    merge_proposed.connect(name_signatures_of_both, dispatch_uid="conduct_codes.name_signatures_of_both")
    posts_changed.connect(ask_for_new_posts, dispatch_uid="conduct_codes.ask_for_new_posts")
    many_posts_changed.connect(ask_for_many_new_posts, dispatch_uid="conduct_codes.ask_for_many_new_posts")

"""Listening to the register: whoever takes up a post is asked to sign the code that binds it."""

from conduct_codes.actions import request_signature
from conduct_codes.models import Edition, SignOff, SignRequest
from institutions.models import Post
from institutions.signals import posts_changed


def ask_for_new_posts(sender, person, day, at, by, **kwargs):
    """Ask one person to sign each code that a post binds them to and that they have not signed."""
    sectors = set(Post.objects.of(person).serving_on(day).values_list("sector_id", flat=True))
    for edition in Edition.objects.in_force_on(day).filter(code__sector__in=sectors):
        if not SignOff.objects.of(person).under_chain_of(edition).exists():
            request_signature(
                person=person, edition=edition.continues or edition, cause=SignRequest.Cause.NEW_EDITION, asked_on=day
            )


def connect():
    posts_changed.connect(ask_for_new_posts, dispatch_uid="conduct_codes.ask_for_new_posts")

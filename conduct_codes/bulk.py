"""The actions of actions.py for many people at once: the same rows, in a few statements.

Each action takes at most a few hundred rows and is one transaction; whoever has more calls it batch by batch.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conduct_codes import rules
from conduct_codes.actions import NewerEdition, SigningRefused
from conduct_codes.actions.signing import hold_requests
from conduct_codes.models import Edition, EditionText, Repeal, SignOff, SignRequest
from conduct_codes.receipts import new_receipt
from conduct_codes.signals import many_editions_signed
from institutions.audit import record_many
from institutions.models import Institution, Person, Position, Post, Sector


class Editions:
    """Every edition, read once: which one is law for a code on a day, and which chain it belongs to."""

    def __init__(self):
        self._by_code = defaultdict(list)
        self._by_id = {}
        self._repeals = defaultdict(list)
        for code_id, number, day in Repeal.objects.values_list("edition__code", "edition__number", "effective_on"):
            self._repeals[code_id].append((number, day))
        for edition in Edition.objects.select_related("code", "continues").order_by("code", "number"):
            self._by_code[edition.code_id].append(edition)
            self._by_id[edition.pk] = edition
        self.code_of_sector = {rows[0].code.sector_id: code_id for code_id, rows in self._by_code.items()}

    def in_force_on(self, code_id, day):
        """The edition of the code that is law on the day, or None."""
        begun = [edition for edition in self._by_code[code_id] if edition.in_force_from <= day]
        return begun[-1] if begun and not self._is_ended(begun[-1], day) else None

    def is_repealed_on(self, code_id, day):
        """True if nothing of the code is law on the day because it was repealed."""
        ended = max((number for number, since in self._repeals[code_id] if since <= day), default=None)
        if ended is None:
            return False
        return not any(each.number > ended and each.in_force_from <= day for each in self._by_code[code_id])

    def _is_ended(self, edition, day):
        return any(number >= edition.number and since <= day for number, since in self._repeals[edition.code_id])

    def chain_of(self, edition_id):
        return self._by_id[edition_id].chain_id

    def asked_of(self, sector_ids, day):
        """The editions that whoever serves in the sectors from the day on is asked to sign: in force, then coming."""
        codes = [self.code_of_sector[sector] for sector in sector_ids if sector in self.code_of_sector]
        in_force = [edition for code in codes if (edition := self.in_force_on(code, day))]
        coming = [edition for code in codes for edition in self._by_code[code] if edition.in_force_from > day]
        coming = [edition for edition in coming if not self._is_ended(edition, edition.in_force_from)]
        return in_force + [each for each in coming if each.change_class == Edition.ChangeClass.SUBSTANTIVE]


def held_on(posts, day):
    """The posts of the list that are held on the day."""
    return [post for post in posts if post.is_held_on(day)]


def posts_by_person(people):
    """Person id → their posts, the first to begin first; four queries."""
    # Not joined: hundreds of posts share a few institutions and positions, and each is made into an object once.
    rows = list(Post.objects.filter(person__in=people).order_by("starts_on", "pk"))
    shared = {
        name: model.objects.in_bulk({getattr(post, f"{name}_id") for post in rows})
        for name, model in (("institution", Institution), ("position", Position), ("sector", Sector))
    }
    posts = defaultdict(list)
    for post in rows:
        for name, found in shared.items():
            post._state.fields_cache[name] = found[getattr(post, f"{name}_id")]
        posts[post.person_id].append(post)
    return posts


def sign_offs_by_person(people, editions):
    """(person id, chain id) → the sign-offs under that chain, oldest first; one query."""
    signed = defaultdict(list)
    for sign_off in SignOff.objects.filter(person__in=people).order_by("signed_on", "pk"):
        signed[sign_off.person_id, editions.chain_of(sign_off.edition_id)].append(sign_off)
    return signed


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One call of request_signature."""

    person: Person
    edition: Edition
    cause: str
    asked_on: date
    due_on: date | None = None
    cycle: int = 1


def request_signatures(asks):
    """Ask for signatures, as request_signature would one by one; what was asked before stays as it is."""
    asks = list(asks)
    # Two apps ask for what a new post needs: the second finds most of it there. The conflicts are for a race.
    there = set(
        SignRequest.objects.filter(person__in={ask.person.pk for ask in asks}).values_list(
            "person_id", "edition_id", "cause", "cycle"
        )
    )
    SignRequest.objects.bulk_create(
        (
            SignRequest(
                person=ask.person,
                edition=ask.edition,
                cause=ask.cause,
                cycle=ask.cycle,
                asked_on=ask.asked_on,
                due_on=ask.due_on or rules.sign_due_on(ask.asked_on),
            )
            for ask in asks
            if (ask.person.pk, ask.edition.pk, ask.cause, ask.cycle) not in there
        ),
        ignore_conflicts=True,
    )


def ask_for_many_new_posts(sender, changes, **kwargs):
    """Ask each person to sign each code that a post binds them to and that they have not signed."""
    people = {change.person.pk for change in changes}
    posts, editions = posts_by_person(people), Editions()
    signed = sign_offs_by_person(people, editions)
    asks = []
    for person, day in ((change.person, change.day) for change in changes):
        for edition in editions.asked_of({post.sector_id for post in posts[person.pk]}, day):
            asked_on = max(day, edition.in_force_from)
            held = held_on(posts[person.pk], asked_on)
            bound = any(post.sector_id == edition.code.sector_id for post in held)
            if bound and not signed[person.pk, edition.chain_id]:
                asks.append(
                    Ask(
                        person=person,
                        edition=edition.continues or edition,
                        cause=SignRequest.Cause.NEW_EDITION,
                        asked_on=asked_on,
                        due_on=rules.first_due_on(asked_on, begins=edition.in_force_from, sign_by=edition.sign_by),
                    )
                )
    request_signatures(asks)


@dataclass(frozen=True, kw_only=True)
class Signature:
    """One call of sign_edition; request has its person."""

    request: SignRequest
    text_sha256: str
    at: datetime
    by: object
    statements: tuple = rules.STATEMENTS
    method: str = SignOff.Method.ONLINE


@transaction.atomic
def sign_editions(signatures):
    """Take signatures, as sign_edition would one by one; none if one is refused. Returns the new sign-offs.

    A request that was signed before is passed over.
    """
    signatures = list(signatures)
    people = {signature.request.person_id for signature in signatures}
    hold_requests(SignRequest.objects.filter(pk__in=[signature.request.pk for signature in signatures]))
    done = set(SignOff.objects.filter(request__in=[s.request.pk for s in signatures]).values_list("request", flat=True))
    posts, editions = posts_by_person(people), Editions()
    texts = {
        (text.edition_id, text.sha256): text
        for text in EditionText.objects.filter(sha256__in={signature.text_sha256 for signature in signatures})
    }
    rows = []
    for signature in signatures:
        _check(signature)
        if signature.request.pk not in done:
            done.add(signature.request.pk)
            rows.append(_sign_off(signature, posts, editions, texts))
    sign_offs = SignOff.objects.bulk_create(rows)
    record_many(
        {
            "verb": "conduct_codes.sign",
            "subject": f"person:{sign_off.person_id}",
            "at": sign_off.signed_at,
            "by": sign_off.signed_by,
            "institution": sign_off.institution,
            "edition": sign_off.edition_id,
        }
        for sign_off in sign_offs
    )
    many_editions_signed.send(SignOff, sign_offs=sign_offs)
    return sign_offs


def _check(signature):
    if signature.by is None or signature.request.person.user_id != signature.by.pk:
        raise SigningRefused(_("Only the person who was asked can sign."))
    if set(signature.statements) != set(rules.STATEMENTS):
        raise SigningRefused(_("Tick every statement before you sign."))


def _sign_off(signature, posts, editions, texts):
    request, day = signature.request, timezone.localdate(signature.at)
    edition = editions.in_force_on(request.edition.code_id, day)
    text = edition and texts.get((edition.pk, signature.text_sha256))
    if edition is None:
        raise SigningRefused(_("This code is not in force today. Nothing is to be signed."))
    if not text or edition.chain_id != request.edition.chain_id:
        raise NewerEdition(_("A newer text has come into force. Read it, then sign."))
    held = [post for post in held_on(posts[request.person_id], day) if post.sector_id == edition.code.sector_id]
    if not held:
        raise SigningRefused(_("You hold no post today that this code binds."))
    return SignOff(
        request=request,
        person=request.person,
        edition=edition,
        edition_text=text,
        method=signature.method,
        statements=sorted(signature.statements),
        post=held[0],
        institution=held[0].institution,
        signed_on=day,
        signed_at=signature.at,
        signed_by=signature.by,
        receipt=new_receipt(),
    )

"""Random histories of people who were asked to sign, and the slow recount from the plain values alone.

The world is that of tests.certification.histories, with four editions of the education code in two chains.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from hypothesis import strategies as st

from conduct_codes.models import Edition, PaperClaim, PaperDecision, PaperSheet, Refusal, SignOff, SignRequest
from conduct_codes.rules import sign_state
from institutions.actions import name_key
from institutions.models import Person, Post
from tests import factories
from tests.certification import histories

DAYS_IN_FORCE = [histories.IN_FORCE_FROM, *(factories.TODAY - timedelta(days=ago) for ago in (250, 150, 60))]
CLASSES = ["substantive", "erratum", "substantive", "clarification"]
CHAINS = [0, 0, 2, 2]
BOUND = {"teacher", "clerk"}
_numbers = count(1)


def make_world():
    """The institutions and positions, and the editions of one code by their place in CLASSES."""
    world = histories.make_world()
    for day, change_class in zip(DAYS_IN_FORCE[1:], CLASSES[1:], strict=True):
        factories.make_edition(world.edition.code, day, change_class=change_class)
    world.editions = list(Edition.objects.of(world.edition.code).prefetch_related("texts").order_by("number"))
    world.clerk = factories.make_user()
    return world


# --- a history as plain values --------------------------------------------------------------------------------------


@dataclass
class SignaturePlan:
    signed_on: date
    hour: int
    edition: int
    method: str
    language: str


@dataclass
class AskPlan:
    edition: int
    asked_on: date
    due_on: date
    signature: SignaturePlan | None
    refused_on: date | None
    claimed_on: date | None
    rejected_on: date | None


@dataclass
class PersonPlan:
    sex: str
    posts: list
    asks: list
    account: bool


@st.composite
def asks(draw, number):
    edition = draw(st.integers(0, 3))
    asked_on = draw(histories.days)
    signature = None
    if draw(st.booleans()):
        signature = SignaturePlan(
            asked_on + timedelta(days=draw(st.integers(0, 90))),
            8 + number,
            draw(st.sampled_from([place for place in range(4) if CHAINS[place] == CHAINS[edition]])),
            draw(st.sampled_from([SignOff.Method.ONLINE.value, SignOff.Method.PAPER.value])),
            draw(st.sampled_from(["km", "en"])),
        )
    refused_on = asked_on + timedelta(days=draw(st.integers(0, 60))) if draw(st.booleans()) else None
    claimed_on = asked_on + timedelta(days=draw(st.integers(0, 60))) if draw(st.booleans()) else None
    rejected_on = claimed_on + timedelta(days=draw(st.integers(0, 30))) if claimed_on and draw(st.booleans()) else None
    due_on = asked_on + timedelta(days=draw(st.integers(0, 60)))
    return AskPlan(edition, asked_on, due_on, signature, refused_on, claimed_on, rejected_on)


@st.composite
def people(draw):
    asked = [draw(asks(number)) for number in range(draw(st.integers(0, 3)))]
    return PersonPlan(draw(st.sampled_from("FM")), draw(histories.posts()), asked, draw(st.booleans()))


plans = st.lists(people(), min_size=1, max_size=5)


# --- into the database ----------------------------------------------------------------------------------------------


def save(history, world):
    """Write the history and return its people, in its order."""
    return [_save_person(plan, world) for plan in history]


def _save_person(plan, world):
    number = next(_numbers)
    name, latin = f"សុខ ចាន់ {number:05d}", f"Sok Chan {number:05d}"
    user = factories.make_user() if plan.account else None
    person = Person.objects.create(name=name, name_latin=latin, name_key=name_key(name, latin), sex=plan.sex, user=user)
    for post in plan.posts:
        position = world.positions[post.position]
        Post.objects.create(
            person=person,
            institution=world.institutions[post.institution],
            sector=position.sector,
            position=position,
            starts_on=post.starts_on,
            ends_on=post.ends_on,
        )
    for cycle, ask in enumerate(plan.asks, start=1):
        _save_ask(person, world, cycle, ask)
    return person


def _save_ask(person, world, cycle, ask):
    request = SignRequest.objects.create(
        person=person,
        edition=world.editions[ask.edition],
        cause=SignRequest.Cause.RENEWAL,
        cycle=cycle,
        asked_on=ask.asked_on,
        due_on=ask.due_on,
    )
    post = person.posts.first()
    if ask.refused_on and post:
        Refusal.objects.create(
            request=request,
            person=person,
            reason="ហេតុផល",
            language="km",
            post=post,
            institution=post.institution,
            refused_on=ask.refused_on,
            refused_at=factories.moment(ask.refused_on),
            refused_by=world.clerk,
        )
    if ask.claimed_on and post:
        _save_claim(request, post, ask, world)
    if ask.signature:
        edition = world.editions[ask.signature.edition]
        SignOff.objects.create(
            request=request,
            person=person,
            edition=edition,
            edition_text=next(text for text in edition.texts.all() if text.language == ask.signature.language),
            method=ask.signature.method,
            statements=[],
            signed_on=ask.signature.signed_on,
            signed_at=factories.moment(ask.signature.signed_on, ask.signature.hour),
            receipt=f"S{request.pk}",
        )


def _save_claim(request, post, ask, world):
    sheet = PaperSheet.objects.create(
        unit=post.institution,
        edition_text=next(iter(world.editions[ask.edition].texts.all())),
        signed_on=ask.claimed_on,
        witness="កែវ សុភា",
        witness_function="នាយកសាលា",
        scan="sheet.pdf",
        scan_sha256="0" * 64,
        claimed_on=ask.claimed_on,
        claimed_at=factories.moment(ask.claimed_on),
        claimed_by=world.clerk,
    )
    facts = {"sheet": sheet, "request": request, "person": request.person, "waiting": ask.rejected_on is None}
    claim = PaperClaim.objects.create(**facts)
    if ask.rejected_on:
        PaperDecision.objects.create(
            claim=claim,
            reason="ហេតុផល",
            decided_on=ask.rejected_on,
            decided_at=factories.moment(ask.rejected_on),
            decided_by=world.clerk,
        )


# --- the slow recount -----------------------------------------------------------------------------------------------


def chain_on(day):
    """The chain in force on the day, as the place of its first edition; None before the first."""
    begun = [place for place, first in enumerate(DAYS_IN_FORCE) if first <= day]
    return CHAINS[begun[-1]] if begun else None


def places_of(plan, day, inside):
    """The (institution, position) of the posts inside these institutions that the code binds on the day."""
    held = [post for post in plan.posts if post.institution in inside and post.position in BOUND]
    return [(post.institution, post.position) for post in held if post.holds_on(day)]


def standing_of(plan, day):
    """State, method, edition, language of a person whom the code binds, and whether another signature is asked for."""
    chain = chain_on(day)
    mine = [ask for ask in plan.asks if CHAINS[ask.edition] == chain]
    signatures = [ask.signature for ask in mine if ask.signature and ask.signature.signed_on <= day]
    newest = max(signatures, key=lambda signature: (signature.signed_on, signature.hour), default=None)
    waiting = [
        ask.due_on
        for ask in mine
        if ask.asked_on <= day and not any(signature.signed_on >= ask.asked_on for signature in signatures)
    ]
    refused = any(ask.refused_on and ask.refused_on <= day for ask in mine)
    facts = {"refused": refused, "on_paper": any(_waits_on_paper(ask, day) for ask in mine)}
    state = sign_state(day, signed=newest is not None, due_on=min(waiting, default=None), **facts)
    if newest is None:
        return (state, "", None, "", False)
    return (state, newest.method, newest.edition, newest.language, bool(waiting))


def _waits_on_paper(ask, day):
    """Recorded by the day and not decided by it."""
    return bool(ask.claimed_on and ask.claimed_on <= day and not (ask.rejected_on and ask.rejected_on <= day))

"""Who signed a code, by which method, edition and language, and how the others stand: on any past day.

Figures of a past day count the posts and the facts of that day in the institutions as they are today. The denominator
is everybody with a post on the day that the code binds, with an account or without; a person counts once in the total
and once in each row in which a post lies.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count, Q

from conduct_codes.models import Code, Edition, EditionText, PaperClaim, Refusal, SignOff, SignRequest
from conduct_codes.permissions import paper_is_allowed
from conduct_codes.rules import SignState, sign_state
from institutions.models import Institution, Post
from institutions.models.merges import COUNTED_PERSON

CHUNK = 5000


@dataclass(frozen=True)
class Law:
    """A code on a day: the edition that is law, and the editions of its chain whose signatures count for it."""

    code: Code
    day: date

    @cached_property
    def chain(self):
        """The editions of the chain in force that were law by the day, oldest first; none where nothing is law."""
        law = Edition.objects.in_force_on(self.day).of(self.code).first()
        if law is None:
            return []
        chain = Q(pk=law.chain_id) | Q(continues=law.chain_id)
        return list(Edition.objects.filter(chain, in_force_from__lte=self.day).order_by("number"))

    @property
    def edition(self):
        """The edition that is law on the day, or None."""
        return self.chain[-1] if self.chain else None

    def posts(self, posts):
        """Those of the posts that the code binds on the day."""
        return posts.serving_on(self.day).filter(sector=self.code.sector_id) if self.chain else posts.none()

    def signatures(self):
        """Sign-offs under the chain up to the day."""
        return SignOff.objects.filter(self.of_chain("edition"), signed_on__lte=self.day)

    def refusals(self):
        """Refusals of requests for the chain up to the day; who signed since counts as signed all the same."""
        return Refusal.objects.filter(self.of_chain("request__edition"), refused_on__lte=self.day)

    def on_paper(self):
        """Claims of signatures on paper that wait for a second person on the day; none where paper is switched off."""
        claims = PaperClaim.objects.filter(self.of_chain("request__edition")).waiting_on(self.day)
        return claims if paper_is_allowed() else claims.none()

    def requests(self):
        """Requests for the chain up to the day, but for those that were signed by then."""
        asked = SignRequest.objects.filter(self.of_chain("edition"), asked_on__lte=self.day)
        return asked.exclude(sign_off__signed_on__lte=self.day)

    def of_chain(self, edition):
        """Rows that name any edition of the chain, also one that is law only later."""
        if not self.chain:
            return Q(pk__in=[])
        head = self.edition.chain_id
        return Q(**{edition: head}) | Q(**{f"{edition}__continues": head})


def codes_that_bind(posts):
    """The codes of the sectors of these posts, that of most posts first; two queries."""
    held = dict(posts.order_by().values_list("sector").annotate(posts=Count("pk")))
    return sorted(Code.objects.filter(sector__in=held), key=lambda code: -held[code.sector_id])


def chosen_code(codes, slug):
    """The code of the list that was asked for, else its first; None where there is none."""
    return next((code for code in codes if code.slug == slug), codes[0] if codes else None)


class Standing(NamedTuple):
    """One person and one code on one day; the last three of the newest signature, and whether another is asked for."""

    state: str
    method: str = ""
    edition: int | None = None
    language: str = ""
    again: bool = False


@dataclass
class Tally:
    """People by state, and the signed ones among them by method, edition and language."""

    states: Counter = field(default_factory=Counter)
    methods: Counter = field(default_factory=Counter)
    editions: Counter = field(default_factory=Counter)
    languages: Counter = field(default_factory=Counter)
    again: int = 0

    def add(self, standing, people):
        """Count so many people who stand like this."""
        self.states[standing.state] += people
        if standing.state == SignState.SIGNED:
            self.methods[standing.method] += people
            self.editions[standing.edition] += people
            self.languages[standing.language] += people
            self.again += people * standing.again

    @property
    def people(self):
        return self.states.total()

    @property
    def signed(self):
        return self.states[SignState.SIGNED]

    @property
    def unsigned(self):
        return self.people - self.signed

    @property
    def share(self):
        """The signed ones as a part of the people, between 0 and 1; None where there is nobody."""
        return self.signed / self.people if self.people else None


@dataclass
class SignFigures:
    """The tallies of one institution, or of all that the viewer may count, under one law."""

    law: Law
    total: Tally = field(default_factory=Tally)
    by_child: dict = field(default_factory=lambda: defaultdict(Tally))
    by_position: dict = field(default_factory=lambda: defaultdict(Tally))
    by_sex: dict = field(default_factory=lambda: defaultdict(Tally))


def figures_of(scope, law, *, institution=None):
    """Count everyone whom the code binds on the day, inside the institution or all that the viewer may count.

    Keys: by_child the tree path one step below the institution (or of the root), "" for the institution's own people;
    by_position the position's id; by_sex F or M. The number of queries does not depend on the number of people.
    """
    posts = law.posts(Post.objects.countable_by(scope))
    posts = posts.in_subtree(institution) if institution else posts
    standings, unasked = standings_of(posts, law), Standing(SignState.UNASKED)
    depth = len(institution.path) if institution else 0
    child_of = {
        pk: path[: depth + Institution.steplen] if len(path) > depth else ""
        for pk, path in Institution.objects.order_by().values_list("pk", "path")
    }
    held = defaultdict(list)
    rows = posts.order_by().values_list("person_id", "institution_id", "position_id", "person__sex")
    for person_id, institution_id, position_id, sex in rows.iterator(chunk_size=CHUNK):
        held[person_id].append((child_of[institution_id], position_id, sex))
    # People who are alike in everything that is counted are added at once, which is most of them.
    alike = Counter((standings.get(person_id, unasked), tuple(places)) for person_id, places in held.items())
    found = SignFigures(law)
    tables = (found.by_child, found.by_position, found.by_sex)
    for (standing, places), people in alike.items():
        found.total.add(standing, people)
        for table, keys in zip(tables, zip(*places, strict=True), strict=True):
            for key in set(keys):
                table[key].add(standing, people)
    return found


def standings_of(posts, law):
    """Person id → standing under the law, for those people of the posts who signed or were asked."""
    people = posts.values("person")
    of_people = Q(person__in=people) | Q(person__merged_into__in=people)
    signed = _newest_signatures(law.signatures().filter(of_people))
    due = _open_requests(law.requests().filter(person__in=people), signed)
    language_of = dict(EditionText.objects.filter(law.of_chain("edition")).values_list("pk", "language"))
    refused = set(law.refusals().filter(person__in=people).values_list("person_id", flat=True))
    standings = {}
    on_paper = set(law.on_paper().filter(person__in=people).values_list("person_id", flat=True))
    for person_id, due_on in (dict.fromkeys(refused | on_paper) | due).items():
        facts = {"refused": person_id in refused, "on_paper": person_id in on_paper, "due_on": due_on}
        state = sign_state(law.day, signed=False, **facts)
        standings[person_id] = Standing(state)
    for person_id, (_at, _pk, _day, method, edition, text) in signed.items():
        standings[person_id] = Standing(SignState.SIGNED, method, edition, language_of[text], person_id in due)
    return standings


def _newest_signatures(sign_offs):
    """Person id → moment, id, day, method, edition and text of the newest of the sign-offs."""
    newest = {}
    facts = (COUNTED_PERSON, "signed_at", "pk", "signed_on", "method", "edition_id", "edition_text_id")
    for person_id, *signature in sign_offs.order_by().values_list(*facts).iterator(chunk_size=CHUNK):
        earlier = newest.get(person_id)
        if earlier is None or earlier[:2] < signature[:2]:
            newest[person_id] = signature
    return newest


def _open_requests(requests, signed):
    """Person id → the first day up to which an open request gives time.

    A signature answers every request for its chain that was made by its day.
    """
    due = {}
    rows = requests.order_by().values_list("person_id", "asked_on", "due_on")
    for person_id, asked_on, due_on in rows.iterator(chunk_size=CHUNK):
        signature = signed.get(person_id)
        if signature and signature[2] >= asked_on:
            continue
        earlier = due.get(person_id)
        due[person_id] = min(earlier, due_on) if earlier else due_on
    return due

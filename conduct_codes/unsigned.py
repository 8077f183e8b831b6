"""Who has not signed a code: people by name, each with state, due day and post, for those who may see names."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Case, Exists, Min, OuterRef, Q, Subquery, Value, When

from conduct_codes.rules import UNSIGNED, SignState, sign_state
from conduct_codes.sign_figures import Law, codes_that_bind
from institutions.access import NEVER_USED, AccountState, account_states
from institutions.id_lists import among, ids_by, ids_of
from institutions.models import Institution, Person, Position, Post
from institutions.models.merges import by_the_human

NO_ACCOUNT = "none"  # nobody has ever logged in with one


@dataclass(frozen=True)
class Wanted:
    """The filters of the list: "" or None where nothing was chosen."""

    state: str = ""
    unit: Institution | None = None
    position: Position | None = None
    account: str = ""


@dataclass
class Line:
    """One person of the list, with the post that shows."""

    person: Person
    post: Post
    day: date
    account: AccountState | None = None
    """What the account comes to today, where the page shows it."""

    @property
    def state(self):
        return SignState(self.person.state)

    @property
    def days_late(self):
        """Days since the due day, 0 before it, on it and without one."""
        return max((self.day - self.person.due_on).days, 0) if self.person.due_on else 0


class Unsigned:
    """The people of a viewer whom a code binds on a day and who have not signed it, chosen by filters."""

    def __init__(self, scope, law, wanted=None):
        self.scope = scope.acting_as(*scope.names_kinds)
        self.law, self.wanted = law, wanted or Wanted()

    def posts(self):
        """The viewer's posts that the code binds on the day and that fit the filters."""
        posts = self.law.posts(Post.objects.visible_to(self.scope))
        if self.wanted.unit:
            posts = posts.in_subtree(self.wanted.unit)
        return posts.filter(position=self.wanted.position) if self.wanted.position else posts

    def of_any_state(self):
        """Everybody who has not signed, with state and due_on, by name."""
        mine = {"person": OuterRef("pk")}
        asked = self.law.requests().filter(**mine).order_by("due_on")
        people = (
            Person.objects.visible_to(self.scope)
            .filter(Exists(self.posts().filter(**mine)))
            .exclude(by_the_human(self.law.signatures(), "pk"))
            .annotate(due_on=Subquery(asked.values("due_on")[:1]))
        )
        if self.wanted.account == NO_ACCOUNT:
            people = people.filter(NEVER_USED)
        on_paper, refused = (Exists(rows.filter(**mine)) for rows in (self.law.on_paper(), self.law.refusals()))
        return people.annotate(state=_state_on(self.law.day, on_paper, refused)).order_by("name_key", "pk")

    def people(self):
        """Those whose state was asked for, in the order of the list."""
        people = self.of_any_state()
        return people.filter(state=self.wanted.state) if self.wanted.state else people

    def counts(self):
        """State → how many people of any state, in the order of the states; a fixed number of queries for ids."""
        law, people = self.law, ids_of(self.posts())
        people -= ids_of(among(people, law.signatures()))
        merged = law.signatures().filter(person__merged_into__isnull=False)
        people -= ids_of(among(people, merged, "person__merged_into"), "person__merged_into")
        if self.wanted.account == NO_ACCOUNT:
            people &= ids_of(
                Person.objects.filter(NEVER_USED, Exists(self.posts().filter(person=OuterRef("pk")))), "pk"
            )
        due = {}
        for day, ids in sorted(ids_by("due_on", among(people, law.requests())).items(), reverse=True):
            due.update(dict.fromkeys(ids, day))
        on_paper, refused = (ids_of(among(people, rows)) for rows in (law.on_paper(), law.refusals()))
        found = Counter(
            sign_state(law.day, signed=False, refused=pk in refused, due_on=due.get(pk), on_paper=pk in on_paper)
            for pk in people
        )
        return {state: found[state] for state in UNSIGNED}

    def lines(self, people):
        """The lines of these people, in their order; as many queries for one as for a thousand."""
        people = list(people)
        posts = self.posts().filter(person__in=people).select_related("institution", "position", "staff_number")
        shown = {}
        for post in posts.order_by("starts_on", "pk"):
            shown.setdefault(post.person_id, post)
        return [Line(person, shown[person.pk], self.law.day) for person in people]

    def lines_with_accounts(self, people, at):
        """The same with what the account of each comes to; a fixed number of queries more."""
        lines = self.lines(people)
        states = account_states([line.person for line in lines], at)
        return [replace(line, account=states[line.person.pk]) for line in lines]

    def by_unit(self):
        """Institution → the lines of its people, in the order of the tree; two queries."""
        groups = {}
        for line in self.lines(self.people()):
            groups.setdefault(line.post.institution, []).append(line)
        return dict(sorted(groups.items(), key=lambda group: group[0].path))

    def positions(self):
        """The positions in which the viewer has somebody whom the code binds."""
        held = self.law.posts(Post.objects.visible_to(self.scope)).filter(position=OuterRef("pk"))
        return Position.objects.filter(Exists(held)).order_by("slug")

    def due_days(self, today):
        """What rules.remind_until asks: the next day up to which somebody has time, and whether somebody is late."""
        due = {
            "next_due": Min("due_on", filter=Q(due_on__gte=today)),
            "late": Min("due_on", filter=Q(due_on__lt=today)),
        }
        found = self.people().aggregate(**due)
        return {"next_due": found["next_due"], "somebody_late": found["late"] is not None}


def _state_on(day, on_paper, refused):
    """rules.sign_state in SQL, of people without a signature and with due_on."""
    return Case(
        When(on_paper, then=Value(SignState.ON_PAPER.value)),
        When(refused, then=Value(SignState.REFUSED.value)),
        When(due_on=None, then=Value(SignState.UNASKED.value)),
        When(due_on__lt=day, then=Value(SignState.OVERDUE.value)),
        default=Value(SignState.ASKED.value),
    )


def overdue_by_code(scope):
    """Code's id → how many people of the viewer's are overdue in signing it today; as many queries for each code."""
    posts = Post.objects.visible_to(scope.acting_as(*scope.names_kinds)).serving_on(scope.today)
    laws = [Law(code, scope.today) for code in codes_that_bind(posts)]
    counts = {law.code.pk: Unsigned(scope, law).counts()[SignState.OVERDUE] for law in laws}
    return {code: people for code, people in counts.items() if people}

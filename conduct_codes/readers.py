"""Who can be asked to read a code again on a day, and why the others cannot."""

from django.db import models
from django.db.models import Case, Count, Exists, Max, OuterRef, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from conduct_codes.models import SignRequest
from institutions.models import Person, Post


class WhyNot(models.TextChoices):
    """Why somebody is not asked to read again, the first that applies."""

    GONE = "gone", _("Does not serve any more")
    UNBOUND = "unbound", _("Holds no post that this code binds")
    OPEN = "open", _("Is asked already and has not signed yet")
    TODAY = "today", _("Signed today; can be asked from tomorrow on")


class Readers:
    """People with what stands against asking them on the law's day, as why ("" where nothing does)."""

    def __init__(self, law):
        self.law = law

    def among(self, people):
        """Those people, given by their ids, with why and last_signed_on."""
        return self.described(Person.objects.filter(pk__in=people))

    def described(self, people):
        """The people of the queryset with why and last_signed_on; each is counted once."""
        mine, day = {"person": OuterRef("pk")}, self.law.day
        serving = Post.objects.serving_on(day).filter(**mine)
        bound = self.law.posts(Post.objects.filter(**mine))
        open_now = SignRequest.objects.about(self.law.code).open_on(day).filter(**mine)
        signed = self.law.signatures().filter(**mine)
        why = Case(
            When(~Exists(serving), then=Value(WhyNot.GONE.value)),
            When(~Exists(bound), then=Value(WhyNot.UNBOUND.value)),
            When(Exists(open_now), then=Value(WhyNot.OPEN.value)),
            When(Exists(signed.filter(signed_on=day)), then=Value(WhyNot.TODAY.value)),
            default=Value(""),
        )
        last = signed.order_by().values("person").annotate(last=Max("signed_on")).values("last")
        return people.annotate(why=why, last_signed_on=Subquery(last))


class Chosen:
    """The people whom a viewer chose: named ones, or everybody whom the code binds at a place and in a position."""

    def __init__(self, scope, law, *, unit=None, position=None, named=None):
        self.scope = scope.acting_as(*scope.names_kinds)
        self.law, self.unit, self.position, self.named = law, unit, position, named

    def posts(self):
        """The viewer's posts that the code binds on the day, at the place and in the position."""
        posts = self.law.posts(Post.objects.visible_to(self.scope))
        posts = posts.in_subtree(self.unit) if self.unit else posts
        return posts.filter(position=self.position) if self.position else posts

    def everybody(self):
        """All whom the place and the position leave, by name, with why."""
        people = Person.objects.visible_to(self.scope)
        held = Exists(self.posts().filter(person=OuterRef("pk")))
        return Readers(self.law).described(people.filter(held)).order_by("name_key", "pk")

    def people(self):
        """The chosen ones, by name, with why."""
        if self.named is None:
            return self.everybody()
        people = Person.objects.visible_to(self.scope).filter(pk__in=self.named)
        return Readers(self.law).described(people).order_by("name_key", "pk")

    def are_all_known(self):
        """False if somebody was named whom the viewer does not see."""
        if self.named is None:
            return True
        return Person.objects.visible_to(self.scope).filter(pk__in=self.named).count() == len(set(self.named))

    def affected(self):
        """Ids of those who would be asked."""
        return self.people().filter(why="").order_by("pk").values_list("pk", flat=True)

    def counts(self):
        """How many would be asked under "", and how many would not by why; one query."""
        rows = self.people().order_by().values("why").annotate(people=Count("pk")).values_list("why", "people")
        return dict(rows)

    def posts_of(self, people):
        """Person's id → the post to show: the one that the code binds, else any of the viewer's; one query."""
        rows = Post.objects.visible_to(self.scope).filter(person__in=people).select_related("institution", "position")
        shown = {}
        for post in rows.order_by("starts_on", "pk"):
            earlier = shown.get(post.person_id)
            if earlier is None or (self._binds(post) and not self._binds(earlier)):
                shown[post.person_id] = post
        return shown

    def _binds(self, post):
        return post.sector_id == self.law.code.sector_id and post.is_held_on(self.law.day)

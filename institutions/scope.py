"""What a viewer may see, read once a request: subtrees by name, subtrees and areas as totals."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from institutions.matrix import Resource, kinds_reaching
from institutions.models import Role
from institutions.models.places import within_path

NAMES = frozenset(kinds_reaching(Resource.PEOPLE))
TOTALS = frozenset(kinds_reaching(Resource.AGGREGATES))
NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Grant:
    """One role in force: its kind and the tree path or area code it covers."""

    kind: str
    path: str = ""
    area_code: str = ""
    institution_id: int | None = None


@dataclass(frozen=True)
class Scope:
    """The rights of one viewer on one day. A command makes one with Scope.of(institution, day)."""

    today: date
    grants: tuple[Grant, ...] = ()
    user: object = None
    person: object = None
    totals_kinds: frozenset = field(default=TOTALS)
    names_kinds: frozenset = field(default=NAMES)

    @classmethod
    def of(cls, institution, day):
        """The scope of a command that names an institution: everything below it."""
        return cls(today=day, grants=(Grant(Role.Kind.REGISTRAR, institution.path, "", institution.pk),))

    @classmethod
    def for_user(cls, user, day):
        """The scope of an account on the day: its roles in force, read in one query."""
        if not user.is_authenticated or not user.is_active:
            return cls(today=day)
        roles = Role.objects.of(user).active_on(day).select_related("institution", "area")
        grants = tuple(
            Grant(
                role.kind,
                role.institution.path if role.institution_id else "",
                role.area.code if role.area_id else "",
                role.institution_id,
            )
            for role in roles
        )
        return cls(today=day, grants=grants, user=user, person=getattr(user, "person", None))

    @classmethod
    def for_client(cls, client, day):
        """The scope of another system on the day: names below its institution while its token holds, else nothing."""
        if not client.is_usable_on(day):
            return cls(today=day)
        institution = client.institution
        return cls(today=day, grants=(Grant(Role.Kind.HR, institution.path, "", institution.pk),), user=client.user)

    @property
    def kinds(self):
        return {grant.kind for grant in self.grants}

    def acting_as(self, *kinds):
        """The same viewer, seeing names and totals only through roles of these kinds."""
        chosen = frozenset(kinds)
        return Scope(self.today, self.grants, self.user, self.person, chosen, chosen)

    def within(self, institution):
        """The same viewer as if the roles that show names were given for this institution alone."""
        kinds = sorted({grant.kind for grant in self.grants if grant.kind in self.names_kinds})
        grants = tuple(Grant(kind, institution.path, "", institution.pk) for kind in kinds)
        return Scope(self.today, grants if self.covers(institution, *kinds) else (), self.user, self.person)

    def has(self, *kinds):
        return bool(self.kinds & set(kinds))

    def institution_ids(self, *kinds):
        """Institutions at the top of the viewer's subtrees, in the order the roles were given."""
        wanted = set(kinds) or self.totals_kinds
        return list(dict.fromkeys(g.institution_id for g in self.grants if g.kind in wanted and g.institution_id))

    def covers(self, institution, *kinds):
        """True if the institution lies in a subtree that one of these kinds (default: totals) grants."""
        wanted = set(kinds) or self.totals_kinds
        return any(g.path and institution.path.startswith(g.path) for g in self.grants if g.kind in wanted)

    def names_condition(self, path_field):
        """Rows inside the subtrees whose people the viewer sees by name."""
        return self._paths(path_field, self.names_kinds)

    def condition(self, path_field, area_field):
        """Rows inside the viewer's subtrees or areas, for totals."""
        condition = self._paths(path_field, self.totals_kinds)
        for grant in self.grants:
            if grant.kind in self.totals_kinds and grant.area_code:
                condition |= Q(**{f"{area_field}__startswith": grant.area_code})
        return condition

    def _paths(self, path_field, kinds):
        paths = sorted({g.path for g in self.grants if g.kind in kinds and g.path})
        condition = NOTHING
        for path in paths:
            condition |= within_path(path, path_field)
        return condition

"""Which of a person's posts a row is about, and which one ends where it brings another. Pure."""

from collections import defaultdict

from institutions.models import Post
from institutions.models.imports import Verdict
from institutions.people_in import columns as c
from institutions.people_in.reading import Problem

REGULAR, ACTING = Post.Basis.REGULAR, Post.Basis.ACTING


class Wrong(Exception):
    """The row is not to be applied, for these reasons."""

    def __init__(self, verdict, *reasons, person=None):
        self.verdict, self.reasons, self.person = verdict, reasons, person
        super().__init__()


class Posts:
    """Finds the post of a row among those that its person holds or held with the importer."""

    def __init__(self, rows, known, identities, places):
        self.day = known.day
        self.listed = defaultdict(list)  # (person, institution, position) → the rows that name all three
        for said in rows:
            person = identities.person_of(said)
            if person:
                place, _wrong = places.institution(said)
                position, _wrong = places.position(said)
                if place and position:
                    self.listed[person.pk, place, position].append(said)

    def of(self, said, person, place, position):
        """The post that the row is about; None for one that is not in the register."""
        fitting = [
            post
            for post in person.posts
            if post.is_ours
            and (place is None or post.institution == place)
            and (position is None or post.position == position)
            and not _follows(said, post)
        ]
        starts = said.values.get(c.STARTS_ON)
        current = [post for post in fitting if post.is_current(self.day)]
        same_start = [post for post in fitting if starts and post.starts_on == starts]
        found = [post for post in same_start if post in current] or same_start
        if not found and starts and _is_over(said, self.day):
            return _ended_as_said(said, fitting)
        found = found or current
        if len(found) > 1:
            found = [post for post in found if post.basis == said.values.get(c.BASIS)] or found
        if len(found) > 1:
            raise Wrong(Verdict.CONFLICT, Problem("which_post"))
        if not found:
            if position is None:
                raise Wrong(Verdict.ERROR, Problem("missing", c.POSITION))
            return None
        if not found[0].is_current(self.day) and c.ENDS_ON not in said.values:
            raise Wrong(Verdict.CONFLICT, Problem("ended_already"))
        return found[0]

    def ended_by(self, said, person, place, position):
        """The post that ends where the row's new one begins, or None: whoever acts keeps what they hold.

        A regular post ends the one regular post that the file does not list, or the acting post in the very place.
        """
        if _is_over(said, self.day):
            return None
        running = [post for post in person.posts if post.is_ours and post.ends_on is None]
        there = [
            post
            for post in running
            if (post.institution, post.position) == (place, position) and not self.is_ended(person, post)
        ]
        if said.values.get(c.BASIS) == ACTING:
            if there:
                raise Wrong(Verdict.CONFLICT, Problem("holds_already"))
            return None
        listed = [post for post in there if self._rows_about(person, post)]
        others = [post for post in running if post.basis == REGULAR and not self._is_listed(person, post)]
        if listed or len(there + others) > 1:
            raise Wrong(Verdict.CONFLICT, Problem("which_post_ends"))
        ended = next(iter(there + others), None)
        if ended and said.values[c.STARTS_ON] <= ended.starts_on:
            raise Wrong(Verdict.CONFLICT, Problem("moves_before", c.STARTS_ON))
        return ended

    def _is_listed(self, person, post):
        return (person.pk, post.institution, post.position) in self.listed

    def _rows_about(self, person, post):
        """The rows of the file that are about the post itself, not about one of another kind that follows it."""
        rows = self.listed.get((person.pk, post.institution, post.position), ())
        return [said for said in rows if not _follows(said, post)]

    def is_ended(self, person, post):
        """True if a row of the file gives the post its last day."""
        return any(c.ENDS_ON in said.values for said in self._rows_about(person, post))


def _follows(said, post):
    """True of a row of the other kind with a later first day: somebody who acted there is appointed, or acts again."""
    starts = said.values.get(c.STARTS_ON)
    return starts is not None and starts > post.starts_on and said.values.get(c.BASIS, post.basis) != post.basis


def _is_over(said, day):
    return c.ENDS_ON in said.values and said.values[c.ENDS_ON] < day


def _ended_as_said(said, fitting):
    ended = [post for post in fitting if post.ends_on == said.values[c.ENDS_ON]]
    return ended[0] if len(ended) == 1 else None

"""What each row of a workbook of people would do to the register. Pure: rows and what is known in, verdicts out."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, timedelta

from institutions.imports.matching import Identities
from institutions.imports.places import Places
from institutions.imports.posts import ACTING, REGULAR, Posts, Wrong
from institutions.khmer import look_alike
from institutions.models import Post
from institutions.models.imports import Verdict
from institutions.people_in import columns as c
from institutions.people_in.reading import Problem, Said
from institutions.people_in.values import tidy

DAY = timedelta(days=1)
YOUNGEST, OLDEST = 18, 75
PERSON_FACTS = (c.NAME, c.NAME_LATIN, c.SEX, c.BIRTH_DATE)
POST_FACTS = (c.RANK, c.STAFF_NUMBER, c.STARTS_ON, c.BASIS, c.END_REASON)
NEEDED_TO_ADD = (c.NAME, c.NAME_LATIN, c.SEX, c.BIRTH_DATE, c.POSITION, c.STARTS_ON)


@dataclass(slots=True)
class Judged:
    """One row and what becomes of it; line is None for somebody whom a complete list does not name."""

    line: int | None
    said: Said | None
    verdict: str
    reasons: tuple = ()
    is_elsewhere: bool = False
    person: int | None = None
    post: int | None = None
    """The post that the row is about, or the one that ends where somebody moves."""
    institution: int | None = None
    position: int | None = None
    first_line: int | None = None
    """Of a new person that the file names in several rows, the row that makes them."""
    facts: dict = field(default_factory=dict)
    """What would be written: column → value."""
    basis: str = ""
    """A hash of what the register knew about the person."""


@dataclass
class Judgement:
    """All rows of a file, in their order, then those who are missing from it."""

    rows: list
    withheld: int = 0
    """People missing from a complete list who do not leave by it, because rows of the file could not be read."""

    def counts(self):
        """Verdict → number of rows, every verdict named."""
        found = dict.fromkeys(Verdict.values, 0)
        for row in self.rows:
            found[row.verdict] += 1
        return found

    def seal(self):
        """A hash of everything that an apply would do and of what it was judged against."""
        digest = hashlib.sha256()
        for row in self.rows:
            facts = [row.line, row.verdict, row.is_elsewhere, row.person, row.post, row.institution, row.position]
            facts += [row.first_line, row.basis, row.facts]
            digest.update(json.dumps(facts, default=str, sort_keys=True).encode())
        return digest.hexdigest()


def judge(rows, known, *, complete_on=None):
    """The judgement of rows (Said) against what is known."""
    judge_of = _Judge(rows, known)
    judged = [judge_of.row(said) for said in rows]
    judgement = Judgement(judged)
    if complete_on is not None:
        missing = list(judge_of.missing(complete_on))
        if judge_of.identities.unknown:
            judgement.withheld = len({row.person for row in missing})
        else:
            judged += missing
    return judgement


class _Judge:
    def __init__(self, rows, known):
        self.known = known
        self.places = Places(known)
        self.identities = Identities(rows, known)
        self.seen = {}  # what a row is about → its line
        self.open = {}  # (person, institution, position) of a new post without an end → its line
        self.made = {}  # a new person → the line that makes them
        self.told = {}  # (person, fact) → what the first row of the file says
        self.numbers = {}  # staff number → whose it is by the first row of the file
        self.posts = Posts(rows, known, self.identities, self.places)

    def row(self, said):
        identity = self.identities.of(said)
        try:
            judged = self._judged(said, identity)
            if judged.verdict != Verdict.UNCHANGED and judged.person in self.known.own:
                raise Wrong(Verdict.CONFLICT, Problem("own_row"))
            return judged
        except Wrong as wrong:
            person = identity.person.pk if identity.person and not self._is_elsewhere(identity.person) else None
            return Judged(said.line, said, wrong.verdict, tuple(wrong.reasons), person=person)

    def _is_elsewhere(self, person):
        return not person.is_ours(self.known.day)

    def _judged(self, said, identity):
        if said.problems:
            raise Wrong(Verdict.ERROR, *said.problems)
        if identity.problem:
            raise Wrong(identity.verdict, identity.problem)
        place, wrong_place = self.places.institution(said)
        position, wrong_position = self.places.position(said)
        if wrong := [each for each in (wrong_place, wrong_position) if each]:
            raise Wrong(Verdict.ERROR, *wrong)
        self._check_days(said)
        person = identity.person
        if person is None:
            return self._new(said, identity, place or self.known.home, position)
        if self._is_elsewhere(person):
            return self._elsewhere(said, person, place or self.known.home, position)
        return self._ours(said, person, place, position)

    def _check_days(self, said):
        born, starts, ends = (said.values.get(key) for key in (c.BIRTH_DATE, c.STARTS_ON, c.ENDS_ON))
        if born and born > self.known.day:
            raise Wrong(Verdict.ERROR, Problem("not_born", c.BIRTH_DATE))
        if starts and born and starts <= born:
            raise Wrong(Verdict.ERROR, Problem("before_birth", c.STARTS_ON))
        if starts and ends and ends < starts:
            raise Wrong(Verdict.ERROR, Problem("ends_before", c.ENDS_ON))

    def _warnings(self, said):
        born = said.values.get(c.BIRTH_DATE)
        if born:
            age = age_on(born, self.known.day)
            if not YOUNGEST <= age <= OLDEST:
                return (Problem("age", c.BIRTH_DATE, {"age": age}),)
        return ()

    def _once(self, said, key):
        """The row, unless an earlier one of the file says the same."""
        first = self.seen.setdefault(key, said.line)
        if first != said.line:
            raise Wrong(Verdict.DUPLICATE, Problem("duplicate", "", {"line": first}))

    def _open_once(self, said, key):
        """Nobody gets one post twice at a time."""
        if c.ENDS_ON not in said.values and self.open.setdefault(key, said.line) != said.line:
            raise Wrong(Verdict.CONFLICT, Problem("open_twice", c.ENDS_ON, {"line": self.open[key]}))

    def _one_story(self, said, who):
        """Rows about one person agree, and a number of the file is of one person."""
        for key in PERSON_FACTS:
            if key in said.values and self.told.setdefault((who, key), said.values[key]) != said.values[key]:
                raise Wrong(Verdict.CONFLICT, Problem("two_stories", key))
        number = said.values.get(c.STAFF_NUMBER)
        if number and self.numbers.setdefault(number, who) != who:
            raise Wrong(Verdict.CONFLICT, Problem("number_twice", c.STAFF_NUMBER))

    # --- nobody of the register ---

    def _new(self, said, identity, place, position):
        missing = [key for key in NEEDED_TO_ADD if key not in said.values]
        first = self.made.get(identity.key)
        if missing and (first is None or set(missing) & {c.POSITION, c.STARTS_ON}):
            raise Wrong(Verdict.ERROR, *(Problem("missing", key) for key in missing))
        self._check_open(place, said)
        _check_reason_of_new(said.values)
        self._one_story(said, identity.key)
        self._once(said, (identity.key, place, position, said.values[c.STARTS_ON]))
        self._open_once(said, (identity.key, place, position))
        first = self.made.setdefault(identity.key, said.line)
        return Judged(
            said.line,
            said,
            Verdict.ADD,
            self._warnings(said),
            institution=place,
            position=position,
            first_line=first,
            facts=dict(said.values),
            basis="nobody",
        )

    def _check_open(self, place, said):
        """Nobody takes up a post where nothing is open any more; one that ended before the closing is history."""
        found = self.known.institutions[place]
        closed, reason = found.closed_on, ""
        if closed and closed <= said.values[c.STARTS_ON]:
            reason = "closed"
        elif closed and closed <= said.values.get(c.ENDS_ON, self.known.day):
            reason = "closed_since"
        follower = self.known.institutions.get(found.successor_id)
        if reason and follower:
            raise Wrong(Verdict.ERROR, Problem("closed_into", c.INSTITUTION, {"said": follower.code}))
        if reason:
            raise Wrong(Verdict.ERROR, Problem(reason, c.INSTITUTION))

    # --- somebody of another institution ---

    def _elsewhere(self, said, person, place, position):
        if c.ENDS_ON in said.values:
            raise Wrong(Verdict.CONFLICT, Problem("elsewhere_ends"))
        missing = [key for key in (c.POSITION, c.STARTS_ON) if key not in said.values]
        if missing:
            raise Wrong(Verdict.ERROR, *(Problem("missing", key) for key in missing))
        self._check_open(place, said)
        _check_reason_of_new(said.values)
        self._once(said, (person.pk, "elsewhere"))
        facts = {key: said.values[key] for key in POST_FACTS if key in said.values}
        return Judged(
            said.line,
            said,
            Verdict.TRANSFER,
            (Problem("elsewhere_acting" if said.values.get(c.BASIS) == ACTING else "elsewhere"),),
            is_elsewhere=True,
            person=person.pk,
            institution=place,
            position=position,
            facts=facts,
            basis=person.digest(),
        )

    # --- somebody of ours ---

    def _ours(self, said, person, place, position):
        post = self.posts.of(said, person, place, position)
        self._check_number(said, person)
        self._one_story(said, person.pk)
        changed = {key: said.values[key] for key in PERSON_FACTS if self._differs(said, key, getattr(person, key))}
        if post is None:
            return self._new_post(said, person, place or self.known.home, position, changed)
        self._once(said, ("post", post.pk))
        return self._same_post(said, person, post, changed)

    @staticmethod
    def _differs(said, key, now):
        if key not in said.values:
            return False
        if key == c.NAME:
            return not look_alike(said.values[key], tidy(now))
        return said.values[key] != (tidy(now) if isinstance(now, str) else now)

    def _check_number(self, said, person):
        number = said.values.get(c.STAFF_NUMBER)
        holder = self.known.by_number.get(number) if number else None
        if holder is not None and holder != person.pk:
            raise Wrong(Verdict.CONFLICT, Problem("number_taken", c.STAFF_NUMBER))

    def _same_post(self, said, person, post, changed):
        values = said.values
        now = dict(zip(POST_FACTS, (post.rank, post.number, post.starts_on, post.basis, post.end_reason), strict=True))
        changed |= {key: values[key] for key in POST_FACTS if self._differs(said, key, now[key])}
        starts, ends = changed.get(c.STARTS_ON, post.starts_on), values.get(c.ENDS_ON, post.ends_on)
        if ends is not None and ends < starts:
            raise Wrong(Verdict.ERROR, Problem("ends_before", c.ENDS_ON))
        if {c.BASIS, c.END_REASON} & set(changed):
            _check_reason(values.get(c.END_REASON, post.end_reason), ends, values.get(c.BASIS, post.basis))
        verdict = Verdict.CHANGE if changed else Verdict.UNCHANGED
        if c.ENDS_ON in values and values[c.ENDS_ON] != post.ends_on:
            changed[c.ENDS_ON] = values[c.ENDS_ON]
            verdict = Verdict.LEAVE
        return Judged(
            said.line,
            said,
            verdict,
            (*self._goes_on(person, post, changed), *self._warnings(said)) if verdict != Verdict.UNCHANGED else (),
            person=person.pk,
            post=post.pk,
            institution=post.institution,
            position=post.position,
            facts=changed,
            basis=person.digest(),
        )

    def _goes_on(self, person, post, changed):
        """A warning where somebody dies in one post and keeps another."""
        if changed.get(c.END_REASON) != Post.EndReason.DIED:
            return ()
        others = [each for each in person.posts if each.is_ours and each.pk != post.pk and each.ends_on is None]
        return () if all(self.posts.is_ended(person, each) for each in others) else (Problem("dies_in_one"),)

    def _new_post(self, said, person, place, position, changed):
        values = said.values
        starts = values.get(c.STARTS_ON)
        if starts is None:
            raise Wrong(Verdict.ERROR, Problem("missing", c.STARTS_ON))
        self._check_open(place, said)
        _check_reason_of_new(values)
        self._once(said, (person.pk, place, position, starts))
        self._open_once(said, (person.pk, place, position))
        ended = self.posts.ended_by(said, person, place, position)
        if ended:
            self._once(said, ("ends", ended.pk))
        facts = changed | {key: values[key] for key in (c.ENDS_ON, *POST_FACTS) if key in values}
        return Judged(
            said.line,
            said,
            Verdict.TRANSFER if ended else Verdict.ADD,
            (_why(said, ended), *self._warnings(said)),
            person=person.pk,
            post=ended.pk if ended else None,
            institution=place,
            position=position,
            facts=facts,
            basis=person.digest(),
        )

    # --- who is missing ---

    def missing(self, complete_on):
        """A row for each post of somebody whom the file does not name, held on the day of the list."""
        last_day = complete_on - DAY
        for person_pk, post_pk, starts_on in self.known.missing:
            if person_pk in self.identities.named or starts_on > last_day:
                continue
            person = self.known.people[person_pk]
            post = next(each for each in person.posts if each.pk == post_pk)
            is_own = person_pk in self.known.own
            yield Judged(
                None,
                None,
                Verdict.CONFLICT if is_own else Verdict.LEAVE,
                (Problem("not_listed"), *([Problem("own_row")] if is_own else [])),
                person=person_pk,
                post=post_pk,
                institution=post.institution,
                position=post.position,
                facts={c.ENDS_ON: last_day},
                basis=person.digest(),
            )


def _why(said, ended):
    """Why somebody of the register gets another post."""
    if ended:
        return Problem("appointed" if ended.basis == ACTING else "moves")
    return Problem("acts_beside" if said.values.get(c.BASIS) == ACTING else "known_person")


def _check_reason_of_new(values):
    _check_reason(values.get(c.END_REASON), values.get(c.ENDS_ON), values.get(c.BASIS, REGULAR))


def _check_reason(reason, ends, basis):
    """Only what has an end has a reason of it, and only acting can be over."""
    if reason and ends is None:
        raise Wrong(Verdict.ERROR, Problem("no_end", c.END_REASON))
    if reason == Post.EndReason.ACTING_OVER and basis != ACTING:
        raise Wrong(Verdict.ERROR, Problem("not_acting", c.END_REASON))


def age_on(born: date, day: date) -> int:
    """Whole years from the birth date to the day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

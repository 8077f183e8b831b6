"""One person entered on a page: the answers are a row, judged, kept, applied and undone as a workbook's rows are."""

import hashlib
import json
from dataclasses import dataclass
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction

from institutions.imports import staging
from institutions.models import Institution, Person, Post, RegisterImport
from institutions.models.imports import REFUSED, Verdict
from institutions.people_in import columns as c
from institutions.people_in.reading import Problem
from institutions.permissions import own_rows

Form, State = RegisterImport.Form, RegisterImport.State
NEVER_BY_REFERENCE = Problem("reference_unknown", c.REFERENCE)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a page says of one person, and whom and which post the register has to find in it."""

    form: str
    key: UUID
    """Of the page as it was opened: sent twice, it is kept once."""
    institution: Institution
    """The viewer's institution under which everything that the rows name lies."""
    row: dict
    """Column → what was typed."""
    beside: tuple = ()
    """Rows of the person's other posts, which say what becomes of them."""
    by_name: dict | None = None
    """What names the person where a reference does not: somebody who is registered elsewhere by now."""
    person: Person | None = None
    post: Post | None = None
    """The post that changes, or ends."""


class EntryRefused(Exception):
    """Nothing is kept, for these problems; person is somebody of the viewer's whom a new person turned out to be."""

    def __init__(self, *problems, person=None):
        self.problems, self.person = problems, person
        super().__init__()


def keep_entry(entry, *, scope, at, by):
    """The import of one row that waits to be looked at and applied. Raises EntryRefused where it would do nothing.

    Sent again, the same page gives back the import that it made, with what it says now while nobody has applied it.
    """
    rows = [entry.row, *entry.beside]
    digest = _digest(rows)
    _key, earlier = _place_for(entry.key, digest, by)
    if earlier and earlier.state == State.APPLIED:
        return earlier
    reading, judgement = _judged(rows, entry, scope)
    if entry.by_name and NEVER_BY_REFERENCE in judgement.rows[0].reasons:
        reading, judgement = _judged([_named_otherwise(entry)], entry, scope)
    _refuse(entry, judgement, scope)
    facts = staging.facts_of(b"", "", reading, at=at, by=by)
    facts |= {"sha256": digest, "institution": entry.institution, "form": entry.form}
    try:
        return _kept(entry, judgement, facts)
    except IntegrityError:  # the same page, sent at the same moment
        return _kept(entry, judgement, facts)


def _digest(rows):
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()


def _place_for(key, digest, by):
    """(the key under which to keep a page, the import that it has made by now or None).

    A page that was sent, applied, gone back to and changed makes another import, always under the same further key.
    """
    imports = RegisterImport.objects.select_related("institution")
    while found := imports.filter(form_key=key).first():
        is_same = found.state == State.APPLIED and found.sha256 == digest
        if found.by_id == by.pk and (found.state == State.JUDGED or is_same):
            return key, found
        key = uuid5(key, f"{by.pk}:{digest}")
    return key, None


def _judged(rows, entry, scope):
    reading = staging.read_sent(rows)
    return reading, staging.judge_reading(reading, institution=entry.institution, scope=scope)


def _named_otherwise(entry):
    return {key: value for key, value in entry.row.items() if key != c.REFERENCE} | entry.by_name


def _refuse(entry, judgement, scope):
    """Refuse what a workbook's row would be refused for, what changes nothing, and what the page did not mean."""
    found = judgement.rows[0]
    problems = [problem for row in judgement.rows if row.verdict in REFUSED for problem in row.reasons]
    if found.person in own_rows(scope):
        raise EntryRefused(Problem("own_row"))
    if entry.form == Form.NEW and found.person and not found.is_elsewhere:
        person = Person.objects.visible_to(scope).filter(pk=found.person).first()
        if person:  # somebody without any post has no page: a post is entered for them here
            of_number = [problem for problem in problems if problem.column == c.STAFF_NUMBER]
            raise EntryRefused(*(of_number or [Problem("known_by_name")]), person=person)
    if problems:
        raise EntryRefused(*problems)
    if found.verdict == Verdict.UNCHANGED:
        raise EntryRefused(Problem("unchanged"))
    if entry.person and found.person != entry.person.pk:
        raise EntryRefused(Problem("somebody_else"))
    about_a_post = entry.form in (Form.POST, Form.CHANGE, Form.END) and not found.is_elsewhere
    if about_a_post and found.post != (entry.post.pk if entry.post else None):
        raise EntryRefused(Problem("another_post"))


@transaction.atomic
def _kept(entry, judgement, facts):
    key, earlier = _place_for(entry.key, facts["sha256"], facts["by"])
    if earlier:
        earlier = RegisterImport.objects.select_for_update(of=("self",)).get(pk=earlier.pk)
    if earlier and earlier.state != State.JUDGED:  # applied at this moment
        return earlier
    if earlier is None:
        with transaction.atomic():
            return staging.keep_judged(judgement, form_key=key, **facts)
    for name in ("sha256", "institution", "form", "at"):
        setattr(earlier, name, facts[name])
    earlier.save(update_fields=["sha256", "institution", "form", "at"])
    staging.stage(earlier, judgement)
    return earlier


# --- what a page says -----------------------------------------------------------------------------------------------


def home_of(scope, *places):
    """The viewer's institution under which all of these lie, or None."""
    tops = Institution.objects.filter(pk__in=scope.institution_ids(*scope.names_kinds)).order_by("path")
    return next((top for top in tops if all(place.path.startswith(top.path) for place in places)), None)


def row_of_post(post):
    """The row that names a post as the register has it and changes nothing."""
    row = {
        c.REFERENCE: post.person.reference,
        c.INSTITUTION: post.institution.code,
        c.POSITION: post.position.slug,
        c.SECTOR: post.position.sector.slug,
        c.BASIS: post.basis,
        c.STARTS_ON: post.starts_on.isoformat(),
    }
    return row | ({c.ENDS_ON: post.ends_on.isoformat()} if post.ends_on else {})


def names_of(person):
    """What names somebody by name and birth date."""
    born = {c.BIRTH_DATE: person.birth_date.isoformat()} if person.birth_date else {}
    return {c.NAME: person.name, c.NAME_LATIN: person.name_latin, c.SEX: person.sex} | born


def posts_to_name(scope, person):
    """The person's posts that the viewer sees, those of today first: a row about the person names one of them."""
    posts = Post.objects.visible_to(scope).of(person).select_related("person", "institution", "position__sector")
    return sorted(posts, key=lambda post: (post.is_held_on(scope.today), post.starts_on, post.pk), reverse=True)


@dataclass(frozen=True)
class Answers:
    """What was typed on a page whose import waits to be applied: column → text, and the post that it would end."""

    key: UUID
    texts: dict
    post: int | None


def answers_of(scope, pk, *, form, by, person=None, post=None):
    """What somebody typed whose import waits, to be changed by them on the same page; None for anything else."""
    waiting = RegisterImport.objects.visible_to(scope).waiting().filter(form=form, by=by)
    found = waiting.filter(pk=pk).first() if str(pk).isascii() and str(pk).isdigit() and len(str(pk)) < 16 else None
    row = found and found.rows.filter(place=0).first()
    if not row or (person and row.person_id != person.pk) or (post and row.post_id != post.pk):
        return None
    texts = {key: cell for (_heading, key), cell in zip(found.headings, row.cells, strict=False) if cell}
    return Answers(found.form_key, texts, row.post_id)

"""Imports of people and requests for somebody who is registered elsewhere."""

from institutions.imports.staging import keep_preview
from institutions.models import TransferRequest
from institutions.people_in.reading import read_people
from institutions.scope import Scope
from institutions.uploads import Row
from tests.factories.people import TODAY, moment
from tests.factories.sheets import HEADINGS


def make_import(institution, rows, *, file_name="people.xlsx", by=None):
    """A preview of rows (dicts of cells) for an institution, read without a file."""
    keys = list(dict.fromkeys(key for row in rows for key in row))
    sheet = [Row(1, tuple(HEADINGS[key] for key in keys))]
    sheet += [Row(line, tuple(row.get(key) for key in keys)) for line, row in enumerate(rows, start=2)]
    return keep_preview(
        content=repr(rows).encode(),
        file_name=file_name,
        reading=read_people(sheet),
        institution=institution,
        scope=Scope.of(institution, TODAY),
        complete_of=None,
        complete_on=None,
        at=moment(),
        by=by,
    )[0]


def make_transfer(person, institution, *, by=None, post=None, **facts):
    """A request of the institution for the person, who stays where they are until it is answered."""
    post = post or person.posts.get()
    return TransferRequest.objects.create(
        person=person,
        from_post=post,
        institution=institution,
        position=facts.pop("position", post.position),
        starts_on=facts.pop("starts_on", TODAY),
        asked_at=moment(),
        asked_by=by,
        **facts,
    )

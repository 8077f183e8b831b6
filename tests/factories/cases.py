"""Cases of discipline, taken through their steps."""

import datetime

from discipline.actions import add_stage, open_case
from discipline.models import Case
from tests.factories.people import TODAY, make_post, make_user, moment


def make_case(world, person=None, officer=None, day=TODAY, article_number="2", **facts):
    """An allegation recorded on the day, the incident a week before, at the world's school."""
    person = person or make_post(institution=world["school"], starts_on=day - datetime.timedelta(days=100)).person
    facts = {
        "article": world["edition"].articles.get(number=article_number),
        "incident_on": day - datetime.timedelta(days=7),
        "seriousness": "minor",
        "repetition": "first",
        "sexual_abuse": False,
        "allegation": "ការអះអាង",
        "institution": world["school"],
        **facts,
    }
    case = open_case(person=person, at=moment(day), by=officer or make_user(), **facts)
    return Case.objects.get(pk=case.pk)


def take_steps(case, *kinds, officer=None, day=TODAY):
    """Record ordinary steps of a case, all on one day; returns the last one."""
    officer = officer or case.opened_by
    for kind in kinds:
        ends_on = day + datetime.timedelta(days=30) if kind == "precautionary" else None
        stage = add_stage(
            case=case, kind=kind, on_day=day, reason=f"Reason for {kind}", ends_on=ends_on, at=moment(day), by=officer
        )
    return stage

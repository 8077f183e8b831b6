"""Time, accounts, people, posts and places, through the actions of the register."""

import datetime
import itertools

from django.utils import timezone

from institutions import actions as register
from institutions.models import Area, Institution, Position, Role, Sector, User
from institutions.scope import Scope

TODAY = datetime.date(2026, 11, 23)
PASSWORD = "correct horse battery"
_numbers = itertools.count(1)


def moment(day=TODAY, hour=9):
    """A moment on the day, in the site's time zone."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour)))


def number():
    return next(_numbers)


def make_user(username=None, **facts):
    """An account whose password is cheap to make; PASSWORD where a test logs in through the form."""
    user = User(username=username or f"user{number()}", **facts)
    user.set_password(PASSWORD)
    user.save()
    return user


def make_area(code="06", name="កំពង់ធំ", name_latin="Kampong Thom"):
    return Area.objects.get_or_create(
        code=code, defaults={"name": name, "name_latin": name_latin, "level": len(code) // 2}
    )[0]


def make_institution(parent=None, kind=Institution.Kind.SCHOOL, **facts):
    """An institution below the parent, or a ministry at the root."""
    count = number()
    facts = {
        "code": f"inst-{count}",
        "name": f"ស្ថាប័នទី {count}",
        "name_latin": f"Institution {count}",
        **facts,
    }
    if parent is None:
        return Institution.add_root(kind=Institution.Kind.MINISTRY, **facts)
    return Institution.objects.get(pk=parent.pk).add_child(kind=kind, **facts)


def make_sector(slug="education", **facts):
    return Sector.objects.get_or_create(
        slug=slug, defaults={"name": "បុគ្គលិកអប់រំ", "name_latin": "Education staff", **facts}
    )[0]


def make_position(sector=None, slug="teacher", **facts):
    return Position.objects.get_or_create(
        sector=sector or make_sector(), slug=slug, defaults={"name": "គ្រូបង្រៀន", "name_latin": "Teacher", **facts}
    )[0]


def make_person(at=None, **facts):
    """A person without a post."""
    count = number()
    facts = {
        "name": f"សុខ ចាន់ {count}",
        "name_latin": f"Sok Chan {count}",
        "sex": "F",
        "birth_date": datetime.date(1990, 1, 1),
        **facts,
    }
    return register.add_person(at=at or moment(), by=None, **facts)


def make_post(person=None, institution=None, position=None, starts_on=TODAY, at=None, **facts):
    """A post that begins on the day; the apps above hear of it as in the product."""
    return register.open_post(
        person=person or make_person(at=at),
        institution=institution or make_institution(),
        position=position or make_position(),
        starts_on=starts_on,
        at=at or moment(starts_on),
        by=None,
        staff_number=facts.pop("staff_number", str(1000 + number())),
        **facts,
    )


def make_role(kind=Role.Kind.HR, institution=None, user=None, area=None, starts_on=None):
    """A role that holds, and its account as role.user."""
    return register.grant_role(
        user=user or make_user(),
        kind=kind,
        institution=None if area else institution or make_institution(),
        area=area,
        starts_on=starts_on or TODAY - datetime.timedelta(days=900),
        at=moment(TODAY - datetime.timedelta(days=900)),
        by=None,
    )


def scope_of(user, day=TODAY):
    return Scope.for_user(user, day)


def give_account(person):
    """A login for the person, named by a fresh number."""
    user = make_user(username=f"9{number():06d}")
    person.user = user
    person.save(update_fields=["user"])
    return user

"""Rows of the register that may be one person, at two sizes of register, and HR's to-do page that counts them.

`python -m tests.bench.duplicates PEOPLE` works on the empty database of its environment and prints one JSON line.
"""

import itertools
import sys
from datetime import date, timedelta

from tests.bench.measure import Times, alone, answer
from tests.bench.report import Line

TEN = 10
BATCH = 5_000
BORN, DAYS = date(1966, 1, 1), 14_600
FAMILIES = ["សុខ", "ចាន់", "ហេង", "លី", "គឹម", "ម៉ៅ", "ផល", "ឈឹម", "កែវ", "នួន", "ស៊ុន", "អ៊ុក", "ប៊ុន", "តាំង", "ហ៊ុន"]
GIVEN = ["ដារ៉ា", "សុភា", "វិសាល", "ចន្ថា", "រតនា", "ពិសិដ្ឋ", "សុខា", "មុនី", "បូរ៉ា", "ស្រីមុំ", "វណ្ណា", "កល្យាណ", "បុប្ផា", "ធារ៉ា"]
MOST_GROWTH = 14  # each day of birth is shared by more people, too
MOST_MS = 1000


def main(people):
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    from institutions.duplicates import pairs_of
    from tests import factories

    ministry = factories.make_institution()
    user = factories.make_role(institution=ministry).user
    scope, client, found = factories.scope_of(user), Client(HTTP_HOST="localhost"), []
    client.force_login(user)
    for size in (people, people * TEN):
        grow_to(size, ministry)
        finder = Times.of(lambda: pairs_of(scope), repeats=3)
        page = Times.of(lambda: client.get("/km/to-do/"), repeats=7)
        found.append({"people": size, "cpu": finder.cpu, "page": page.p50, "pairs": len(pairs_of(scope))})
    answer(found)


def grow_to(size, institution):
    """A register with so many people whose names and days of birth repeat as real ones do."""
    from institutions.actions import name_key
    from institutions.models import Person, Position, Post
    from tests import factories

    position = Position.objects.first() or factories.make_position()
    names = list(itertools.product(FAMILIES, GIVEN, GIVEN))
    for first in range(Person.objects.count(), size, BATCH):
        people = []
        for number in range(first, min(first + BATCH, size)):
            family, one, two = names[number * 7 % len(names)]
            name, latin = f"{family} {one}{two}", f"Person {number * 7 % len(names)}"
            born = BORN + timedelta(days=number * 11 % DAYS)
            people.append(Person(name=name, name_latin=latin, name_key=name_key(name, latin), birth_date=born, sex="F"))
        Post.objects.bulk_create(
            Post(person=person, institution=institution, sector=position.sector, position=position, starts_on=BORN)
            for person in Person.objects.bulk_create(people)
        )


def run(environment, *, people):
    """The lines of the report for the database of the environment."""
    few, many = alone("duplicates", people, **environment)
    return [
        Line(
            what=f"rows that may be one person, of {many['people']:,}",
            measured=f"{many['cpu']:,.0f} ms cpu, {many['pairs']} pairs",
            beside=f"{few['cpu']:,.0f} ms of {few['people']:,}",
            ratio=many["cpu"] / few["cpu"],
            limit=MOST_GROWTH,
        ),
        Line(
            what="to-do page that counts them, ms wall",
            measured=f"{many['page']:.0f}",
            beside=f"{few['page']:.0f} with {few['people']:,}",
            ratio=many["page"],
            limit=MOST_MS,
        ),
    ]


if __name__ == "__main__":
    main(int(sys.argv[1]))

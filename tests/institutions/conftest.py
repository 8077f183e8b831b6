"""The register that tests of the import begin with."""

import datetime

import pytest
from django.core.cache import cache
from django.utils import timezone

from institutions import client_auth
from institutions.imports import applying, staging
from tests import factories
from tests.factories.sheets import make_sheet

BORN = datetime.date(1985, 3, 4)
SINCE = datetime.date(2024, 11, 1)


@pytest.fixture
def place():
    """A ministry with two departments, an HR user of the first, and a school in each."""

    class Place:
        ministry = factories.make_institution()
        position = factories.make_position()

        def __init__(self):
            make = factories.make_institution
            self.department = make(self.ministry, "department", name="មន្ទីរទី១", code="dep-1")
            self.school = make(self.department, code="school-1", name="សាលាអង្គរ", name_latin="Angkor School")
            self.other = make(self.department, code="school-2", name="សាលាបាយ័ន", name_latin="Bayon School")
            self.foreign_department = make(self.ministry, "department", code="dep-2")
            self.foreign = make(self.foreign_department, code="school-9", name="សាលាឆ្ងាយ", name_latin="Far School")
            self.role = factories.make_role(institution=self.department)
            self.hr = self.role.user

        @property
        def scope(self):
            return factories.scope_of(self.hr)

        def row(self, **facts):
            return {
                "staff_number": "00123",
                "name": "សុខ ចាន់ដារ៉ា",
                "name_latin": "Sok Chandara",
                "sex": "ស",
                "birth_date": BORN,
                "institution": "school-1",
                "position": "Teacher",
                "starts_on": SINCE,
                **facts,
            }

        def serving(self, institution=None, basis="regular", **facts):
            """Somebody in the register whom row() describes."""
            row = self.row(**facts)
            person = factories.make_person(
                name=row["name"], name_latin=row["name_latin"], sex="F", birth_date=row["birth_date"]
            )
            return factories.make_post(
                person,
                institution or self.school,
                self.position,
                starts_on=row["starts_on"],
                staff_number=row["staff_number"],
                basis=basis,
            )

        def preview(self, rows, **asked):
            return staging.receive_file(
                content=make_sheet(rows),
                file_name="people.xlsx",
                institution=self.department,
                scope=self.scope,
                at=factories.moment(),
                by=self.hr,
                **asked,
            )

        def apply(self, found):
            return applying.start_applying(
                register_import=found, seal=found.seal, scope=self.scope, at=factories.moment(), by=self.hr
            )

    return Place()


@pytest.fixture
def system(place, monkeypatch):
    """The payroll of the department, which sends rows as often as it likes, on a day that stands still."""
    cache.clear()
    monkeypatch.setattr(timezone, "now", factories.moment)
    monkeypatch.setattr(client_auth, "LIMITS", {"address": "100000/m/ip", "client": "100000/m/key"})
    return factories.Payroll(factories.make_client(place.department))


@pytest.fixture
def director():
    """The second position of the tests."""
    return factories.make_position(slug="director", name="នាយក", name_latin="Director")

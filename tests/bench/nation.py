"""The demo nation with many more people: copies of the lives of those it was loaded with, made by the database.

A copy has the posts, periods, signatures and certificates of its original under numbers of its own, and no account.
Loading as many people through the actions of the product would take longer than everything that is measured.
`python -m tests.bench.nation PEOPLE` loads the originals into the database of its environment.
"""

import io
import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Max  # noqa: E402

from certification.models import Certificate, CertificateEvent, Exemption, Period  # noqa: E402
from conduct_codes.models import SignOff, SignRequest  # noqa: E402
from courses.models import Enrolment  # noqa: E402
from institutions.models import Person, Post, StaffNumber  # noqa: E402
from tests.bench.measure import answer  # noqa: E402

COPIED = (
    Person,
    StaffNumber,
    Post,
    SignRequest,
    SignOff,
    Enrolment,
    Period,
    Exemption,
    Certificate,
    CertificateEvent,
)
OWN_TEXTS = {"number", "receipt", "serial", "verification_code"}


class Copier:
    """Makes the nation as large as is asked, from the people who were there at first."""

    def __init__(self):
        self.originals = Person.objects.count()
        self.tops = {model: model.objects.aggregate(top=Max("pk"))["top"] or 0 for model in COPIED}
        self.step = max(self.tops.values()) + 1
        self.copies = 0

    def grow_to(self, people):
        """Add copies until there are about as many people, and return how many there are."""
        wanted = round(people / self.originals) - 1
        with connection.cursor() as cursor:
            if wanted > self.copies:
                for model in COPIED:
                    cursor.execute(self._copy(model), [self.copies + 1, wanted, self.tops[model]])
                self.copies = wanted
            if connection.vendor == "postgresql":
                cursor.execute("ANALYZE")  # as its own upkeep does within the minute
        return Person.objects.count()

    def _copy(self, model):
        fields = model._meta.concrete_fields
        columns = ", ".join(f'"{field.column}"' for field in fields)
        values = ", ".join(self._value(field) for field in fields)
        table = model._meta.db_table
        return (
            "WITH RECURSIVE copies(k) AS (SELECT %s UNION ALL SELECT k + 1 FROM copies WHERE k < %s) "
            f'INSERT INTO "{table}" ({columns}) '
            f'SELECT {values} FROM "{table}" AS old CROSS JOIN copies WHERE old.id <= %s'
        )

    def _value(self, field):
        column = f'old."{field.column}"'
        if field.primary_key or field.related_model in self.tops:
            return f"{column} + copies.k * {self.step}"
        if field.name == "user":
            return "NULL"
        return f"{column} || '-' || copies.k" if field.name in OWN_TEXTS else column


if __name__ == "__main__":
    call_command("demo", people=int(sys.argv[1]), no_serve=True, stdout=io.StringIO())
    answer({"people": Person.objects.count()})

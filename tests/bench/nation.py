"""The demo nation with many more people: copies of the lives of those it was loaded with, made by the database.

A copy has the posts, periods, signatures and certificates of its original under numbers of its own, and no account.
Loading as many people through the actions of the product would take longer than everything that is measured.
"""

from django.core.management import call_command
from django.db import connection
from django.db.models import Max

from certification.models import Certificate, CertificateEvent, Exemption, Period
from conduct_codes.models import SignOff, SignRequest
from courses.models import Enrolment
from institutions.models import Person, Post, StaffNumber

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


def load(people):
    """A database with the demo nation, from nothing."""
    call_command("demo", people=people, no_serve=True, stdout=open_nothing())


def open_nothing():
    import io

    return io.StringIO()


class Copier:
    """Makes the nation as large as is asked, from the people who were there at first."""

    def __init__(self):
        self.originals = Person.objects.count()
        self.tops = {model: model.objects.aggregate(top=Max("pk"))["top"] or 0 for model in COPIED}
        self.step = max(self.tops.values()) + 1
        self.copies = 0

    def grow_to(self, people):
        """Add copies until there are about as many people; then let PostgreSQL count its rows, as it does by night."""
        wanted = round(people / self.originals) - 1
        if wanted > self.copies:
            with connection.cursor() as cursor:
                for model in COPIED:
                    cursor.execute(self._copy(model), [self.copies + 1, wanted, self.tops[model]])
            self.copies = wanted
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        return Person.objects.count()

    def _copy(self, model):
        columns, values = [], []
        for field in model._meta.concrete_fields:
            columns.append(f'"{field.column}"')
            values.append(self._value(field))
        table = model._meta.db_table
        return (
            "WITH RECURSIVE copies(k) AS (SELECT %s UNION ALL SELECT k + 1 FROM copies WHERE k < %s) "
            f'INSERT INTO "{table}" ({", ".join(columns)}) '
            f'SELECT {", ".join(values)} FROM "{table}" AS old CROSS JOIN copies WHERE old.id <= %s'
        )

    def _value(self, field):
        column = f'old."{field.column}"'
        if field.primary_key or field.related_model in self.tops:
            return f"{column} + copies.k * {self.step}"
        if field.name == "user":
            return "NULL"
        return f"{column} || '-' || copies.k" if field.name in OWN_TEXTS else column

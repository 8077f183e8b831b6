"""Signatures of the demo without an account: two sheets of paper, one of them still to be confirmed, and a device."""

from conduct_codes.actions import close_kiosk, confirm_paper, issue_pins, open_kiosk, record_sheet, sign_at_kiosk
from conduct_codes.models import Code, Edition
from conduct_codes.paper import Candidates
from conduct_codes.paper_sheet import paper_sheet_pdf
from conduct_codes.rules import STATEMENTS
from conduct_site.nation.moments import moment
from institutions.models import Institution, User
from institutions.scope import Scope

HR, REGISTRAR, UNIT, CODE = "2200002", "2200003", "moeys-06", "education"
WITHOUT_ACCOUNT = 8
"""So many people of the unit cannot log in and are asked to sign; settling.py makes them."""
WITNESS = ("កែវ សុភា", "ប្រធានការិយាល័យ")


def load_signatures(calendar):
    """Two people on a confirmed sheet, two on one that waits, and one who signed on a device that is closed."""
    day, unit = calendar.yesterday, Institution.objects.get(code=UNIT)
    edition = Edition.objects.in_force_on(day).select_related("code").get(code__slug=CODE)
    text = edition.text_in("km")
    text.edition = edition
    rows = Candidates(Scope.of(unit, day), unit, edition, day).rows()[:5]
    clerk, registrar = (User.objects.get(username=name) for name in (HR, REGISTRAR))
    confirmed, waiting, device = rows[:2], rows[2:4], rows[4:]
    if confirmed:
        sheet = _sheet(text, unit, confirmed, day, clerk)
        confirm_paper(claims=sheet.claims.all(), at=moment(day), by=registrar)
    if waiting:
        _sheet(text, unit, waiting, day, clerk)
    _at_a_device(text, unit, device, moment(day), clerk)


def _sheet(text, unit, rows, day, clerk):
    scan = paper_sheet_pdf(text, rows, unit=unit, at=moment(day), demonstration=True)
    return record_sheet(
        unit=unit,
        text=text,
        requests=[row.request for row in rows],
        signed_on=day,
        witness=WITNESS[0],
        witness_function=WITNESS[1],
        scan=scan,
        at=moment(day),
        by=clerk,
    )


def _at_a_device(text, unit, rows, at, clerk):
    kiosk = open_kiosk(unit=unit, code=Code.objects.get(slug=CODE), hours=4, at=at, by=clerk)
    people = [row.person for row in rows if row.post.staff_number]
    numbers = {row.person.pk: row.post.staff_number.number for row in rows if row.post.staff_number}
    for issued in issue_pins(people=people, institution=unit, at=at, by=clerk):
        sign_at_kiosk(
            kiosk=kiosk,
            number=numbers[issued.person.pk],
            digits=issued.digits,
            text_sha256=text.sha256,
            statements=STATEMENTS,
            at=at,
        )
    close_kiosk(kiosk=kiosk, at=at, by=clerk)

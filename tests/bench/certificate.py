"""A certificate as PDF: the product's way beside a kept typst compiler that does nothing but compile the template.

`python -m tests.bench.certificate COUNT ROUNDS` prints one JSON line.
"""

import itertools
import json
import os
import sys
from datetime import UTC, date, datetime
from unittest import mock

from tests.bench.measure import Times, alone, answer, by_turns, cpu_seconds
from tests.bench.report import Line

serials = itertools.count(1)


def make_certificate():
    """A certificate that was never saved; no two are the same, so that nothing can be remembered."""
    from certification.models import Certificate
    from conduct_codes.models import Edition

    serial = next(serials)
    return Certificate(
        serial=f"EDU-2026-{serial:06d}",
        verification_code=f"{serial:017d}",
        edition=Edition(number=2),
        holder=f"សុខ ច័ន្ទដារ៉ា {serial}",
        holder_latin=f"Sok Chandara {serial}",
        position="គ្រូបង្រៀន",
        position_latin="Teacher",
        institution="សាលាបឋមសិក្សា បាក់ទូក",
        institution_latin="Bak Touk Primary School",
        code_name="ក្រមសីលធម៌បុគ្គលិកអប់រំ",
        code_name_latin="Code of conduct of education staff",
        issuer="ក្រសួងអប់រំ យុវជន និងកីឡា",
        issuer_latin="Ministry of Education, Youth and Sport",
        issued_on=date(2026, 5, 4),
        valid_until=date(2027, 5, 4),
        issued_at=datetime(2026, 5, 4, 3, 0, tzinfo=UTC),
    )


def address_of(certificate):
    return f"https://conduct.example/c/{certificate.verification_code}/"


def draw(certificate):
    from certification.documents import certificate_pdf

    return certificate_pdf(certificate, address_of(certificate), demonstration=True)


def inputs_of(certificate):
    """What the product hands to typst for the certificate."""
    with mock.patch("institutions.pdf.render") as render:
        draw(certificate)
    values = render.call_args.args[1]
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}


def bare_compiler():
    """A function from inputs to a PDF and nothing around it."""
    import fontpkg
    import typst

    from certification.documents import TEMPLATE

    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[os.fspath(fontpkg.path("Noto Sans Khmer").parent)],
    )
    source = TEMPLATE.read_bytes()
    compiler = typst.Compiler(root=TEMPLATE.parent, font_paths=fonts, ignore_system_fonts=True)
    return lambda values: compiler.compile(input=source, format="pdf", sys_inputs=values)


def main(count, rounds):
    import django

    django.setup()
    compile_bare = bare_compiler()
    draw(make_certificate())
    compile_bare(inputs_of(make_certificate()))

    def product():
        certificates = [make_certificate() for _each in range(count)]
        return cpu_seconds(lambda: [draw(certificate) for certificate in certificates])

    def bare():
        inputs = [inputs_of(make_certificate()) for _each in range(count)]
        return cpu_seconds(lambda: [compile_bare(values) for values in inputs])

    found = by_turns({"product": product, "bare": bare}, rounds)
    times = Times.of(lambda: draw(make_certificate()), repeats=count)
    answer({name: seconds / count * 1000 for name, seconds in found.items()} | {"p95": times.p95})


def run(*, count, rounds):
    """The lines of the report."""
    found = alone("certificate", count, rounds)
    return [
        Line(
            what="certificate as PDF, warm",
            measured=f"{found['product']:.1f} ms",
            beside=f"{found['bare']:.1f} ms, a bare typst compile",
            ratio=found["product"] / found["bare"],
            limit=1.3,
        ),
        Line(what="certificate as PDF, p95 wall ms", measured=f"{found['p95']:.1f}", ratio=found["p95"], limit=50),
    ]


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

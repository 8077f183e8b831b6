"""The register written to a workbook and read again says nothing new, whatever stands in it; and the two commands."""

import datetime
import io
import json

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from institutions.imports import outgoing, staging
from institutions.models import Person, Post, RegisterImport
from institutions.people_in.reading import read_people
from institutions.scope import Scope
from institutions.uploads import read_workbook
from tests import factories
from tests.factories.sheets import make_sheet

DAY = datetime.timedelta(days=1)
BORN = datetime.date(1985, 3, 4)

names = st.text("កខគឃងចឆជឈញដឋឌតថទធនបផពភមយរលវសហឡអា៊ិីុូួេែៃោំះ្ ", min_size=2, max_size=20).filter(
    lambda name: len(name.strip()) > 1 and any(sign.isalpha() for sign in name)
)
latin = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGH '-", min_size=2, max_size=20).filter(
    lambda name: len(name.strip()) > 1 and name.strip()[0].isalpha()
)
numbers = st.one_of(st.just(""), st.from_regex(r"\A[0-9A-Z]{1,9}\Z"))
people = st.lists(
    st.fixed_dictionaries(
        {
            "name": names,
            "name_latin": latin,
            "sex": st.sampled_from("FM"),
            "birth_date": st.one_of(st.none(), st.dates(datetime.date(1930, 1, 1), datetime.date(2008, 1, 1))),
            "number": numbers,
            "rank": st.sampled_from(["", "ក.១.៦", "=1+1", "00", "១២"]),
            "posts": st.lists(
                st.tuples(st.integers(0, 2), st.booleans(), st.sampled_from(Post.Basis.values)),
                min_size=1,
                max_size=3,
                unique_by=lambda post: post[:2],
            ),
            "end_reason": st.sampled_from(["", *Post.EndReason.values]),
            "ends": st.booleans(),
        }
    ),
    min_size=1,
    max_size=4,
)


class RoundTrip(TestCase):
    """Hypothesis with a database: each example is rolled back."""

    @settings(
        max_examples=max(25, settings.default.max_examples // 20),
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(people, st.sampled_from(["km", "en"]))
    def test_export_then_import_is_all_unchanged(self, people, language):
        institution = factories.make_institution()
        places = [institution, *(factories.make_institution(institution) for _each in range(2))]
        positions = [factories.make_position(), factories.make_position(slug="director")]
        used = set()
        for facts in people:
            self._enter(facts, places, positions, used)
        target = io.BytesIO()
        day = factories.TODAY
        scope = Scope.of(institution, day)
        outgoing.write_register(
            target, institution=institution, scope=scope, day=day, at=factories.moment(), by=None, language=language
        )
        reading = read_people(read_workbook(target.getvalue()))
        judgement = staging.judge_reading(reading, institution=institution, scope=scope)
        assert {row.verdict for row in judgement.rows} == {"unchanged"}
        assert len(judgement.rows) == Post.objects.serving_on(day).count()

    def _enter(self, facts, places, positions, used):
        number = facts["number"] if facts["number"] not in used else ""
        used.add(number)
        person = factories.make_person(**{name: facts[name] for name in ("name", "name_latin", "sex", "birth_date")})
        for place, second, basis in facts["posts"]:
            factories.make_post(
                person,
                places[place],
                positions[second],
                starts_on=factories.TODAY - 100 * DAY,
                ends_on=factories.TODAY + DAY if facts["ends"] else None,
                staff_number=number,
                rank=facts["rank"],
                basis=basis,
                end_reason=facts["end_reason"] if facts["ends"] else "",
            )


def row(**facts):
    return {
        "staff_number": "00123",
        "name": "សុខ ចាន់ដារ៉ា",
        "name_latin": "Sok Chandara",
        "sex": "ស",
        "birth_date": BORN,
        "institution": "school-1",
        "position": "Teacher",
        "starts_on": datetime.date(2020, 11, 1),
        **facts,
    }


@pytest.fixture
def school(db):
    factories.make_position()
    return factories.make_institution(factories.make_institution(code="ministry"), code="school-1")


def run(capsys, *arguments):
    call_command(*arguments)
    return capsys.readouterr().out


@pytest.mark.django_db
def test_the_commands_import_report_and_export(school, tmp_path, capsys):
    path = tmp_path / "people.xlsx"
    wrong = [row(staff_number="1.2E+05"), row(sector="Nowhere", staff_number="7", birth_date=BORN + DAY)]
    path.write_bytes(make_sheet([row(), *wrong]))
    dry = json.loads(
        run(capsys, "import_people", path, "--institution=ministry", "--dry-run", "--report=json", "--language=en")
    )
    assert dry["counts"]["add"] == 1 and dry["counts"]["error"] == 2 and dry["applied"] == 0
    assert dry["refused"][0]["row"] == 3 and "Excel has turned" in dry["refused"][0]["reasons"][0]
    assert not Person.objects.exists() and not RegisterImport.objects.exists()
    done = json.loads(run(capsys, "import_people", path, "--institution=ministry", "--report=json"))
    assert done["applied"] == 1 and Person.objects.get().posts.get().institution == school
    out = tmp_path / "out.xlsx"
    assert "1 rows written" in run(capsys, "export_people", "--institution=ministry", f"--to={out}")
    again = json.loads(run(capsys, "import_people", out, "--institution=ministry", "--report=json"))
    assert again["counts"]["unchanged"] == 1 and again["applied"] == 0
    assert "unchanged: 1" in run(capsys, "import_people", out, "--institution=ministry", "--dry-run")


@pytest.mark.django_db
def test_complete_list_by_command_ends_the_posts_of_who_is_missing(school, tmp_path, capsys):
    post = factories.make_post(None, school, starts_on=factories.TODAY - 100 * DAY)
    path = tmp_path / "people.xlsx"
    path.write_bytes(make_sheet([row()]))
    done = json.loads(
        run(
            capsys,
            "import_people",
            path,
            "--institution=school-1",
            f"--complete={factories.TODAY.isoformat()}",
            "--report=json",
        )
    )
    post.refresh_from_db()
    assert done["counts"]["leave"] == 1 and post.ends_on == factories.TODAY - DAY


@pytest.mark.django_db
@pytest.mark.parametrize(
    "arguments",
    [
        ("import_people", "{path}", "--institution=nowhere"),
        ("import_people", "{path}", "--institution=school-1", "--complete=2999-01-01"),
        ("import_people", "{path}.no", "--institution=school-1"),
        ("import_people", "{bad}", "--institution=school-1"),
        ("export_people", "--institution=nowhere", "--to={path}"),
        ("export_people", "--institution=school-1", "--to={path}/x/y.xlsx"),
    ],
)
def test_what_a_command_cannot_do_it_says(school, tmp_path, arguments):
    path, bad = tmp_path / "people.xlsx", tmp_path / "bad.xlsx"
    path.write_bytes(make_sheet([row()]))
    bad.write_bytes(b"not a workbook" * 20)
    with pytest.raises(CommandError):
        call_command(*(each.format(path=path, bad=bad) for each in arguments))

"""The public register of codes: stages, reviews, what is owed, and one number of queries."""

import datetime
import io

import openpyxl
import pytest

from conduct_codes import rules
from conduct_codes.actions import open_section
from conduct_codes.models import Code, CodePage
from conduct_codes.register import Stage, register_rows, reviews_due
from institutions.days import add_months
from institutions.models import Role
from tests import factories
from tests.conduct_codes.test_repeal import adopt_for
from tests.factories import TODAY

DAY = datetime.timedelta(days=1)
pytestmark = pytest.mark.django_db


def row_of(code, day=TODAY):
    return next(row for row in register_rows(day) if row.code == code)


@pytest.mark.parametrize(
    ("days", "state"), [(-91, "current"), (-90, "due"), (0, "due"), (1, "overdue"), (400, "overdue")]
)
def test_a_review_is_announced_ninety_days_before_it_is_due(days, state):
    due = rules.review_due_on(datetime.date(2024, 2, 29), 24)
    assert due == datetime.date(2026, 2, 28)
    assert rules.review_state(due, due + days * DAY) == state


def test_prohibitions_without_a_measure_are_counted():
    rows = [
        {"value": {"kind": kind, "measures": measures}}
        for kind, measures in [("prohibition", []), ("prohibition", [1]), ("duty", [])]
    ]
    assert rules.prohibitions_without_measure(rows) == 1


def test_the_review_is_due_after_the_last_substantive_adoption():
    edition = factories.make_edition(day=TODAY - 100 * DAY)
    factories.make_edition(edition.code, day=TODAY - DAY, change_class="erratum")
    row = row_of(edition.code)
    assert row.review_due_on == add_months(TODAY - 100 * DAY, 24)
    assert (row.edition.number, row.stage) == (2, Stage.IN_FORCE)


def test_stages_of_codes_in_force():
    edition = factories.make_edition()
    due = add_months(edition.adopted_on, 24)
    assert row_of(edition.code, due - 91 * DAY).stage == Stage.IN_FORCE
    assert row_of(edition.code, due).stage == Stage.DUE
    assert row_of(edition.code, due + DAY).stage == Stage.OVERDUE
    assert [row.code for row in reviews_due(Code.objects.all(), due)] == [edition.code]
    assert reviews_due(Code.objects.all(), TODAY) == []


def test_a_code_without_an_edition_is_draft_then_in_review_then_approved():
    code = factories.make_code()
    assert row_of(code).stage == Stage.DRAFT
    articles = factories.default_articles()
    articles[1]["measures"] = []
    page = factories.make_code_page(code, articles=articles)
    factories.submit(page)
    row = row_of(code)
    assert (row.stage, row.unpenalised, row.unpenalised_next) == (Stage.REVIEW, None, 1)


def test_an_approved_text_awaits_adoption_and_a_next_text_is_named_beside_the_one_in_force():
    code = factories.make_code()
    page = factories.make_code_page(code)
    factories.approve(page)
    assert row_of(code).stage == Stage.APPROVED
    edition = factories.make_edition(code)
    assert (row_of(code).stage, row_of(code).next_label) == (Stage.IN_FORCE, "")
    factories.approve(CodePage.objects.get(code=code, locale__language_code="km"))
    row = row_of(code)
    assert (row.edition, row.stage, row.next_text) == (edition, Stage.IN_FORCE, Stage.APPROVED)
    assert (row.unpenalised, row.unpenalised_next) == (0, 0)


def test_coming_and_repealed_codes():
    edition = adopt_for(factories.make_code_page().code, TODAY + 9 * DAY)
    assert row_of(edition.code).stage == Stage.COMING
    factories.repeal(edition.code, decided_on=TODAY, effective_on=TODAY + 20 * DAY)
    later = row_of(edition.code, TODAY + 20 * DAY)
    assert (later.stage, later.edition) == (Stage.REPEALED, edition)


def test_the_register_asks_the_same_number_of_times_for_one_code_and_for_three(django_assert_num_queries):
    factories.make_edition()
    register_rows(TODAY)  # content types are read once a process
    with django_assert_num_queries(QUERIES):
        assert len(register_rows(TODAY)) == 1
    for slug in ("police", "health"):
        factories.make_edition(factories.make_code(factories.make_sector(slug), slug=slug))
    with django_assert_num_queries(QUERIES):
        assert len(register_rows(TODAY)) == 3


QUERIES = 9


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_register_is_public_and_may_be_kept(client, site, language):
    edition = factories.make_edition()
    answer = client.get(f"/{language}/register/")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert edition.code.name_latin in answer.content.decode() or language == "km"
    assert edition.get_absolute_url() in answer.content.decode()


def test_the_workbook_says_what_the_page_says(client, site):
    edition = factories.make_edition()
    answer = client.get("/en/register/codes.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][0] == edition.code.name_latin
    assert "Review due" in rows[0]


def test_an_empty_register_says_what_comes(client, site):
    assert "No code is registered yet" in client.get("/en/register/").content.decode()


def test_adopters_and_editors_are_told_which_reviews_are_due(client, site, monkeypatch):
    edition = factories.make_edition(day=TODAY - 720 * DAY)
    client.force_login(factories.make_role(Role.Kind.ADOPTER, edition.code.owner).user)
    monkeypatch.setattr("institutions.middleware.timezone.now", lambda: factories.moment(TODAY, 12))
    assert "Codes to be reviewed" in client.get("/en/adoption/").content.decode()
    client.force_login(factories.make_user(is_superuser=True))
    assert "Codes to be reviewed" not in client.get("/admin/").content.decode()
    editor = factories.make_role(Role.Kind.EDITOR, edition.code.owner).user
    open_section(code=edition.code, at=factories.moment())
    client.force_login(editor)
    assert "Codes to be reviewed" in client.get("/admin/").content.decode()

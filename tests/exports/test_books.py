"""The coverage workbook: one sheet a cut, the words beside the figures, and names that stay text."""

import io

import openpyxl
import pytest
from django.utils import translation

from exports import books
from exports.indicators import INDICATORS
from institutions.scope import Scope
from tests import factories
from tests.exports.test_rosters import FORMULAS

pytestmark = pytest.mark.django_db


def written(institution, language="en"):
    file = io.BytesIO()
    rows = books.write_coverage(
        file,
        scope=Scope.of(institution, factories.TODAY),
        institution=institution,
        on=factories.TODAY,
        at=factories.moment(),
        by=None,
        language=language,
    )
    file.seek(0)
    return rows, openpyxl.load_workbook(file)


@pytest.fixture
def world():
    made = factories.make_bound_world()
    factories.make_post(institution=made["school"])
    return made


def test_coverage_has_a_frozen_filtered_sheet_for_each_cut_and_one_that_explains(world):
    rows, book = written(world["ministry"])
    assert book.sheetnames == ["Total", "Institutions", "Provinces", "Sex", "Sectors", "About this file"]
    for sheet in book.worksheets[:-1]:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == f"A1:L{sheet.max_row}"
        assert [cell.data_type for cell in sheet[2]][3:] == ["n"] * 9
        assert sheet["I2"].number_format == "0.0%"
    assert rows == sum(sheet.max_row - 1 for sheet in book.worksheets[:-1])
    told = dict(row[:2] for row in book.worksheets[-1].iter_rows(values_only=True))
    with translation.override("en"):
        assert all(told[str(figure.name)] == str(figure.definition) for figure in INDICATORS)


def test_coverage_of_nobody_has_empty_shares_and_no_error():
    _rows, book = written(factories.make_institution())
    assert [cell.value for cell in book.worksheets[0][2]][3:] == [0, 0, 0, 0, 0, None, None, None, None]
    assert book.worksheets[1].max_row == 1


def test_names_of_institutions_that_look_like_formulas_stay_text(world):
    for text in FORMULAS:
        below = factories.make_institution(world["ministry"], name=text, name_latin=text)
        factories.make_post(institution=below)
    _rows, book = written(world["ministry"])
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    names = {row[1] for row in book.worksheets[1].iter_rows(min_row=2, values_only=True)}
    assert set(FORMULAS) <= names


@pytest.mark.parametrize("language", ["km", "en"])
def test_headings_are_of_the_language_and_our_own_words_stand_in_both(world, language):
    _rows, book = written(world["ministry"], language)
    sexes = list(book.worksheets[3].iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in sexes] == ["F", "M"]
    assert [row[2] for row in sexes] == ["Female", "Male"]
    with translation.override(language):
        assert book.worksheets[0]["D1"].value == str(INDICATORS[0].name)

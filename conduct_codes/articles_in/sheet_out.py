"""The workbook of a code's articles: filled as an export, or empty as the template; choices drop down in each cell."""

import io

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from conduct_codes.articles_in.planning import spoken
from conduct_codes.articles_in.sheet import COLUMNS, MAX_ROWS, OF_MEASURE
from institutions.workbooks import Column, write_workbook

DROPPED_DOWN = ("kind", "topic", "competence", *OF_MEASURE)
WIDTHS = {"number": 9, "kind": 18, "topic": 22, "competence": 16, "heading": 34, "text": 70, "legal_basis": 30}
WIDTHS |= {"plain_words": 50, "measure": 34}


def write(values, *, vocabulary, language, title) -> bytes:
    """The articles (key → values, or none for the template) as a workbook in the language."""
    place = [code for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES].index(language)
    with translation.override(language):
        columns = [Column(key=name, heading=str(label), width=WIDTHS.get(name, 16)) for name, label in COLUMNS.items()]
        target = io.BytesIO()
        write_workbook(
            target,
            columns=columns,
            rows=[row for value in values for row in _rows(value, vocabulary, place)],
            title=title,
            sheet_title=_("Articles"),
            notes=_notes(),
            language=language,
        )
        return _with_lists(target, vocabulary, place)


def _rows(value, vocabulary, place):
    """A row for the article with its first measure, and one for each further measure."""
    shown = dict.fromkeys(COLUMNS, "")
    shown |= {name: spoken(value[name]) for name in ("number", "heading", "text", "legal_basis", "plain_words")}
    shown |= {name: _shown(vocabulary, name, value[name], place) for name in ("kind", "topic", "competence")}
    measures = [{name: _shown(vocabulary, name, row[name], place) for name in OF_MEASURE} for row in value["measures"]]
    for row in (shown | (measures[0] if measures else {}), *measures[1:]):
        yield [row.get(name, "") for name in COLUMNS]


def _shown(vocabulary, name, slug, place):
    choices = getattr(vocabulary, name)
    return choices.shown(slug, place) if slug in choices.labels else slug or ""


def _notes():
    """The second sheet: how the first is filled in."""
    return [
        (
            _("How to fill it in"),
            _("One row for each article. Columns may stand in any order, with Khmer or English headings."),
        ),
        (
            str(COLUMNS["number"]),
            _(
                "The number says which article a row changes: one that the draft has stays the same article. A new "
                "number is a new article."
            ),
        ),
        (str(COLUMNS["text"]), _("A new line within a cell: Alt and Enter.")),
        (
            str(COLUMNS["measure"]),
            _(
                "The first measure stands in the row of its article. Each further measure has a row below it in which "
                "the other columns stay empty. The measures are to be confirmed by the legal office."
            ),
        ),
        (
            str(COLUMNS["plain_words"]),
            _("What the article means, in short sentences. Shown beside it, not part of the law."),
        ),
        (
            _("Columns left out"),
            _("A column that is deleted changes nothing. An empty cell in a column that is there empties the field."),
        ),
        (
            _("Articles left out"),
            _("An article that the sheet lacks stays in the draft, unless you tick at the import that it goes."),
        ),
        (
            _("Import"),
            _("In the editor: Import articles. First you see what would change; nothing is published or adopted."),
        ),
    ]


def _with_lists(source, vocabulary, place):
    """The workbook with a third sheet of the choices, and each choice dropping down in its column."""
    book = load_workbook(source)
    sheet = book.worksheets[0]
    lists = book.create_sheet(_("Lists"))
    for column, name in enumerate(DROPPED_DOWN, start=1):
        lists.cell(row=1, column=column, value=str(COLUMNS[name]))
        offered = getattr(vocabulary, name).offered(place)
        for row, label in enumerate(offered, start=2):
            cell = lists.cell(row=row, column=column, value=label)
            cell.data_type = "s"
        letter = get_column_letter(column)
        lists.column_dimensions[letter].width = 30
        if offered:
            range_ = f"'{lists.title}'!${letter}$2:${letter}${len(offered) + 1}"
            choice = DataValidation(type="list", formula1=range_, allow_blank=True, showErrorMessage=True)
            choice.errorTitle, choice.error = str(COLUMNS[name])[:32], _("Choose one of the list.")
            at = get_column_letter(list(COLUMNS).index(name) + 1)
            choice.add(f"{at}2:{at}{MAX_ROWS}")
            sheet.add_data_validation(choice)
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()

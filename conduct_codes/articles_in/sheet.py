"""Workbooks: a row for an article with its first measure, and a row without a number for each further measure.

Headings and choices are understood in Khmer and English, columns stand in any order. A column that is not there says
nothing about its articles; an empty cell of one that is there says that there is nothing.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conduct_codes.articles_in.draft import LIMITS, ArticleDraft, FileUnreadable, Reading, normal_number, tidy, too_long
from conduct_codes.articles_in.vocabulary import in_languages
from institutions.khmer import comparison_key
from institutions.templatetags.conduct import localnum
from institutions.uploads import UploadRefused, column_number, read_workbook, text_of

COLUMNS = {
    "number": gettext_lazy("Number"),
    "kind": gettext_lazy("Kind"),
    "topic": gettext_lazy("Topic"),
    "competence": gettext_lazy("Competence"),
    "heading": gettext_lazy("Heading"),
    "text": gettext_lazy("Text"),
    "legal_basis": gettext_lazy("Legal basis"),
    "plain_words": gettext_lazy("In plain words"),
    "seriousness": gettext_lazy("Seriousness"),
    "repetition": gettext_lazy("Repetition"),
    "measure": gettext_lazy("Measure"),
}
REQUIRED = ("number", "heading", "text")
OF_MEASURE = ("seriousness", "repetition", "measure")
CHOSEN = ("kind", "topic", "competence")
WORDS = ("legal_basis", "plain_words")
MAX_ROWS = 3_000
MAX_COLUMNS = 40
LETTERS = {column_number(letters.encode()): letters for letters in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def read(content: bytes, *, vocabulary) -> Reading:
    """The articles of the first sheet of a workbook."""
    try:
        rows = read_workbook(content, max_rows=MAX_ROWS, max_columns=MAX_COLUMNS, max_cell=LIMITS["text"])
    except UploadRefused as refusal:
        raise FileUnreadable(str(refusal)) from refusal
    if not rows:
        raise FileUnreadable(_("The sheet is empty."))
    reading = Reading(unit="row")
    sheet = _Sheet(_columns(rows[0], reading), vocabulary, reading)
    for row in rows[1:]:
        sheet.take(row)
    sheet.finish()
    if not reading.articles and not reading.problems:
        raise FileUnreadable(_("The sheet has headings and no article below them."))
    return reading


def _columns(header, reading):
    """Name of a column → its place; refuses a sheet without the columns that every article needs."""
    known = {comparison_key(word): name for name, label in COLUMNS.items() for word in (name, *in_languages(label))}
    found = {}
    for place, cell in enumerate(header.cells):
        heading = text_of(cell)
        name = known.get(comparison_key(heading))
        if heading and name is None:
            reading.problem(header.line, _("This column is not one of the template. Delete it."), heading[:40])
        elif name in found:
            reading.problem(header.line, _("This column stands twice. Delete one of them."), heading[:40])
        elif name:
            found[name] = place
    missing = [str(COLUMNS[name]) for name in REQUIRED if name not in found]
    if missing:
        facts = {"row": localnum(header.line), "columns": ", ".join(missing)}
        raise FileUnreadable(_("Row %(row)s lacks these column headings: %(columns)s. Use the template.") % facts)
    return found


class _Sheet:
    """Gathers the rows of one article after the other; what is wrong goes to the reading with row and column."""

    def __init__(self, columns, vocabulary, reading):
        self.columns, self.vocabulary, self.reading = columns, vocabulary, reading
        self.has_measures = any(name in columns for name in OF_MEASURE)
        self.lines = {}
        self.article = None

    def problem(self, line, name, text):
        self.reading.problem(line, text, str(COLUMNS[name]))

    def take(self, row):
        cells = {name: tidy(text_of(row.cells[at])) for name, at in self.columns.items() if at < len(row.cells)}
        for place, cell in enumerate(row.cells):
            if cell is not None and place not in self.columns.values() and text_of(cell):
                letter = LETTERS.get(place + 1, "")
                self.reading.problem(row.line, _("This cell stands in a column without a known heading."), letter)
        filled = {name for name, text in cells.items() if text}
        if "number" in filled:
            self.finish()
            self.begin(row.line, cells)
        elif filled - set(OF_MEASURE):
            self.problem(row.line, "number", _("The row has words and no number of an article."))
        elif filled and self.article is None:
            self.problem(row.line, "number", _("This measure stands below no article."))
        elif filled:
            self.add_measure(row.line, cells)

    def begin(self, line, cells):
        number = normal_number(cells["number"])
        if not number:
            self.problem(line, "number", _("This is not the number of an article, such as 12."))
        elif number in self.lines:
            sentence = _("The article %(number)s stands in row %(row)s already.")
            self.problem(line, "number", sentence % {"number": localnum(number), "row": localnum(self.lines[number])})
        self.lines.setdefault(number, line)
        said = {name: cells.get(name, "") for name in WORDS if name in self.columns}
        for name in ("heading", "text"):
            if not cells.get(name):
                self.problem(line, name, _("The article has no such words. Every article has a heading and a text."))
        for name in ("heading", "text", *said):
            if sentence := too_long(name, cells.get(name, "")):
                self.problem(line, name, sentence)
        for name in CHOSEN:
            if name in self.columns:
                said[name] = self.choice(line, name, cells.get(name, ""), needed=name == "kind")
        if self.has_measures:
            said["measures"] = []
        self.article = (line, number, cells.get("heading", "").replace("\n", " "), cells.get("text", ""), said)
        if any(cells.get(name) for name in OF_MEASURE):
            self.add_measure(line, cells)

    def choice(self, line, name, text, needed):
        choices = getattr(self.vocabulary, name)
        if not text:
            if needed:
                self.problem(line, name, _("The cell is empty. Choose one of the list."))
            return ""
        slug = choices.find(text)
        if slug is None:
            self.problem(line, name, self.unknown(name, text))
        return slug or ""

    def unknown(self, name, text):
        if name == "measure" and self.vocabulary.foreign.find(text):
            sentence = _("“%(text)s” is a measure of another corps, not of this code's disciplinary regime.")
        else:
            sentence = _("“%(text)s” is not one of the list. Choose one of the list.")
        return sentence % {"text": text[:60]}

    def add_measure(self, line, cells):
        row = {name: self.choice(line, name, cells.get(name, ""), needed=True) for name in OF_MEASURE}
        measures = self.article[4].setdefault("measures", [])
        if row in measures and all(row.values()):
            self.problem(line, "measure", _("The same measure is stated twice."))
        measures.append(row)

    def finish(self):
        if self.article:
            self.reading.add(ArticleDraft(*self.article))
        self.article = None

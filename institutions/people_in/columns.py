"""The columns of a workbook of people: what each is called, in either language, as HR units write it."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from institutions.khmer import comparison_key


@dataclass(frozen=True)
class Column:
    """One fact of a row: the heading that we write, the headings that we understand, how wide it is."""

    key: str
    heading: object
    width: int
    aliases: tuple[str, ...]
    note: object = ""


REFERENCE, STAFF_NUMBER, NAME, NAME_LATIN = "reference", "staff_number", "name", "name_latin"
SEX, BIRTH_DATE, RANK, STARTS_ON, ENDS_ON = "sex", "birth_date", "rank", "starts_on", "ends_on"
INSTITUTION, INSTITUTION_NAME, POSITION, SECTOR = "institution", "institution_name", "position", "sector"
BASIS, END_REASON = "basis", "end_reason"

COLUMNS = (
    Column(
        STAFF_NUMBER,
        _("Staff number"),
        16,
        (
            "Staff number",
            "Staff no.",
            "Staff ID",
            "Employee number",
            "Employee ID",
            "ID number",
            "Payroll number",
            "អត្តលេខ",
            "លេខអត្តលេខ",
            "អត្តលេខមន្ត្រី",
            "អត្តលេខមន្រ្តី",
            "លេខបុគ្គលិក",
            "លេខមន្ត្រី",
        ),
        _("As text, with every zero at its beginning."),
    ),
    Column(
        NAME,
        _("Name"),
        28,
        (
            "Name",
            "Full name",
            "Khmer name",
            "Name in Khmer",
            "Name (Khmer)",
            "ឈ្មោះ",
            "គោត្តនាម និងនាម",
            "គោត្តនាមនិងនាម",
            "នាមត្រកូល និងនាមខ្លួន",
            "ឈ្មោះជាអក្សរខ្មែរ",
            "ឈ្មោះខ្មែរ",
        ),
        _("Family name first."),
    ),
    Column(
        NAME_LATIN,
        _("Name in Latin letters"),
        28,
        (
            "Name in Latin letters",
            "Latin name",
            "Name (Latin)",
            "Name in English",
            "English name",
            "Name (English)",
            "ឈ្មោះជាអក្សរឡាតាំង",
            "អក្សរឡាតាំង",
            "ឈ្មោះឡាតាំង",
            "ឈ្មោះជាអក្សរឡាតាំង",
            "ឡាតាំង",
        ),
    ),
    Column(SEX, _("Sex"), 8, ("Sex", "Gender", "ភេទ"), _("F for a woman, M for a man.")),
    Column(
        BIRTH_DATE,
        _("Date of birth"),
        14,
        (
            "Date of birth",
            "Birth date",
            "Birthdate",
            "Birthday",
            "DOB",
            "Born",
            "ថ្ងៃខែឆ្នាំកំណើត",
            "ថ្ងៃ ខែ ឆ្នាំកំណើត",
            "ថ្ងៃកំណើត",
            "ថ្ងៃ-ខែ-ឆ្នាំ កំណើត",
            "ថ្ងៃខែឆ្នាំ កំណើត",
        ),
        _("A date, or text as day/month/year."),
    ),
    Column(
        INSTITUTION,
        _("Code of the institution"),
        22,
        (
            "Code of the institution",
            "Institution code",
            "Institution",
            "Unit",
            "Unit code",
            "Office",
            "School",
            "លេខកូដស្ថាប័ន",
            "កូដស្ថាប័ន",
            "ស្ថាប័ន",
            "អង្គភាព",
            "កូដអង្គភាព",
            "សាលា",
            "សាលារៀន",
            "ការិយាល័យ",
        ),
        _("Its code; its name where no other institution of yours has it. Empty: the institution of this import."),
    ),
    Column(
        INSTITUTION_NAME,
        _("Name of the institution"),
        36,
        ("Name of the institution", "Institution name", "Unit name", "ឈ្មោះស្ថាប័ន", "ឈ្មោះអង្គភាព", "ឈ្មោះសាលា"),
        _("For the reader. It counts only where the code is empty."),
    ),
    Column(
        POSITION,
        _("Position"),
        28,
        ("Position", "Post", "Job title", "Function", "Position code", "មុខតំណែង", "មុខងារ", "តួនាទី", "តំណែង"),
        _("One of the second sheet. An import never makes a new one."),
    ),
    Column(SECTOR, _("Sector"), 22, ("Sector", "Corps", "Cadre", "ផ្នែក", "វិស័យ", "ក្របខណ្ឌ", "ក្របខ័ណ្ឌ")),
    Column(RANK, _("Rank"), 14, ("Rank", "Grade", "Class", "ឋានន្តរស័ក្តិ", "ថ្នាក់", "កាំប្រាក់", "ឋានៈ")),
    Column(
        BASIS,
        _("Kind of post"),
        20,
        (
            "Kind of post",
            "Type of post",
            "Basis",
            "Basis of the post",
            "Regular or acting",
            "Acting or regular",
            "Appointment type",
            "ប្រភេទមុខតំណែង",
            "ប្រភេទតំណែង",
            "ប្រភេទនៃមុខតំណែង",
            "ពេញសិទ្ធិ ឬស្តីទី",
            "ស្តីទី ឬពេញសិទ្ធិ",
        ),
        _("Acting for a post beside the one that goes on. Empty: as it is; a new post is regular."),
    ),
    Column(
        STARTS_ON,
        _("Post since"),
        14,
        (
            "Post since",
            "Since",
            "From",
            "Start date",
            "Starts on",
            "In post since",
            "Date of entry",
            "កាន់មុខតំណែងតាំងពី",
            "ចាប់ពី",
            "តាំងពី",
            "ថ្ងៃចូលកាន់មុខតំណែង",
            "ថ្ងៃចាប់ផ្តើម",
            "ថ្ងៃចូលបម្រើការងារ",
        ),
    ),
    Column(
        ENDS_ON,
        _("Last day in the post"),
        14,
        (
            "Last day in the post",
            "Until",
            "To",
            "End date",
            "Ends on",
            "Last day",
            "Left on",
            "ថ្ងៃចុងក្រោយក្នុងមុខតំណែង",
            "ដល់",
            "ដល់ថ្ងៃ",
            "ថ្ងៃបញ្ចប់",
            "ថ្ងៃចាកចេញ",
        ),
        _("Write it when somebody leaves."),
    ),
    Column(
        END_REASON,
        _("Why the post ended"),
        22,
        (
            "Why the post ended",
            "Why it ended",
            "End reason",
            "Reason of the end",
            "Reason for leaving",
            "Reason for ending",
            "Leaving reason",
            "មូលហេតុនៃការបញ្ចប់មុខតំណែង",
            "មូលហេតុបញ្ចប់មុខតំណែង",
            "មូលហេតុនៃការបញ្ចប់",
            "មូលហេតុបញ្ចប់",
            "មូលហេតុចាកចេញ",
            "មូលហេតុនៃការចាកចេញ",
        ),
        _("Only with a last day."),
    ),
    Column(
        REFERENCE,
        _("Reference"),
        12,
        ("Reference", "Ref", "Register reference", "លេខយោង"),
        _("Leave it as it is: it says which person of the register a row is about. Empty for a new person."),
    ),
)
BY_KEY = {column.key: column for column in COLUMNS}


def heading_key(text):
    """What two headings share that a reader takes for the same: no blanks, no stops, no stars, no case."""
    return "".join(sign for sign in comparison_key(text) if sign not in " .:*()/-_’'\"៖។")


MEANINGS = {heading_key(alias): column.key for column in COLUMNS for alias in column.aliases}


def meaning_of(text):
    """The key of the column that a heading names, or None."""
    return MEANINGS.get(heading_key(text))

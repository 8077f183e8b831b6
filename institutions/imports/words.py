"""What is said about a row of an import, in the language of whoever reads it."""

from datetime import date

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from institutions.models import Person, Post
from institutions.people_in import columns as c
from institutions.people_in.values import SENTENCES as OF_CELLS
from institutions.templatetags.conduct import localdate, localnum

SENTENCES = OF_CELLS | {
    "headings_again": _("The row repeats the headings. Send one table a file."),
    "nobody_named": _("The row names nobody: write the staff number, or the name and the date of birth."),
    "reference_unknown": _("No person of yours has this reference. Leave the cell empty for somebody new."),
    "number_of_other": _("This staff number belongs to somebody with another name and date of birth."),
    "number_taken": _("This staff number belongs to somebody else."),
    "number_twice": _("The file gives this staff number to two people."),
    "name_twice": _("The file names two people with this name and date of birth, under two staff numbers."),
    "two_stories": _("Rows of the file about this person say different things."),
    "several_fit": _("Several people of the register have this name and date of birth. Write the staff number."),
    "spelt_otherwise": _(
        "Somebody of yours with this date of birth and Latin name has another Khmer name. If it is the same person, "
        "write the reference; if not, enter that person's staff number first."
    ),
    "other_number": _("Somebody with this name and date of birth has another staff number."),
    "no_place": _("No institution of yours is called “%(said)s”. Write its code."),
    "places_of_name": _("Several institutions are called “%(said)s”. Write the code."),
    "closed": _("This institution was closed before the post begins."),
    "closed_into": _("This institution is closed. Write the one that follows it: %(said)s."),
    "closed_since": _("This institution is closed. Write the one that follows it, or the last day in the post."),
    "no_position": _("The list of positions has no “%(said)s”. Choose one from the second sheet of the template."),
    "positions_of_name": _("Several sectors have a position “%(said)s”. Write the sector too."),
    "no_sector": _("No sector is called “%(said)s”."),
    "not_born": _("The date of birth has not come yet."),
    "before_birth": _("The post begins before the person was born."),
    "ends_before": _("A post cannot end before it began."),
    "age": _("Look again: by this date the person is %(age)s years old."),
    "duplicate": _("The row says the same as row %(line)s."),
    "elsewhere": _("Registered elsewhere. Applying asks whoever the person is registered with to let them go."),
    "elsewhere_ends": _("Registered elsewhere. Only there can a post of theirs be ended."),
    "which_post": _("The person has several posts that fit. Write institution, position and first day."),
    "which_post_ends": _("The person has several posts. Write a row for each that goes on, and one with its last day."),
    "ended_already": _("The register says that this post has ended. Write the last day, or a later first day."),
    "elsewhere_acting": _("Registered elsewhere. Applying asks there whether the person may act here too."),
    "acts_beside": _("Acts beside the posts that the person holds: none of them ends."),
    "appointed": _("Appointed to the post that the person acts in: the acting post ends on the day before."),
    "holds_already": _("The person holds this post already. Write its last day in a row of its own."),
    "dies_in_one": _("Another post of the person goes on. Write a row with its last day too."),
    "open_twice": _("Row %(line)s gives the person this post too. Write the last day of one of the two."),
    "no_end": _("The post goes on. Write its last day too."),
    "not_acting": _("Only an acting post ends so. Choose another reason."),
    "moves": _("Moves to another post: the old one ends on the day before."),
    "moves_before": _("The person would move before the old post began. Correct the first day."),
    "known_person": _("Somebody of the register takes up another post."),
    "not_listed": _("Not in the complete list."),
    "own_row": _(
        "This is the row of whoever sent the file. Ask a colleague to send it: nobody changes what the register says "
        "of themselves."
    ),
}

# The same where the answers were given on a page, which has fields and no cells, rows or sheets.
ON_A_PAGE = SENTENCES | {
    "missing": _("Fill this in."),
    "excel_error": _("Write the value itself."),
    "kind": _("Write this as text."),
    "destroyed": _("This is no staff number. Write it as it stands on paper."),
    "date_number": OF_CELLS["no_date"],
    "other_number": _(
        "Somebody with this name and date of birth has another staff number. Look at both before you go on."
    ),
    "reference_unknown": _("This person is registered elsewhere by now. Only there can the post be changed."),
    "which_post": _("Two posts of this person cannot be told apart here. Send a workbook with a row for each."),
    "which_post_ends": _("The person's posts have changed meanwhile. Open the page again and say which one ends."),
    "ended_already": _("The person had this post from this day, and it has ended. Write a later first day."),
    "holds_already": _("The person holds this post already."),
    "own_row": _("This is your own row of the register. Ask a colleague to enter it."),
    "known_by_name": _("This person is in the register already. Enter another post on the person's own page."),
    "unchanged": _("The register says all of this already. Change something, or go back."),
    "somebody_else": _("The register holds somebody else for this. Open the person's page again."),
    "another_post": _("The person's posts have changed meanwhile. Open the person's page and look again."),
}

VALUES = {
    c.SEX: dict(Person.Sex.choices),
    c.BASIS: dict(Post.Basis.choices),
    c.END_REASON: dict(Post.EndReason.choices),
}


def sentence(reason):
    """One reason as it is kept (key, column, facts), with the heading of its column before it."""
    key, column, facts = reason
    text = _filled(SENTENCES[key], facts)
    return f"{label(column)} {text}" if column else text


def sentence_on_page(problem):
    """One problem (Problem) as it stands at the field that it names."""
    return _filled(ON_A_PAGE[problem.reason], problem.facts)


def _filled(text, facts):
    shown = {name: localnum(value) if isinstance(value, int) else value for name, value in facts.items()}
    return str(text) % shown if shown else str(text)


def label(column):
    """The heading of a column as it introduces a value."""
    return gettext("%(heading)s:") % {"heading": c.BY_KEY[column].heading}


def shown_value(column, value):
    """A value of a row as a page shows it."""
    if value in (None, ""):
        return "–"
    if column in VALUES:
        return str(VALUES[column].get(value, value))
    if column in (c.BIRTH_DATE, c.STARTS_ON, c.ENDS_ON):
        return localdate(value if isinstance(value, date) else date.fromisoformat(value))
    return str(value)

"""The register as a workbook that an import understands, and the lists that stand in it."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from institutions.audit import record
from institutions.imports.words import sentence
from institutions.khmer import comparison_key
from institutions.models import ImportRow, Institution, Position, Post
from institutions.people_in import columns as c
from institutions.people_in.book import MOST_PLACES, Lists, template, write_people, write_refused


def lists_for(institution, day, language):
    """The open institutions of a subtree, and the list of positions with those of its own sectors first, in words."""
    places = Institution.objects.in_subtree(institution).open_on(day)[:MOST_PLACES]
    words = PositionWords(language)
    own = set(Post.objects.in_subtree(institution).values_list("position__sector_id", flat=True).distinct())
    ordered = sorted(words.positions, key=lambda position: position.sector_id not in own)
    positions = [(words.of(position), words.sector(position)) for position in ordered]
    places = tuple((place.code, place.name, place.name_latin) for place in places)
    return Lists(places, tuple(positions), PostWords(language).lists)


class PostWords:
    """How a file writes kinds of posts and why they ended, in its language."""

    def __init__(self, language):
        with override(language):
            self.bases = {code: str(label) for code, label in Post.Basis.choices}
            self.end_reasons = {"": ""} | {code: str(label) for code, label in Post.EndReason.choices}

    @property
    def lists(self):
        return {c.BASIS: list(self.bases.values()), c.END_REASON: list(filter(None, self.end_reasons.values()))}


class PositionWords:
    """How a file writes a position: its name where the sector has no other of that name, else its code."""

    def __init__(self, language):
        self.language = language
        self.positions = list(Position.objects.select_related("sector").order_by("sector__order", "slug"))
        self.used = {}
        for position in self.positions:
            for word in {comparison_key(str(word)) for word in self._all(position)}:
                self.used.setdefault((position.sector_id, word), set()).add(position.pk)

    @staticmethod
    def _all(position):
        return (position.slug, position.name, position.name_latin, *position.aliases)

    def of(self, position):
        name = position.name if self.language == "km" else position.name_latin
        alone = len(self.used[position.sector_id, comparison_key(name)]) == 1 if name else False
        return name if alone else position.slug

    def sector(self, position):
        return position.sector.name if self.language == "km" else position.sector.name_latin


def template_for(institution, *, day, language):
    """The bytes of the template for an institution."""
    with override(language):
        title = _("People and posts")
    return template(lists=lists_for(institution, day, language), language=language, title=title)


def write_register(target, *, institution, scope, day, at, by, language, demonstration=False):
    """Write every post held on the day in a subtree, one row each, and note it in the record; return their number."""
    words, of_posts = PositionWords(language), PostWords(language)
    posts = Post.objects.visible_to(scope).serving_on(day).in_subtree(institution)
    posts = posts.select_related("person", "institution", "position__sector", "staff_number")
    posts = posts.order_by("institution__path", "person__name", "person_id", "pk")
    with override(language):
        title = _("People and posts")
    count = write_people(
        target,
        rows=(_row(post, words, of_posts) for post in posts.iterator(chunk_size=2_000)),
        lists=lists_for(institution, day, language),
        language=language,
        title=title,
        demonstration=demonstration,
    )
    record(
        verb="institutions.export_people",
        subject=f"institution:{institution.pk}",
        at=at,
        by=by,
        institution=institution,
        rows=count,
    )
    return count


def _row(post, words, of_posts):
    person = post.person
    return (
        post.staff_number.number if post.staff_number_id else "",
        person.name,
        person.name_latin,
        person.sex,
        person.birth_date,
        post.institution.code,
        post.institution.name if words.language == "km" else post.institution.name_latin,
        words.of(post.position),
        words.sector(post.position),
        post.rank,
        of_posts.bases[post.basis],
        post.starts_on,
        post.ends_on,
        of_posts.end_reasons[post.end_reason],
        person.reference,
    )


def write_rows_to_correct(target, register_import, *, language):
    """The rows of an import that are never applied, as they stood in the file, each with its reasons."""
    headings = [heading for heading, _key in register_import.headings]
    rows = ImportRow.objects.of(register_import).refused().filter(line__isnull=False).order_by("place")
    with override(language):
        lines = [
            (row.line, "\n".join(map(sentence, row.reasons)), *_cells(row, len(headings)))
            for row in rows.iterator(chunk_size=2_000)
        ]
        return write_refused(target, headings=headings, rows=lines, language=language, title=register_import.file_name)


def _cells(row, width):
    return (*row.cells, *[""] * width)[:width]

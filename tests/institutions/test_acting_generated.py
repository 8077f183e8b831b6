"""Generated registers and workbooks of regular and acting posts: what an import may end and what an undo restores."""

import datetime

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from institutions.imports import applying, undoing
from institutions.models import ImportRow, Person, Post
from institutions.models.imports import APPLICABLE, Verdict
from institutions.scope import Scope
from tests import factories

TODAY = factories.TODAY
BORN = datetime.date(1985, 3, 4)
BASES, REASONS = Post.Basis, Post.EndReason

places = st.sampled_from(["school-0", "school-1"])
slots = st.tuples(places, st.sampled_from(["teacher", "director"]))
days = st.sampled_from([TODAY + datetime.timedelta(days=days) for days in (-400, -90, -30, -1, 0, 20)])
held = st.dictionaries(
    slots,
    st.fixed_dictionaries(
        {
            "basis": st.sampled_from(BASES.values),
            "starts_on": days,
            "lasts": st.sampled_from([None, None, 10, 200]),
            "end_reason": st.sampled_from(["", "retired", "acting-over"]),
        }
    ),
    max_size=3,
)
rows = st.lists(
    st.fixed_dictionaries(
        {
            "slot": slots,
            "basis": st.sampled_from([None, "acting", "regular", "ស្តីទី", "ពេញសិទ្ធិ"]),
            "starts_on": st.one_of(st.none(), days),
            "ends_on": st.one_of(st.none(), st.none(), days),
            "end_reason": st.sampled_from([None, None, "retired", "acting over", "ផ្លាស់ប្តូរ", "died"]),
        }
    ),
    min_size=1,
    max_size=4,
)


def register():
    return [list(model.objects.order_by("pk").values()) for model in (Person, Post)]


class Acting(TestCase):
    """Hypothesis with a database: each example is rolled back."""

    @settings(
        max_examples=max(60, settings.default.max_examples // 2),
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(held, rows)
    def test_what_is_previewed_is_applied_acting_ends_nothing_and_an_undo_takes_all_of_it_back(self, held, rows):
        department = self._department()
        person = factories.make_person(name="សុខ ចាន់ដារ៉ា", name_latin="Sok Chandara", birth_date=BORN)
        for (school, position), facts in held.items():
            self._hold(person, school, position, **facts)
        before = register()
        there = {post.pk: post for post in Post.objects.all()}
        found = factories.make_import(department, [self._row(person, **row) for row in rows])
        self._apply(found, department)
        done = list(ImportRow.objects.of(found).filter(verdict__in=APPLICABLE))
        for row in done:
            event(f"{row.verdict} {'acting' if row.facts.get('basis') == 'acting' else ''}")
        self._check_ends(there, done)
        found.refresh_from_db()
        if done:
            undoing.undo_import(register_import=found, at=factories.moment(), by=None)
        assert register() == before

    def _department(self):
        department = factories.make_institution(factories.make_institution(), "department")
        self.schools = {code: factories.make_institution(department, code=code) for code in ("school-0", "school-1")}
        self.positions = {slug: factories.make_position(slug=slug) for slug in ("teacher", "director")}
        return department

    def _hold(self, person, school, position, *, basis, starts_on, lasts, end_reason):
        ends_on = starts_on + datetime.timedelta(days=lasts) if lasts else None
        facts = {"basis": basis, "end_reason": end_reason if ends_on else "", "staff_number": "00123"}
        institution, position = self.schools[school], self.positions[position]
        factories.make_post(person, institution, position, starts_on=starts_on, ends_on=ends_on, **facts)

    def _row(self, person, slot, **facts):
        return {"reference": person.reference, "institution": slot[0], "position": slot[1], **facts}

    def _apply(self, found, department):
        """Applied as it was previewed: the register never refuses what the judgement took."""
        if found.applicable:
            scope = Scope.of(department, TODAY)
            asked = {"register_import": found, "seal": found.seal, "scope": scope, "at": factories.moment()}
            applied = applying.start_applying(by=None, **asked)
            assert (applied.is_changed, applied.rows) == (False, found.applicable)

    def _check_ends(self, there, done):
        moved = {row.post_id: row for row in done if row.verdict == Verdict.TRANSFER}
        left = {row.post_id for row in done if row.verdict == Verdict.LEAVE}
        for post in Post.objects.filter(pk__in=there):
            if post.ends_on != there[post.pk].ends_on:
                assert post.pk in moved or post.pk in left
            if post.pk in moved:
                assert moved[post.pk].facts.get("basis") != BASES.ACTING
                was_acting = there[post.pk].basis == BASES.ACTING
                assert post.end_reason == (REASONS.ACTING_OVER if was_acting else REASONS.TRANSFER)
                same = (moved[post.pk].institution_id, moved[post.pk].position_id)
                assert not was_acting or same == (post.institution_id, post.position_id)

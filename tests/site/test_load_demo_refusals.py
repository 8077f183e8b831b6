"""What the demo's loader leaves alone, and that chance comes from the seed alone."""

import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from wagtail.models import Page

from certification.models import Certificate
from conduct_codes.models import SignOff
from conduct_site.models import DemoMark
from courses.models import Attempt, Question
from discipline.models import Case
from institutions.models import Area, Institution, Post
from tests import factories

DAY = datetime.date(2026, 11, 23)


def load(**options):
    call_command("load_demo", on=DAY, stdout=StringIO(), **options)


@pytest.mark.django_db
def test_load_is_refused_under_other_settings(settings):
    settings.CONDUCT_DEMO = False
    with pytest.raises(CommandError):
        load()
    assert not Area.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("there", [factories.make_institution, factories.make_user, factories.make_person])
def test_load_is_refused_on_a_database_that_it_did_not_fill(settings, there):
    settings.CONDUCT_DEMO = True
    there()
    with pytest.raises(CommandError, match="not filled by the demo"):
        load()
    assert not DemoMark.objects.exists()


@pytest.mark.django_db
def test_load_that_stopped_half_way_is_not_taken_for_a_whole_one(settings):
    settings.CONDUCT_DEMO = True
    DemoMark.objects.create(pk=1, people=5, seed=1)
    with pytest.raises(CommandError, match="half way"):
        load()
    with pytest.raises(CommandError, match="not loaded"):
        call_command("demo_accounts")


# --- chance ---------------------------------------------------------------------------------------------------------


def facts_of_a_load(seed):
    """What one load leaves, without keys and secrets; then it is undone."""
    with transaction.atomic():
        load(people=30, seed=seed)
        facts = [
            sorted(rows, key=repr)
            for rows in (
                Institution.objects.values_list("code", "path", "name", "area__code"),
                Post.objects.values_list("person__name", "staff_number__number", "institution__code", "starts_on"),
                Certificate.objects.values_list("holder", "edition__number", "issued_at", "valid_until"),
                Attempt.objects.values_list("enrolment__person__name", "questions__answer", "marks__right"),
                SignOff.objects.values_list("person__name", "edition_text__sha256", "signed_at"),
                Case.objects.values_list("reference", "person__name", "stages__kind", "stages__at"),
                Question.objects.values_list("key", "article_key"),
                Page.objects.values_list("translation_key", "slug", "last_published_at"),
            )
        ]
        transaction.set_rollback(True)
        return facts


@pytest.mark.any_database
@pytest.mark.django_db
@pytest.mark.slow
def test_same_seed_and_day_give_the_same_facts(settings):
    settings.CONDUCT_DEMO = True
    first = facts_of_a_load(5)
    assert first == facts_of_a_load(5)

"""Numbers, dates, shares and names as each language writes them."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.utils import translation

from institutions.templatetags import conduct


@pytest.mark.parametrize(
    ("value", "km", "en"),
    [
        (12400, "១២.៤០០", "12,400"),
        (12400.5, "១២.៤០០,៥", "12,400.5"),
        (0, "០", "0"),
        (-3, "-៣", "-3"),
        (None, "", ""),
        ("2/2026", "២/២០២៦", "2/2026"),
    ],
)
def test_numbers_follow_the_language_of_the_page(value, km, en):
    with translation.override("km"):
        assert conduct.localnum(value) == km
    with translation.override("en"):
        assert conduct.localnum(value) == en


def test_share_has_one_decimal_and_a_dash_without_a_base():
    with translation.override("km"):
        assert conduct.percent(79310, 124182) == "៦៣,៩%"
    with translation.override("en"):
        assert conduct.percent(79310, 124182) == "63.9%"
        assert conduct.percent(0.639) == "63.9%"
        assert conduct.percent(1, 8) == "12.5%"
        assert conduct.percent(0, 0) == "–"


def test_moment_becomes_the_day_of_the_site_not_of_greenwich():
    late = datetime(2026, 11, 30, 18, 30, tzinfo=UTC)
    with translation.override("km"):
        assert conduct.localdate(late) == "១ ធ្នូ ២០២៦"
        shown = conduct.localtime(late)
        assert shown.startswith("១ ធ្នូ ២០២៦") and shown.endswith("០១:៣០")
    with translation.override("en"):
        assert conduct.localdate(date(2026, 12, 1)) == "1 December 2026"
        assert conduct.localdate(None) == ""


def test_name_fits_the_page_and_says_its_language_when_it_does_not():
    both = SimpleNamespace(name="កែវ វិសាល", name_latin="Keo Visal")
    latin = SimpleNamespace(name="", name_latin="Jane <Doe>")
    khmer = SimpleNamespace(name="កែវ វិសាល", name_latin="")
    with translation.override("km"):
        assert conduct.in_language(both) == "កែវ វិសាល"
        assert conduct.in_language(latin) == '<span lang="en">Jane &lt;Doe&gt;</span>'
    with translation.override("en"):
        assert conduct.in_language(both) == "Keo Visal"
        assert conduct.in_language(khmer) == '<span lang="km">កែវ វិសាល</span>'
        assert conduct.in_language(None) == ""


def test_terms_are_held_together_only_where_the_catalogue_says_so(monkeypatch):
    monkeypatch.setattr(conduct, "pgettext", lambda context, text: "ក្រម|សីលធម៌")
    with translation.override("km"):
        assert conduct.keep_terms("អានក្រមសីលធម៌") == "អានក្រម\u2060សីលធម៌"
        assert conduct.keep_terms("<b>") == "<b>"
    with translation.override("en"):
        assert conduct.keep_terms("ក្រមសីលធម៌") == "ក្រមសីលធម៌"


def test_address_without_language_says_the_language_unless_it_is_the_first():
    with translation.override("en"):
        assert conduct.plain_url("healthz") == "/healthz?lang=en"
    with translation.override("km"):
        assert conduct.plain_url("healthz") == "/healthz"

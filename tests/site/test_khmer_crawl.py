"""Every page of the demo in Khmer, as each role reaches it: no Latin word but names and what is marked as English."""

import pytest

from conduct_site.nation.accounts import ACCOUNTS, DEFAULT_PASSWORD
from tests.site.khmer_reading import Visitor, latin_words

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


def findings(demo, username=""):
    """Word → the text around it and a page that shows it; the number of pages read."""
    visitor = Visitor(demo.base, username, DEFAULT_PASSWORD)
    found, read = {}, 0
    for page in visitor.pages("/km/account/start/" if username else "/km/"):
        read += 1
        assert page.status < 500, page.path
        for word, text in latin_words(page.html):
            found.setdefault(word, (text[:120], page.path))
    return found, read


def test_public_pages_are_khmer(demo):
    found, read = findings(demo)
    assert found == {}
    assert read > 100


@pytest.mark.parametrize("username", [account.username for account in ACCOUNTS])
def test_pages_of_an_account_are_khmer(demo, username):
    found, read = findings(demo, username)
    assert found == {}
    assert read > 5


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>ខ្មែរ Certificate</p>", {"Certificate"}),
        ('<p>ខ្មែរ <span lang="en">Certificate</span></p>', set()),
        ('<p lang="en">One <b lang="km">two</b></p>', {"two"}),
        ('<input placeholder="Name">', {"Name"}),
        ('<button aria-label="Close">×</button>', {"Close"}),
        ('<input type="submit" value="Send">', {"Send"}),
        ('<td data-l="Status">ល្អ</td>', {"Status"}),
        ("<title>Home – ទំព័រ</title>", {"Home"}),
        ("<p>PDF, QR និង Excel (.xlsx), roster-moeys-2026.xlsx, SHA-256</p>", set()),
        ("<p>EDU-2026-000123 K7Q2-XXXX-XXXX-XXXX P-000012 9f86d081884c7d65</p>", set()),
        ("<script>var word</script><style>p{}</style><!-- note -->", set()),
        ("<svg><title>Map</title><text>PP</text></svg>", {"Map", "PP"}),
    ],
)
def test_latin_words_are_found_where_a_reader_meets_them(html, words):
    assert {word for word, _text in latin_words(f'<html lang="km">{html}</html>')} == words

"""Pure decisions: what is frozen and hashed, what a text lacks, which days an edition may have."""

import datetime
import hashlib
import json
from types import SimpleNamespace

import pytest

from conduct_codes import rules
from conduct_codes.gaps import in_sentences
from tests.factories import article, default_articles

DAY = datetime.date(2026, 11, 23)
PRINTED = {
    "reprimand": {"name": "Reprimand", "authority": "Head", "council": False, "appeal_days": 30},
    "dismissal": {"name": "Dismissal", "authority": "Minister", "council": True, "appeal_days": 30},
}


def page(articles, title="Code", preamble="Preamble"):
    children = [SimpleNamespace(id=f"key-{place}", value=value) for place, value in enumerate(articles)]
    return SimpleNamespace(title=title, preamble=preamble, articles=children)


def test_frozen_bytes_do_not_depend_on_the_order_of_keys():
    words = {"title": "ក្រម", "articles": [{"number": "1", "text": "អត្ថបទ"}], "preamble": ""}
    turned = {"preamble": "", "articles": [{"text": "អត្ថបទ", "number": "1"}], "title": "ក្រម"}
    assert rules.frozen_bytes(words) == rules.frozen_bytes(turned)
    assert rules.frozen_bytes(words) != rules.frozen_bytes({**words, "title": "ក្រមសីលធម៌"})


def test_frozen_bytes_are_utf8_as_written_and_read_back_equal():
    words = {"title": "ក្រម\u200bសីលធម៌", "preamble": "e\u0301"}
    content = rules.frozen_bytes(words)
    assert "ក្រម\u200bសីលធម៌".encode() in content
    assert json.loads(content) == words


def test_sha256_of_is_the_hash_of_the_bytes_alone():
    assert rules.sha256_of(memoryview(b"abc")) == hashlib.sha256(b"abc").hexdigest()


def test_words_of_page_tidies_line_ends_and_keeps_zero_width_spaces():
    words = rules.words_of_page(page([article(1, text="a\u200bb \r\nc\r\n")]), facts={})
    assert words["articles"][0]["text"] == "a\u200bb\nc"


def test_words_of_page_takes_number_kind_and_measures_from_the_law():
    law = page([article(1, "prohibition", measures=[("grave", "first", "dismissal")])])
    translation = page([article(9, "duty", "en", measures=[("minor", "first", "reprimand")])])
    words = rules.words_of_page(translation, facts=rules.facts_of_page(law, measures=PRINTED))
    [only] = words["articles"]
    assert (only["number"], only["kind"], only["text"]) == ("1", "prohibition", "Text 9")
    assert only["measures"] == [{"seriousness": "grave", "repetition": "first", **PRINTED["dismissal"]}]


def test_facts_of_page_leaves_out_a_measure_that_nobody_knows():
    law = page([article(1, measures=[("grave", "first", "gone")])])
    assert rules.facts_of_page(law, measures=PRINTED)["key-0"]["measures"] == []


def test_gaps_of_a_complete_text_are_none():
    assert rules.gaps_of(page(default_articles()), measures=set(PRINTED)) == []


@pytest.mark.parametrize(
    ("articles", "gaps"),
    [
        ([], [("", "empty")]),
        ([article(1)], [("", "reporting")]),
        ([article(1, "reporting"), article(2, "prohibition")], [("2", "measure")]),
        ([article(1, "reporting"), article(1)], [("1", "number")]),
        ([article(" ", "reporting")], [("", "number")]),
        ([article(1, "reporting", text=" ")], [("1", "words")]),
        ([article(1, "reporting", measures=[("minor", "first", "exile")])], [("1", "regime")]),
        ([article(1, "reporting", measures=[("minor", "first", "reprimand")] * 2)], [("1", "twice")]),
    ],
)
def test_gaps_of_names_the_article_and_the_reason(articles, gaps):
    assert rules.gaps_of(page(articles), measures=set(PRINTED)) == gaps


def test_every_reason_of_a_gap_has_a_sentence():
    articles = [article(1, text=" "), article(1, "prohibition"), article(2, measures=[("minor", "first", "exile")] * 2)]
    gaps = rules.gaps_of(page(articles), measures=set(PRINTED)) + rules.gaps_of(page([]), measures=set())
    assert len(in_sentences(gaps)) == len({reason for _number, reason in gaps}) == 7


@pytest.mark.parametrize(
    ("adopted", "in_force", "before", "reason"),
    [
        (DAY, DAY, None, None),
        (DAY, DAY + datetime.timedelta(days=90), DAY, None),
        (DAY, DAY, DAY, None),
        (DAY + datetime.timedelta(days=1), DAY + datetime.timedelta(days=1), None, "future"),
        (DAY, DAY - datetime.timedelta(days=1), None, "retroactive"),
        (DAY, DAY, DAY + datetime.timedelta(days=1), "overtaken"),
    ],
)
def test_refusal_of_dates_lets_no_past_day_change_its_law(adopted, in_force, before, reason):
    found = rules.refusal_of_dates(adopted_on=adopted, in_force_from=in_force, recorded_on=DAY, in_force_before=before)
    assert found == reason


def test_sign_due_on_is_thirty_days_later():
    assert rules.sign_due_on(datetime.date(2026, 12, 15)) == datetime.date(2027, 1, 14)

"""Pure decisions: what is frozen and hashed, what a text lacks, which days an edition may have."""

import datetime
import hashlib
import json
from types import SimpleNamespace

import pytest
from django.utils import translation

from conduct_codes import rules
from conduct_codes.gaps import SENTENCES, by_article, in_sentences
from tests.factories import article, default_articles

DAY = datetime.date(2026, 11, 23)
PRINTED = {
    "reprimand": {"name": "Reprimand", "authority": "Head", "council": False, "appeal_days": 30},
    "dismissal": {"name": "Dismissal", "authority": "Minister", "council": True, "appeal_days": 30},
}
KNOWN = {slug: rules.KnownMeasure(facts["name"]) for slug, facts in PRINTED.items()}
REPRIMAND, DISMISSAL = ("minor", "first", "reprimand"), ("grave", "first", "dismissal")


def page(articles, title="Code", preamble="Preamble", hotlines=("117",), keys=None):
    keys = keys or [f"key-{place}" for place in range(len(articles))]
    children = [SimpleNamespace(id=key, value=value) for key, value in zip(keys, articles, strict=True)]
    return SimpleNamespace(title=title, preamble=preamble, articles=children, hotlines=hotlines)


def reasons(gaps):
    return [(gap.number, gap.reason) for gap in gaps]


def reporting(number=1, **facts):
    """A duty to report that names its legal basis: with it alone a code lacks nothing."""
    return article(number, "reporting", legal_basis="Law", **facts)


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
    assert rules.gaps_of(page(default_articles()), measures=KNOWN) == []
    assert rules.gaps_of(page([reporting()]), measures=KNOWN) == []


@pytest.mark.parametrize(
    ("articles", "gaps"),
    [
        ([], [("", "empty")]),
        ([article(1, legal_basis="Law")], [("", "reporting")]),
        ([article(1, "reporting")], [("", "basis")]),
        ([reporting(), article(2, "prohibition")], [("2", "measure")]),
        ([reporting(), article(1)], [("1", "number")]),
        ([reporting(" ")], [("", "number")]),
        ([reporting(text=" ")], [("1", "words")]),
        ([reporting(measures=[("minor", "first", "exile")])], [("1", "regime")]),
        ([reporting(measures=[REPRIMAND] * 2)], [("1", "twice")]),
    ],
)
def test_gaps_of_names_the_article_and_the_reason(articles, gaps):
    assert reasons(rules.gaps_of(page(articles), measures=KNOWN)) == gaps


def test_gaps_of_a_page_without_a_hotline_names_it():
    assert reasons(rules.gaps_of(page([reporting()], hotlines=()), measures=KNOWN)) == [("", "hotline")]


@pytest.mark.parametrize(
    ("lost", "reason"),
    [
        ({"authority": " "}, "authority"),
        ({"procedure": ""}, "procedure"),
        ({"decide_within_days": 0}, "limit"),
        ({"appeal_days": 0}, "appeal"),
        ({"appeal_to": ""}, "appeal"),
    ],
)
def test_a_prohibition_whose_measure_is_not_complete_is_a_gap_that_names_the_measure(lost, reason):
    whole = {"authority": "Head", "procedure": "Hearing", "decide_within_days": 30, "appeal_days": 30, "appeal_to": "M"}
    assert rules.lacks_of_measure(SimpleNamespace(**whole)) == ()
    lacks = rules.lacks_of_measure(SimpleNamespace(**whole | lost))
    measures = {**KNOWN, "dismissal": rules.KnownMeasure("Dismissal", lacks)}
    articles = [reporting(), article(2, "prohibition", heading="No blows", measures=[REPRIMAND, DISMISSAL])]
    [gap] = rules.gaps_of(page(articles), measures=measures)
    assert (gap.number, gap.heading, gap.reason, gap.about) == ("2", "No blows", reason, "Dismissal")


def test_gaps_between_two_languages_are_the_keys_that_only_one_of_them_has():
    law, other = [reporting(), article(2)], [article(1, language="en"), article(2, language="en")]
    found = rules.gaps_between(page(law, keys=["a", "b"]), page(other, keys=["a", "c"]), about="English")
    assert [(gap.reason, gap.key, gap.about) for gap in found] == [
        ("missing", "b", "English"),
        ("extra", "c", "English"),
    ]
    assert rules.gaps_between(page(law, keys=["a", "b"]), page(other, keys=["a", "b"]), about="English") == []
    [turned] = rules.gaps_between(page(law, keys=["a", "b"]), page(other, keys=["b", "a"]), about="English")
    assert turned.reason == "order"


def test_every_reason_of_a_gap_has_a_sentence_and_stands_under_its_article():
    translation.activate("en")
    articles = [
        article(1, text=" "),
        article(1, "prohibition"),
        article(2, measures=[("minor", "first", "exile")] * 2),
        article(3, measures=[DISMISSAL]),
    ]
    lacks = ("authority", "procedure", "limit", "appeal")
    measures = {"dismissal": rules.KnownMeasure("Dismissal", lacks)}
    gaps = rules.gaps_of(page(articles, hotlines=()), measures=measures) + rules.gaps_of(page([]), measures={})
    gaps += rules.gaps_between(page([article(8)], keys=["x"]), page([article(9)], keys=["y"]), about="English")
    gaps += rules.gaps_between(page(articles[:2]), page(articles[1::-1], keys=["key-1", "key-0"]), about="English")
    assert {gap.reason for gap in gaps} == set(SENTENCES)
    whole, *of_articles = by_article(gaps)
    assert not whole.of_article
    assert [lack.number for lack in of_articles] == ["1", "1", "2", "3", "8", "9"]
    assert len(of_articles[3].sentences) == 4
    assert "names no authority that decides" in " ".join(in_sentences(gaps))
    assert in_sentences(gaps)[1].startswith("Article 1")


@pytest.mark.parametrize(
    ("facts", "stage"),
    [
        ({}, "draft"),
        ({"latest": 3}, "draft"),
        ({"latest": 3, "in_review": True}, "review"),
        ({"latest": 3, "returned": True}, "returned"),
        ({"latest": 3, "approved": 3}, "approved"),
        ({"latest": 4, "approved": 3}, "draft"),
        ({"latest": 3, "approved": 3, "adopted": 3}, "adopted"),
        ({"latest": 4, "approved": 3, "adopted": 3}, "draft"),
        ({"latest": 4, "approved": 4, "adopted": 3}, "approved"),
        ({"latest": 2, "adopted": 3}, "adopted"),
    ],
)
def test_stage_of_text_says_where_it_is_on_its_way_to_law(facts, stage):
    nothing = {"in_review": False, "returned": False, "approved": None, "adopted": None, "latest": None}
    assert rules.stage_of_text(**nothing | facts) == stage


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

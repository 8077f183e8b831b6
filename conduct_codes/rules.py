"""Pure decisions about codes: the words that are frozen, their bytes, who must do what by when."""

import hashlib
import json
from datetime import timedelta

from institutions.khmer import tidy_legal_text

STATEMENTS = ("read", "penalties", "report")
SIGN_WITHIN_DAYS = 30


def facts_of_page(page, *, measures):
    """Key → number, kind and printed measures of each article of an authoritative page.

    measures maps a measure's slug to what is printed for it (name, authority, council, appeal_days).
    """
    return {
        str(child.id): {
            "number": (child.value["number"] or "").strip(),
            "kind": child.value["kind"],
            "measures": [
                {"seriousness": row["seriousness"], "repetition": row["repetition"], **measures[row["measure"]]}
                for row in child.value["measures"]
                if row["measure"] in measures
            ],
        }
        for child in page.articles
    }


def words_of_page(page, *, facts):
    """The text of a code page as plain values, ready to be frozen or shown as a draft.

    A page gives words only: number, kind and measures of an article come from the facts, by the article's key.
    """
    return {
        "title": tidy_legal_text(page.title),
        "preamble": tidy_legal_text(page.preamble),
        "articles": [article_words(child, facts) for child in page.articles],
    }


def article_words(child, facts):
    """One article block as plain values; its key is the id of the block."""
    value = child.value
    key = str(child.id)
    fact = facts.get(key) or {"number": (value["number"] or "").strip(), "kind": value["kind"], "measures": []}
    return {
        "key": key,
        "number": fact["number"],
        "kind": fact["kind"],
        "heading": tidy_legal_text(value["heading"] or ""),
        "text": tidy_legal_text(value["text"] or ""),
        "legal_basis": tidy_legal_text(value["legal_basis"] or ""),
        "measures": fact["measures"],
    }


def frozen_bytes(words):
    """The one byte form of a text: UTF-8 JSON with sorted keys, no escapes, one line end."""
    return (json.dumps(words, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def sha256_of(content):
    """The hexadecimal SHA-256 of the frozen bytes."""
    return hashlib.sha256(bytes(content)).hexdigest()


def article_keys(page):
    return [str(child.id) for child in page.articles]


def gaps_of(page, *, measures):
    """What an authoritative page still lacks before it may become law, as (article number, reason slug).

    measures holds the slugs of the measures of the code's regime. Reasons of an article: "number" (none, or one
    that another article has), "words" (no kind, heading or text), "measure" (a prohibition without a stipulated
    measure), "regime" (a measure that the regime does not know), "twice" (the same measure stated twice). Reasons of
    the code: "empty" (no article at all), "reporting" (no duty to report).
    """
    gaps = []
    kinds, numbers = set(), set()
    for child in page.articles:
        value = child.value
        number = (value["number"] or "").strip()
        reasons = _gaps_of_article(value, measures)
        if not number or number in numbers:
            reasons.insert(0, "number")
        gaps += [(number, reason) for reason in reasons]
        numbers.add(number)
        kinds.add(value["kind"])
    if not kinds:
        gaps.append(("", "empty"))
    elif "reporting" not in kinds:
        gaps.append(("", "reporting"))
    return gaps


def _gaps_of_article(value, measures):
    rows = [(row["seriousness"], row["repetition"], row["measure"]) for row in value["measures"]]
    reasons = []
    if not (value["kind"] and (value["heading"] or "").strip() and (value["text"] or "").strip()):
        reasons.append("words")
    if value["kind"] == "prohibition" and not rows:
        reasons.append("measure")
    if any(measure not in measures for _seriousness, _repetition, measure in rows):
        reasons.append("regime")
    if len(set(rows)) != len(rows):
        reasons.append("twice")
    return reasons


def refusal_of_dates(*, adopted_on, in_force_from, recorded_on, in_force_before=None):
    """Why the dates of an edition cannot be, as a reason slug; None if they can.

    "future": signed after the day it is recorded; "retroactive": in force before it was signed; "overtaken": in
    force before the edition that it follows, which would change what was law on a past day.
    """
    if adopted_on > recorded_on:
        return "future"
    if in_force_from < adopted_on:
        return "retroactive"
    if in_force_before and in_force_from < in_force_before:
        return "overtaken"
    return None


def sign_due_on(asked_on):
    """The day by which a signature is asked for: thirty days after it was asked."""
    return asked_on + timedelta(days=SIGN_WITHIN_DAYS)

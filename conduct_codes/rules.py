"""Pure decisions about codes: the words that are frozen, their bytes, who must do what by when."""

import hashlib
import json
from datetime import timedelta

from institutions.khmer import tidy_legal_text

STATEMENTS = ("read", "penalties", "report")
SIGN_WITHIN_DAYS = 30


def words_of_page(page, *, measures):
    """The text of a code page as plain values, ready to be frozen or shown as a draft.

    measures maps a measure's slug to the words printed for it (name, authority, council, appeal_days).
    """
    return {
        "title": tidy_legal_text(page.title),
        "preamble": tidy_legal_text(page.preamble),
        "articles": [article_words(child, measures=measures) for child in page.articles],
    }


def article_words(child, *, measures):
    """One article block as plain values; its key is the id of the block."""
    value = child.value
    return {
        "key": str(child.id),
        "number": value["number"].strip(),
        "kind": value["kind"],
        "heading": tidy_legal_text(value["heading"]),
        "text": tidy_legal_text(value["text"]),
        "legal_basis": tidy_legal_text(value["legal_basis"]),
        "measures": [
            {"seriousness": row["seriousness"], "repetition": row["repetition"], **measures[row["measure"]]}
            for row in value["measures"]
        ],
    }


def frozen_bytes(words):
    """The one byte form of a text: UTF-8 JSON with sorted keys, no escapes, one line end."""
    return (json.dumps(words, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def sha256_of(content):
    """The hexadecimal SHA-256 of the frozen bytes."""
    return hashlib.sha256(bytes(content)).hexdigest()


def article_keys(page):
    return [str(child.id) for child in page.articles]


def gaps_of(page):
    """What an authoritative page still lacks before it may become law, as (article number, reason slug).

    Reasons: "measure" (a prohibition without a stipulated measure), "reporting" (no reporting duty in the code),
    "empty" (no article at all).
    """
    gaps = []
    kinds = set()
    for child in page.articles:
        kinds.add(child.value["kind"])
        if child.value["kind"] == "prohibition" and not child.value["measures"]:
            gaps.append((child.value["number"], "measure"))
    if not kinds:
        gaps.append(("", "empty"))
    elif "reporting" not in kinds:
        gaps.append(("", "reporting"))
    return gaps


def sign_due_on(asked_on):
    """The day by which a signature is asked for: thirty days after it was asked."""
    return asked_on + timedelta(days=SIGN_WITHIN_DAYS)

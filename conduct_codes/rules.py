"""Pure decisions about codes: the words that are frozen, their bytes, who must do what by when."""

import hashlib
import json
from datetime import timedelta
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from institutions.days import add_months
from institutions.khmer import tidy_legal_text

STATEMENTS = ("read", "penalties", "report")
SIGN_WITHIN_DAYS = 30
REVIEW_WARNING_DAYS = 90


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


class Gap(NamedTuple):
    """One thing that a text lacks: at which article (none for the code as a whole), and why, as a slug."""

    number: str
    reason: str
    heading: str = ""
    key: str = ""
    about: str = ""


class KnownMeasure(NamedTuple):
    """A measure of the code's regime: how it is called, and what its entry lacks, as reason slugs."""

    label: str
    lacks: tuple = ()


def lacks_of_measure(measure):
    """What a measure of a regime must state and does not: "authority", "procedure", "limit" (of time), "appeal"."""
    stated = {
        "authority": measure.authority.strip(),
        "procedure": measure.procedure.strip(),
        "limit": measure.decide_within_days,
        "appeal": measure.appeal_to.strip() and measure.appeal_days,
    }
    return tuple(reason for reason, value in stated.items() if not value)


def gaps_of(page, *, measures):
    """What an authoritative page still lacks before it may become law.

    measures maps the slug of each measure of the code's regime to a KnownMeasure. Reasons of an article: "number"
    (none, or one that another article has), "words" (no kind, heading or text), "measure" (a prohibition without a
    stipulated measure), "regime" (a measure that the regime does not know), "twice" (the same measure stated twice),
    and those of lacks_of_measure. Reasons of the code: "empty" (no article at all), "reporting" (no duty to report),
    "basis" (no article names its legal basis), "hotline" (no number to call).
    """
    gaps, numbers, kinds = [], set(), set()
    for child in page.articles:
        number = (child.value["number"] or "").strip()
        if not number or number in numbers:
            gaps.append(_gap(child, "number"))
        gaps += [_gap(child, reason, about) for reason, about in _gaps_of_article(child.value, measures)]
        numbers.add(number)
        kinds.add(child.value["kind"])
    if not kinds:
        gaps.append(Gap("", "empty"))
    elif "reporting" not in kinds:
        gaps.append(Gap("", "reporting"))
    if kinds and not any((child.value["legal_basis"] or "").strip() for child in page.articles):
        gaps.append(Gap("", "basis"))
    if not page.hotlines:
        gaps.append(Gap("", "hotline"))
    return gaps


def _gap(child, reason, about=""):
    value = child.value
    return Gap((value["number"] or "").strip(), reason, (value["heading"] or "").strip(), str(child.id), about)


def _has_words(value):
    return bool(value["kind"] and (value["heading"] or "").strip() and (value["text"] or "").strip())


def _gaps_of_article(value, measures):
    rows = [(row["seriousness"], row["repetition"], row["measure"]) for row in value["measures"]]
    stated = list(dict.fromkeys(measure for _seriousness, _repetition, measure in rows))
    if not _has_words(value):
        yield "words", ""
    if value["kind"] == "prohibition" and not rows:
        yield "measure", ""
    if any(measure not in measures for measure in stated):
        yield "regime", ""
    if len(set(rows)) != len(rows):
        yield "twice", ""
    for measure in stated:
        if measure in measures:
            yield from ((reason, measures[measure].label) for reason in measures[measure].lacks)


def gaps_of_words(page):
    """The articles of a translation that have no kind, heading or text."""
    return [_gap(child, "words") for child in page.articles if not _has_words(child.value)]


def gaps_between(law, translation, *, about):
    """Where the articles of the two texts differ by key: "missing" in the translation, "extra" there, or "order"."""
    here, there = ({str(child.id): child for child in page.articles} for page in (law, translation))
    gaps = [_gap(child, "missing", about) for key, child in here.items() if key not in there]
    gaps += [_gap(child, "extra", about) for key, child in there.items() if key not in here]
    if not gaps and list(here) != list(there):
        gaps.append(Gap("", "order", about=about))
    return gaps


def stage_of_text(*, in_review, returned, approved, adopted, latest):
    """Where a text is on its way to being law: "review", "returned", "approved", "adopted" or "draft".

    approved and adopted are the revisions last approved and last made law, latest the newest one; each may be None.
    """
    if in_review:
        return "review"
    if returned:
        return "returned"
    newest = latest or 0
    if approved is not None and approved > (adopted or 0) and newest <= approved:
        return "approved"
    return "adopted" if adopted is not None and newest <= adopted else "draft"


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


def refusal_of_repeal(*, decided_on, effective_on, recorded_on, adopted_on):
    """Why the dates of a repeal cannot be, as a reason slug; None if they can.

    "future": signed after the day it is recorded; "before": signed before the edition that it ends was adopted;
    "retroactive": effective before it was signed.
    """
    if decided_on > recorded_on:
        return "future"
    if decided_on < adopted_on:
        return "before"
    if effective_on < decided_on:
        return "retroactive"
    return None


def review_due_on(adopted_on, months):
    """The day by which a code is to be reviewed again: so many months after its last substantive adoption."""
    return add_months(adopted_on, months)


def review_state(due_on, day):
    """ "current", "due" from the first day of the warning on, or "overdue" once the day is past."""
    if day > due_on:
        return "overdue"
    return "due" if day >= due_on - timedelta(days=REVIEW_WARNING_DAYS) else "current"


def prohibitions_without_measure(articles):
    """How many prohibitions among the stored articles of a page state no measure."""
    values = (article["value"] for article in articles)
    return sum(value["kind"] == "prohibition" and not value.get("measures") for value in values)


def sign_due_on(asked_on):
    """The day by which a signature is asked for: thirty days after it was asked."""
    return asked_on + timedelta(days=SIGN_WITHIN_DAYS)


def first_due_on(asked_on, *, begins, sign_by):
    """The day by which an edition is to be signed by somebody asked on a day: begins is the first day of its asking.

    The day that was chosen at its adoption holds for those whom it binds from the start, while that day is to come;
    whoever comes later has the usual time.
    """
    if sign_by and asked_on <= begins and sign_by >= asked_on:
        return sign_by
    return sign_due_on(asked_on)


def refusal_of_sign_by(sign_by, *, in_force_from, recorded_on):
    """Why people cannot be asked to sign by the day, as a reason slug; None if they can.

    "before": the edition is not in force by then; "past": the day is over when the adoption is recorded.
    """
    if sign_by < in_force_from:
        return "before"
    return "past" if sign_by < recorded_on else None


CONFIRMED_FOR = timedelta(minutes=5)


def is_confirmed(*, asked_at, confirmed_at, at):
    """True if who signs at a moment has shown to be that person: since the signature was asked for, and just now."""
    return confirmed_at is not None and asked_at <= confirmed_at <= at and at - confirmed_at <= CONFIRMED_FOR


class SignState(models.TextChoices):
    """How a person stands towards a code on a day, in the order in which the first that applies wins."""

    SIGNED = "signed", _("Signed")
    ON_PAPER = "on-paper", _("On paper, waiting for confirmation")
    REFUSED = "refused", _("Refused")
    OVERDUE = "overdue", _("Overdue")
    ASKED = "asked", _("Asked, still in time")
    UNASKED = "unasked", _("Not asked yet")


UNSIGNED = tuple(state for state in SignState if state != SignState.SIGNED)
REMIND_WITHIN_DAYS = 7


def sign_state(day, *, signed, refused, due_on, on_paper=False):
    """The state on the day: signed is an edition of the chain in force, due_on the first day of an open request."""
    if signed:
        return SignState.SIGNED
    if on_paper:
        return SignState.ON_PAPER
    if refused:
        return SignState.REFUSED
    if due_on is None:
        return SignState.UNASKED
    return SignState.OVERDUE if due_on < day else SignState.ASKED


def remind_until(today, *, next_due, somebody_late):
    """The day that a reminder names: the first that anybody still has, within a week where somebody is late already."""
    week = today + timedelta(days=REMIND_WITHIN_DAYS)
    if next_due is None:
        return week
    return min(next_due, week) if somebody_late else next_due

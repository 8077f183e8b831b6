"""Making law of an approved text."""

from contextlib import contextmanager

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from conduct_codes import rules
from conduct_codes.gaps import gaps_in, in_sentences
from conduct_codes.models import (
    Article,
    ArticleMeasure,
    Code,
    CodePage,
    Edition,
    EditionAct,
    EditionText,
    Measure,
    Repeal,
    ReviewDecision,
)
from conduct_codes.reviews import approved_revisions
from conduct_codes.separation import in_the_way_of_adoption, words_sha256
from conduct_codes.signals import edition_adopted
from institutions.audit import record
from institutions.uploads import kind_of_scan
from jobs.actions import request_job

ASK_JOB = "conduct_codes.ask_for_signatures"

DATE_SENTENCES = {
    "future": _("The day of adoption lies in the future. An edition is recorded once it is signed."),
    "retroactive": _("An edition cannot be in force before it was adopted."),
    "overtaken": _("An edition cannot be in force before the edition that it follows."),
}


SIGN_BY_SENTENCES = {
    "before": _("The day by which people sign cannot come before the edition is in force."),
    "past": _("The day by which people sign has passed already. Choose a later one."),
    "nobody": _("Only a substantive change asks people to sign. Leave the day by which they sign empty."),
}


class AdoptionRefused(Exception):
    """The text cannot become law yet; str() says why."""


class AlreadyAdopted(AdoptionRefused):
    """This revision became law a moment ago."""


def approved_review_exists(revision):
    """True if the coordinating review approved exactly this revision, with the words that it has now."""
    page_id = int(revision.object_id)
    if revision.pk not in approved_revisions([page_id]).get(page_id, ()):
        return False
    said = words_sha256(revision.content)
    return ReviewDecision.objects.approvals().of_revision(revision).filter(words_sha256=said).exists()


def adopt_edition(
    *,
    revision,
    instrument,
    instrument_latin,
    instrument_number,
    signatory,
    signatory_latin,
    adopted_on,
    in_force_from,
    change_class,
    at,
    by,
    summary="",
    summary_latin="",
    sign_by=None,
    act=None,
):
    """Make law of one approved revision of the authoritative page; a translation with equal keys is frozen with it.

    act holds the bytes of a scan of the instrument (PDF, JPEG or PNG), kept beside the edition and public like it.
    sign_by is the day by which those sign whom a substantive edition binds from its start; None is the usual time.
    Raises AdoptionRefused with a sentence where the review, the text, the page or the dates do not allow it,
    AlreadyAdopted where somebody adopted the same revision first.
    """
    facts = {
        "instrument": instrument,
        "instrument_latin": instrument_latin,
        "instrument_number": instrument_number,
        "signatory": signatory,
        "signatory_latin": signatory_latin,
        "adopted_on": adopted_on,
        "in_force_from": in_force_from,
        "change_class": change_class,
        "summary": summary,
        "summary_latin": summary_latin,
        "sign_by": sign_by,
    }
    page = revision.as_object()
    check_adoptable(page, revision, by)
    if act is not None and kind_of_scan(act) is None:
        raise AdoptionRefused(_("The scan of the act must be a PDF, JPEG or PNG file."))
    try:
        return _make_law(page, revision, facts, act, at, by)
    except IntegrityError:
        adopted = Edition.objects.filter(code=page.code_id, revision=revision.pk).first()
        if adopted is None:
            raise
        raise _already(adopted) from None


def _make_law(page, revision, facts, act, at, by):
    """The edition with its scan, on record and told to the apps above: all of it, or none and no file left behind."""
    with _only_files_of_editions() as stored, transaction.atomic():
        code = Code.objects.select_for_update().get(pk=page.code_id)
        latest = _check_next(code, revision, facts, at)
        edition = _freeze(page, code, latest, revision=revision.pk, adopted_at=at, adopted_by=by, **facts)
        if act is not None:
            _keep_act(edition, act, at, stored)
        record(verb="conduct_codes.adopt", subject=f"edition:{edition.pk}", at=at, by=by, institution=code.owner)
        edition_adopted.send(Edition, edition=edition, at=at, by=by)
        if edition.change_class == Edition.ChangeClass.SUBSTANTIVE:
            request_job(kind=ASK_JOB, params={"edition": edition.pk}, by=by, at=at, key=f"ask:{edition.pk}")
    return edition


def _keep_act(edition, act, at, stored):
    digest = rules.sha256_of(act)
    kept = EditionAct(edition=edition, sha256=digest, size=len(act), kept_at=at)
    kept.file.save(f"{digest[:32]}.{kind_of_scan(act)}", ContentFile(act), save=False)
    stored.append(kept.file)
    kept.save()


@contextmanager
def _only_files_of_editions():
    """Takes away again what was stored for an adoption that did not come about.

    Whether it did is asked of the database: a connection that breaks at the end of a transaction leaves it open, and
    the file of an edition is never taken away on a guess.
    """
    stored = []
    try:
        yield stored
    except BaseException:
        for file in stored:
            if not EditionAct.objects.filter(file=file.name).exists():
                file.storage.delete(file.name)
        raise


def check_adoptable(page, revision, by):
    """Refuse what may not become law: a translation, an unreviewed revision, a text with gaps, the wrong adopter."""
    if not page.is_authoritative:
        raise AdoptionRefused(_("Only the page in the authoritative language can be adopted."))
    if not approved_review_exists(revision):
        raise AdoptionRefused(_("This text has not been approved in review. Submit it and have it approved first."))
    reason = in_the_way_of_adoption(by, revision)
    if reason:
        raise AdoptionRefused(reason)
    gaps = gaps_in(page)
    if gaps:
        raise AdoptionRefused(" ".join(in_sentences(gaps)))


def _already(edition):
    return AlreadyAdopted(_("Already adopted as edition %(number)s.") % {"number": edition.number})


def _check_next(code, revision, facts, at):
    """The edition that this one follows (None for the first); refuses one that cannot come after it."""
    latest = Edition.objects.of(code).order_by("-number").first()
    if latest and latest.revision >= revision.pk:
        same = Edition.objects.of(code).filter(revision=revision.pk).first()
        if same:
            raise _already(same)
        raise AdoptionRefused(
            _("A later text was adopted as edition %(number)s; an older one cannot follow it.")
            % {"number": latest.number}
        )
    if latest is None and facts["change_class"] != Edition.ChangeClass.SUBSTANTIVE:
        raise AdoptionRefused(_("The first edition of a code is always a substantive one."))
    _check_after_repeal(latest, facts)
    reason = rules.refusal_of_dates(
        adopted_on=facts["adopted_on"],
        in_force_from=facts["in_force_from"],
        recorded_on=timezone.localdate(at),
        in_force_before=latest.in_force_from if latest else None,
    )
    if reason:
        raise AdoptionRefused(DATE_SENTENCES[reason])
    _check_sign_by(facts, timezone.localdate(at))
    return latest


def _check_sign_by(facts, recorded_on):
    if facts["sign_by"] is None:
        return
    reason = rules.refusal_of_sign_by(facts["sign_by"], in_force_from=facts["in_force_from"], recorded_on=recorded_on)
    if facts["change_class"] != Edition.ChangeClass.SUBSTANTIVE:
        reason = "nobody"
    if reason:
        raise AdoptionRefused(SIGN_BY_SENTENCES[reason])


def _check_after_repeal(latest, facts):
    """A code that was repealed begins anew: with a substantive edition, and not before it ended."""
    repeal = Repeal.objects.ending(latest).first() if latest else None
    if repeal is None:
        return
    if facts["change_class"] != Edition.ChangeClass.SUBSTANTIVE:
        raise AdoptionRefused(_("The code was repealed. What is adopted now is a substantive edition."))
    if facts["in_force_from"] < repeal.effective_on:
        raise AdoptionRefused(_("The code is still to be repealed. A new edition can follow from that day on."))


def _freeze(page, code, latest, **facts):
    substantive = facts["change_class"] == Edition.ChangeClass.SUBSTANTIVE
    edition = Edition.objects.create(
        code=code,
        number=latest.number + 1 if latest else 1,
        continues=None if substantive else latest.continues or latest,
        **facts,
    )
    _freeze_articles(edition, page)
    freeze_text(edition=edition, page=page, at=facts["adopted_at"])
    keys = rules.article_keys(page)
    translations = CodePage.objects.live().filter(code=code).exclude(locale=page.locale_id)
    for translation in translations.select_related("locale"):
        if rules.article_keys(translation) == keys:
            freeze_text(edition=edition, page=translation, at=facts["adopted_at"])
    return edition


def _freeze_articles(edition, page):
    measures = {measure.slug: measure for measure in Measure.objects.all()}
    for order, child in enumerate(page.articles):
        article = Article.objects.create(
            edition=edition,
            key=child.id,
            number=child.value["number"].strip(),
            order=order,
            kind=child.value["kind"],
            topic=child.value["topic"] or "",
            competence=child.value["competence"] or "",
        )
        ArticleMeasure.objects.bulk_create(
            _copied_measure(article, row, measures[row["measure"]]) for row in child.value["measures"]
        )


def _copied_measure(article, row, measure):
    return ArticleMeasure(
        article=article,
        seriousness=row["seriousness"],
        repetition=row["repetition"],
        measure=measure.slug,
        name=measure.name,
        name_latin=measure.name_latin,
        degree=measure.degree,
        authority=measure.authority,
        authority_latin=measure.authority_latin,
        council_needed=measure.council_needed,
        procedure=measure.procedure,
        procedure_latin=measure.procedure_latin,
        decide_within_days=measure.decide_within_days,
        appeal_days=measure.appeal_days,
        appeal_to=measure.appeal_to,
        appeal_to_latin=measure.appeal_to_latin,
        expunged_after_months=measure.expunged_after_months,
        certificate_effect=measure.certificate_effect,
    )


def freeze_text(*, edition, page, at):
    """Keep the exact bytes of the page's words for the edition; a second text of a language is a new revision.

    Numbers, kinds and measures are those of the edition in every language; the page gives the words.
    """
    language = page.locale.language_code
    content = rules.frozen_bytes(
        {
            "code": edition.code.slug,
            "edition": edition.number,
            "language": language,
            **rules.words_of_page(page, facts=edition.facts_in(language)),
        }
    )
    earlier = EditionText.objects.filter(edition=edition, language=language).count()
    return EditionText.objects.create(
        edition=edition,
        language=language,
        revision=earlier + 1,
        content=content,
        sha256=rules.sha256_of(content),
        frozen_at=at,
    )

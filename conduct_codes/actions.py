"""Everything that makes law of a text and records who signed it."""

import secrets

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import TaskState, WorkflowState

from conduct_codes import rules
from conduct_codes.models import (
    Article,
    ArticleMeasure,
    Edition,
    EditionText,
    Measure,
    SignOff,
    SignRequest,
)
from conduct_codes.models.pages import CodePage, measure_labels
from conduct_codes.signals import edition_adopted, edition_signed
from institutions.audit import record
from institutions.models import Post
from jobs.actions import request_job

RECEIPT_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ASK_JOB = "conduct_codes.ask_for_signatures"


class AdoptionRefused(Exception):
    """The text cannot become law yet; str() says why."""


class AlreadyAdopted(AdoptionRefused):
    """This revision became law a moment ago."""


class SigningRefused(Exception):
    """The signature cannot be taken; str() says what to do."""


class NewerEdition(SigningRefused):
    """Another text is in force than the one that was shown."""


def approved_review_exists(revision):
    """True if a review approved exactly this revision and its workflow ended approved."""
    return TaskState.objects.filter(
        revision=revision,
        status=TaskState.STATUS_APPROVED,
        workflow_state__status=WorkflowState.STATUS_APPROVED,
    ).exists()


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
):
    """Make law of one approved revision of the authoritative page; a translation with equal keys is frozen with it.

    Raises AdoptionRefused with a sentence where the review, the text or the page does not allow it, AlreadyAdopted
    where somebody adopted the same revision first.
    """
    page = revision.as_object()
    check_adoptable(page, revision)
    try:
        with transaction.atomic():
            edition = _freeze(
                page,
                revision=revision.pk,
                instrument=instrument,
                instrument_latin=instrument_latin,
                instrument_number=instrument_number,
                signatory=signatory,
                signatory_latin=signatory_latin,
                adopted_on=adopted_on,
                in_force_from=in_force_from,
                change_class=change_class,
                summary=summary,
                summary_latin=summary_latin,
                adopted_at=at,
                adopted_by=by,
            )
            record(
                verb="conduct_codes.adopt",
                subject=f"edition:{edition.pk}",
                at=at,
                by=by,
                institution=edition.code.owner,
            )
            edition_adopted.send(Edition, edition=edition, at=at, by=by)
            if change_class == Edition.ChangeClass.SUBSTANTIVE:
                request_job(kind=ASK_JOB, params={"edition": edition.pk}, by=by, at=at, key=f"ask:{edition.pk}")
    except IntegrityError:
        latest = Edition.objects.of(page.code).order_by("-number").first()
        if latest is None:
            raise
        raise AlreadyAdopted(_("Already adopted as edition %(number)s.") % {"number": latest.number}) from None
    return edition


def check_adoptable(page, revision):
    """Refuse what may not become law: a translation, an unreviewed revision, a text with gaps."""
    if not page.is_authoritative:
        raise AdoptionRefused(_("Only the page in the authoritative language can be adopted."))
    if not approved_review_exists(revision):
        raise AdoptionRefused(_("This text has not been approved in review. Submit it and have it approved first."))
    gaps = rules.gaps_of(page)
    if gaps:
        numbers = ", ".join(number for number, reason in gaps if reason == "measure")
        if numbers:
            raise AdoptionRefused(
                _("A prohibition has no stipulated measure: article %(numbers)s.") % {"numbers": numbers}
            )
        raise AdoptionRefused(_("The code states no duty to report."))


def _freeze(page, *, change_class, **facts):
    code = page.code
    latest = Edition.objects.of(code).order_by("-number").first()
    continues = None
    if change_class != Edition.ChangeClass.SUBSTANTIVE:
        if latest is None:
            raise AdoptionRefused(_("The first edition of a code is always a substantive one."))
        continues = latest.continues or latest
    edition = Edition.objects.create(
        code=code,
        number=latest.number + 1 if latest else 1,
        change_class=change_class,
        continues=continues,
        **facts,
    )
    _freeze_articles(edition, page)
    freeze_text(edition=edition, page=page, at=facts["adopted_at"])
    for translation in CodePage.objects.filter(code=code).exclude(locale=page.locale):
        latest_words = translation.get_latest_revision_as_object()
        if rules.article_keys(latest_words) == rules.article_keys(page):
            freeze_text(edition=edition, page=latest_words, at=facts["adopted_at"])
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
        appeal_days=measure.appeal_days,
        expunged_after_months=measure.expunged_after_months,
        certificate_effect=measure.certificate_effect,
    )


def freeze_text(*, edition, page, at):
    """Keep the exact bytes of the page's words for the edition; a second text of a language is a new revision."""
    language = page.locale.language_code
    content = rules.frozen_bytes(
        {
            "code": edition.code.slug,
            "edition": edition.number,
            "language": language,
            **rules.words_of_page(page, measures=measure_labels(language)),
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


def request_signature(*, person, edition, cause, asked_on, due_on=None, cycle=1):
    """The request for this person, edition, cause and cycle, made if it is not there yet."""
    return SignRequest.objects.get_or_create(
        person=person,
        edition=edition,
        cause=cause,
        cycle=cycle,
        defaults={"asked_on": asked_on, "due_on": due_on or rules.sign_due_on(asked_on)},
    )[0]


def ask_bound_people(*, edition, day, batch=500, progress=None):
    """Ask everyone who holds a post in the edition's sector on the day; safe to run twice or late.

    Nobody is asked before the edition is in force. Returns the number of people who are bound.
    """
    asked_on = max(day, edition.in_force_from)
    bound = list(
        Post.objects.serving_on(day).filter(sector=edition.code.sector).values_list("person_id", flat=True).distinct()
    )
    for start in range(0, len(bound), batch):
        SignRequest.objects.bulk_create(
            (
                SignRequest(
                    person_id=person_id,
                    edition=edition,
                    cause=SignRequest.Cause.NEW_EDITION,
                    asked_on=asked_on,
                    due_on=rules.sign_due_on(asked_on),
                )
                for person_id in bound[start : start + batch]
            ),
            ignore_conflicts=True,
        )
        if progress:
            progress.advance(min(start + batch, len(bound)), len(bound))
    return len(bound)


def text_to_sign(request, *, language, day):
    """The frozen text that this request shows on the day: the edition in force, in the page's language if frozen."""
    edition = Edition.objects.in_force_on(day).get(code=request.edition.code_id)
    texts = {text.language: text for text in edition.texts.order_by("revision")}
    return texts.get(language) or texts[settings.WAGTAIL_CONTENT_LANGUAGES[0][0]]


@transaction.atomic
def sign_edition(*, request, text_sha256, statements, at, by, method=SignOff.Method.ONLINE):
    """Take a signature under the edition in force, exactly once.

    text_sha256 is the hash of the text that was on the page. Raises NewerEdition if that is not the text in force any
    more, SigningRefused if a statement is missing or the signer is not the person who was asked. Signing twice
    returns the first sign-off.
    """
    if by is None or request.person.user_id != by.pk:
        raise SigningRefused(_("Only the person who was asked can sign."))
    if set(statements) != set(rules.STATEMENTS):
        raise SigningRefused(_("Tick every statement before you sign."))
    earlier = SignOff.objects.filter(request=request).first()
    if earlier:
        return earlier
    day = timezone.localdate(at)
    text = _text_in_force(request, text_sha256, day)
    post = Post.objects.of(request.person).serving_on(day).filter(sector=text.edition.code.sector).first()
    if post is None:
        raise SigningRefused(_("You hold no post today that this code binds."))
    return _store_sign_off(request, text, sorted(statements), post, day, at=at, by=by, method=method)


def _text_in_force(request, text_sha256, day):
    edition = Edition.objects.in_force_on(day).filter(code=request.edition.code_id).select_related("code").first()
    text = edition and edition.texts.filter(sha256=text_sha256).first()
    if not text:
        raise NewerEdition(_("A newer edition has come into force. Read it, then sign."))
    text.edition = edition
    return text


def _store_sign_off(request, text, statements, post, day, *, at, by, method):
    try:
        with transaction.atomic():
            sign_off = SignOff.objects.create(
                request=request,
                person=request.person,
                edition=text.edition,
                edition_text=text,
                method=method,
                statements=statements,
                post=post,
                institution=post.institution,
                signed_on=day,
                signed_at=at,
                signed_by=by,
                receipt=new_receipt(),
            )
    except IntegrityError:
        return SignOff.objects.get(request=request)
    record(
        verb="conduct_codes.sign",
        subject=f"person:{request.person_id}",
        at=at,
        by=by,
        institution=post.institution,
        edition=text.edition_id,
    )
    edition_signed.send(SignOff, sign_off=sign_off, at=at, by=by)
    return sign_off


def new_receipt():
    """A receipt number of 12 characters that nobody can guess."""
    return "".join(secrets.choice(RECEIPT_ALPHABET) for _position in range(12))

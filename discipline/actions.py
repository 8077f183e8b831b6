"""Everything that opens a case, moves it, refers it, ends it, and the trace of who looked at it."""

from django.db import IntegrityError, transaction
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certification.actions import CertificationRefused, change_certificate
from certification.models import Certificate, CertificateEvent
from conduct_codes.models import Edition, Measure
from discipline import permissions, rules
from discipline.casefile import open_file
from discipline.models import Case, Decision, Referral, Stage, StageKind
from institutions.audit import record, record_many
from institutions.models import Post

REFERENCE_TRIES = 50
OWN_FORM = (StageKind.RECORDED, StageKind.DECISION, StageKind.FINAL)
VIEW = "discipline.view"
LIST_SUBJECT = "case:list"


class CaseRefused(Exception):
    """The step is refused; str() is a sentence for the officer, field the form field that it speaks of or ""."""

    def __init__(self, sentence, field=""):
        super().__init__(sentence)
        self.field = field


class AlreadyRecorded(CaseRefused):
    """The same allegation was recorded a moment ago, as the case."""

    def __init__(self, case):
        super().__init__(_("This allegation is recorded already."))
        self.case = case


def subject_of(case):
    """How audit entries name the case."""
    return f"case:{case.reference}"


# --- opening --------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_case(
    *,
    person,
    article,
    incident_on,
    seriousness,
    repetition,
    sexual_abuse,
    allegation,
    institution,
    at,
    by,
    external_reference="",
):
    """Record an allegation under an article that bound the person on the day of the incident.

    institution is that of the post in question or one above it. Raises CaseRefused with a sentence, AlreadyRecorded
    where the same allegation is there already.
    """
    today = timezone.localdate(at)
    _refuse_own(person, by)
    if incident_on > today:
        raise CaseRefused(_("The day of the incident lies in the future."), "incident_on")
    if not allegation.strip():
        raise CaseRefused(_("Say in a few words what is alleged."), "allegation")
    _refuse_unbound(person, article, incident_on, institution)
    case = _create_case(
        today.year,
        person=person,
        institution=institution,
        article=article,
        incident_on=incident_on,
        seriousness=seriousness,
        repetition=repetition,
        sexual_abuse=sexual_abuse,
        allegation=allegation.strip(),
        external_reference=external_reference.strip(),
        opened_at=at,
        opened_by=by,
    )
    due_on = rules.term_of(StageKind.RECORDED, today)
    Stage.objects.create(case=case, number=1, kind=StageKind.RECORDED, on_day=today, due_on=due_on, at=at, by=by)
    record(verb="discipline.open", subject=subject_of(case), at=at, by=by, institution=institution)
    return case


def _refuse_own(person, by):
    if permissions.is_own(by, person):
        raise CaseRefused(_("Nobody handles a case of their own. Ask another discipline officer."))


def _refuse_unbound(person, article, day, institution):
    if not Edition.objects.in_force_on(day).filter(pk=article.edition_id).exists():
        raise CaseRefused(_("This article was not in force on the day of the incident."), "article")
    posts = Post.objects.of(person).serving_on(day).filter(sector=article.edition.code.sector_id)
    if not posts.in_subtree(institution).exists():
        raise CaseRefused(_("On the day of the incident the person held no post here that this code binds."), "article")


def _create_case(year, **facts):
    """The case under the next free reference of the year.

    Two officers may take the same number: the unique constraint lets one through, the other tries the next.
    """
    same = {name: facts[name] for name in ("person", "institution", "article", "incident_on", "external_reference")}
    for _try in range(REFERENCE_TRIES):
        try:
            with transaction.atomic():
                return Case.objects.create(reference=_next_reference(year), **facts)
        except IntegrityError:
            earlier = Case.objects.filter(**same).first()
            if earlier:
                raise AlreadyRecorded(earlier) from None
    raise CaseRefused(_("Too many cases are being opened at this moment. Try again."))


def _next_reference(year):
    last = Case.objects.of_year(year).order_by(Length("reference").desc(), "-reference").first()
    number = int(last.reference.rpartition("-")[2]) if last else 0
    return f"C-{year}-{number + 1:04d}"


# --- steps ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_stage(*, case, kind, on_day, reason, at, by, document="", ends_on=None):
    """Record the next step of a case. A decision and the final step have actions of their own.

    ends_on is the last day of a precautionary measure, which must have one.
    """
    file = _held(case, by)
    if kind in OWN_FORM:
        raise CaseRefused(_("This step cannot be recorded on its own."), "kind")
    if kind == StageKind.PRECAUTIONARY and (ends_on is None or ends_on < on_day):
        raise CaseRefused(_("A precautionary measure needs a last day, on or after its first."), "ends_on")
    return _append(file, kind=kind, on_day=on_day, reason=reason, document=document, ends_on=ends_on, at=at, by=by)


@transaction.atomic
def decide(*, case, outcome, on_day, reason, at, by, measure=None, departure_reason="", document=""):
    """Take the decision: a measure that the article stipulates for such a breach, or the reason for departing."""
    file = _held(case, by)
    _refuse_jump(file, StageKind.DECISION)
    if measure is not None and measure.article.edition_id != file.case.article.edition_id:
        raise CaseRefused(_("This measure does not stand in the edition that the case rests on."), "measure")
    refusal = rules.decision_refusal(
        file.history,
        outcome=outcome,
        measure=measure,
        measures=file.stipulated,
        departure_reason=departure_reason.strip(),
    )
    if refusal:
        raise CaseRefused(refusal[1], refusal[0])
    stage = _append(file, kind=StageKind.DECISION, on_day=on_day, reason=reason, document=document, at=at, by=by)
    return Decision.objects.create(
        stage=stage, outcome=outcome, measure=measure, departure_reason=departure_reason.strip()
    )


@transaction.atomic
def finalise(*, case, on_day, reason, at, by, document=""):
    """Make the decision final and let it take effect on the person's certificates.

    A second officer does it where a measure is imposed; nothing is final while an appeal may still come.
    """
    file = _held(case, by)
    _refuse_jump(file, StageKind.FINAL)
    if not permissions.can_make_final(by, file.decision):
        raise CaseRefused(_("Whoever took the decision cannot make it final. Ask a second discipline officer."))
    stage = _append(file, kind=StageKind.FINAL, on_day=on_day, reason=reason, document=document, at=at, by=by)
    _change_certificates(file, at=at, by=by)
    return stage


@transaction.atomic
def refer(*, case, body, referred_on, at, by, reference=""):
    """Record that the case was passed to the police or the prosecutor; saying it twice records it once."""
    file = _held(case, by)
    if not file.case.incident_on <= referred_on <= timezone.localdate(at):
        raise CaseRefused(_("A referral lies between the day of the incident and today."), "referred_on")
    referral, created = Referral.objects.get_or_create(
        case=file.case,
        body=body,
        referred_on=referred_on,
        reference=reference.strip(),
        defaults={"at": at, "by": by},
    )
    if created:
        _record("discipline.refer", file.case, at=at, by=by, body=str(body))
    return referral


def _held(case, by):
    """The file of the case, held against other writers until the transaction ends."""
    held = (
        Case.objects.select_for_update(of=("self",))
        .select_related("person", "institution", "article__edition")
        .get(pk=case.pk)
    )
    _refuse_own(held.person, by)
    return open_file(held)


def _refuse_jump(file, kind):
    if kind in file.next_kinds:
        return
    if file.waits_for_referral:
        raise CaseRefused(
            _("Sexual abuse of a child is alleged: record the referral to the police or the prosecutor first.")
        )
    raise CaseRefused(
        _("“%(step)s” cannot follow “%(latest)s”.")
        % {"step": StageKind(kind).label, "latest": StageKind(file.latest.kind).label}
    )


def _append(file, *, kind, on_day, reason, document, at, by, ends_on=None):
    _refuse_jump(file, kind)
    if not reason.strip():
        raise CaseRefused(_("Every step needs a reason."), "reason")
    _refuse_day(file.option(kind, timezone.localdate(at)), file, on_day)
    try:
        with transaction.atomic():
            stage = Stage.objects.create(
                case=file.case,
                number=file.latest.number + 1,
                kind=kind,
                on_day=on_day,
                reason=reason.strip(),
                document=document.strip(),
                due_on=file.term_of(kind, on_day, ends_on),
                at=at,
                by=by,
            )
    except IntegrityError:
        raise CaseRefused(_("Somebody recorded another step a moment ago. Look at the case again.")) from None
    _record("discipline.stage", file.case, at=at, by=by, kind=str(kind), number=stage.number)
    return stage


def _refuse_day(option, file, on_day):
    if option.earliest <= on_day <= option.latest:
        return
    if file.appeal_until and option.kind == StageKind.FINAL:
        raise CaseRefused(_("The term for appeal has not ended yet."), "on_day")
    if file.appeal_until and option.kind == StageKind.APPEAL and on_day > file.appeal_until:
        raise CaseRefused(_("The term for appeal had ended by this day."), "on_day")
    raise CaseRefused(_("The day of a step lies between that of the step before it and today."), "on_day")


def _record(verb, case, *, at, by, **facts):
    record(verb=verb, subject=subject_of(case), at=at, by=by, institution=case.institution, **facts)


# --- what a final decision does to certificates ---------------------------------------------------------------------

EFFECTS = {
    Measure.CertificateEffect.SUSPEND: CertificateEvent.Kind.SUSPENDED,
    Measure.CertificateEffect.REVOKE: CertificateEvent.Kind.REVOKED,
}


def _change_certificates(file, *, at, by):
    """Suspend or revoke the newest certificate that each requirement of the code gave the person, as the measure says.

    A certificate that is suspended or revoked already stays as it is.
    """
    effect = EFFECTS.get(file.measure.certificate_effect) if file.measure else None
    if effect is None:
        return
    case = file.case
    held = Certificate.objects.of(case.person).latest_on(timezone.localdate(at))
    for certificate in held.filter(requirement__code=case.article.edition.code_id):
        try:
            # The reason is read by people who may not know of the case: a neutral number, never its reference.
            change_certificate(
                certificate=certificate, kind=effect, reason=f"decision:{file.decision.pk}", at=at, by=by
            )
        except CertificationRefused:
            continue
        _record("discipline.effect", case, at=at, by=by, certificate=certificate.serial, effect=str(effect))


# --- who looked -----------------------------------------------------------------------------------------------------


def record_view(*, case, at, by, page="case"):
    """Leave the trace that somebody looked at the case."""
    _record(VIEW, case, at=at, by=by, page=page)


def record_list_view(*, cases, at, by, **filters):
    """Leave the trace that somebody looked at the list: one for the list, one for each case that stood in it."""
    trace = {"verb": VIEW, "at": at, "by": by, "page": "list"}
    listed = [{**trace, "subject": subject_of(case), "institution": case.institution} for case in cases]
    record_many([{**trace, "subject": LIST_SUBJECT, **filters}, *listed])

"""Listening to the register, the courses and the codes: each piece of news settles one person's periods."""

from django.utils import timezone
from django.utils.translation import gettext as _

from certification import bulk
from certification.actions import move_due, open_periods, settle_period
from certification.models import Certificate, Evidence, Exemption, Period, Requirement
from certification.personfile import requirements_seen
from certification.verification import answer_for
from conduct_codes.models import Edition
from conduct_codes.signals import edition_signed, many_editions_signed
from courses.models import Enrolment
from courses.signals import (
    AffectedCertificate,
    TranscriptSection,
    learning_moved,
    many_learning_moved,
    override_granted,
    regrade_proposed,
    retirement_proposed,
    trainer_proposed,
    transcript_asked,
)
from institutions.hanging import counted
from institutions.models import Post
from institutions.signals import (
    Touched,
    import_undo_proposed,
    many_posts_changed,
    merge_proposed,
    people_forgotten,
    posts_changed,
)
from institutions.templatetags.conduct import localdate, localnum


def open_for_new_posts(sender, person, day, at, by, **kwargs):
    open_periods(person=person, day=day, at=at, by=by)


def settle_after_learning(sender, enrolment, at, by, **kwargs):
    for period in Period.objects.open().filter(evidence__enrolment=enrolment).distinct():
        settle_period(period=period, at=at, by=by)


def settle_after_signature(sender, sign_off, at, by, **kwargs):
    """A signature under the chain in force is evidence for the person's open periods of that code."""
    day = timezone.localdate(at)
    in_force = Edition.objects.in_force_on(day).filter(code=sign_off.edition.code_id).first()
    if in_force is None or in_force.chain_id != sign_off.edition.chain_id:
        return
    for period in Period.objects.open().filter(person=sign_off.person, requirement__code=sign_off.edition.code_id):
        Evidence.objects.get_or_create(period=period, sign_off__isnull=False, defaults={"sign_off": sign_off})
        settle_period(period=period, at=at, by=by)


def name_certificates(sender, enrolments, **kwargs):
    """The certificates in force that rest on enrolments which a regrade would leave without a pass."""
    affected = []
    certificates = Certificate.objects.resting_on(enrolments).select_related("requirement")
    for certificate in certificates.order_by("serial"):
        affected.append(
            AffectedCertificate(
                serial=certificate.serial,
                person_id=certificate.person_id,
                reason=_("%(name)s, valid until %(day)s")
                % {"name": certificate.requirement.label, "day": localdate(certificate.valid_until)},
            )
        )
    return affected


def name_what_was_earned(sender, kept, other, scope, **kwargs):
    """The certificates and courses of two rows that may be one human."""
    learning = Enrolment.objects.visible_to(scope)
    return [
        counted(_("Certificates"), Certificate.objects.visible_to(scope), kept, other, counts_after=True),
        counted(_("Exemptions"), Exemption.objects.visible_to(scope), kept, other, counts_after=True),
        counted(_("Courses begun or finished"), learning, kept, other, counts_after=False),
    ]


def move_due_day(sender, override, at, by, **kwargs):
    """Another last day given for a course becomes that of the open periods that ask for it, if it is later."""
    if override.due_on is None:
        return
    periods = Period.objects.open().filter(evidence__enrolment=override.enrolment_id, due_on__lt=override.due_on)
    for period in periods.distinct():
        move_due(period=period, due_on=override.due_on, at=at, by=by)


def object_to_trainer(sender, trainer, course, day, **kwargs):
    """Whoever teaches a course holds a certificate that rests on it and is valid on the day."""
    held = Certificate.objects.of(trainer).latest_on(day).filter(requirement__course_rows__course=course)
    if any(answer_for(certificate, day).is_valid for certificate in held.prefetch_related("events")):
        return []
    return [_("The trainer holds no certificate for this course that is valid on that day.")]


def object_to_retirement(sender, course, day, **kwargs):
    """A course that a requirement asks for is replaced there first."""
    asking = Requirement.objects.active_on(day).filter(courses=course)
    return [
        _("%(name)s asks for this course. Replace it there first.") % {"name": requirement.label}
        for requirement in asking
    ]


def certificates_for_transcript(sender, person, scope, day, **kwargs):
    """The certificates that a transcript shows: the person's own all, to HR those that a post it sees asks for."""
    found = Certificate.objects.visible_to(scope).of(person).filter(issued_on__lte=day)
    if scope.person != person:
        posts = Post.objects.visible_to(scope).of(person).filter(starts_on__lte=day)
        found = found.filter(requirement__in=requirements_seen(posts, day))
    found = found.select_related("requirement", "edition").prefetch_related("events").order_by("issued_on", "pk")
    return TranscriptSection(
        title=_("Certificates"),
        headings=(_("Serial number"), _("Code of conduct"), _("Issued"), _("Valid until"), _("State")),
        rows=[
            (
                certificate.serial,
                certificate.requirement.label
                + ", "
                + _("Edition %(number)s") % {"number": localnum(certificate.edition.number)},
                localdate(certificate.issued_on),
                localdate(certificate.valid_until),
                str(answer_for(certificate, day).short),
            )
            for certificate in found
        ],
    )


def name_acts_of_certification(sender, people, since, **kwargs):
    """Certificates and exemptions given since to people whom an import brought."""
    certified = Certificate.objects.filter(person__in=people, issued_at__gte=since).values_list("person", flat=True)
    exempted = Exemption.objects.filter(person__in=people, granted_at__gte=since).values_list("person", flat=True)
    return [
        *(Touched(person, _("A certificate was issued since.")) for person in certified),
        *(Touched(person, _("An exemption was granted since.")) for person in exempted),
    ]


def forget_periods(sender, people, **kwargs):
    """The periods that opened by themselves for people who are about to be deleted."""
    Evidence.objects.filter(period__person__in=people).delete()
    Period.objects.filter(person__in=people).delete()


def connect():
    retirement_proposed.connect(object_to_retirement, dispatch_uid="certification.object_to_retirement")
    transcript_asked.connect(certificates_for_transcript, dispatch_uid="certification.certificates_for_transcript")
    import_undo_proposed.connect(name_acts_of_certification, dispatch_uid="certification.name_acts")
    people_forgotten.connect(forget_periods, dispatch_uid="certification.forget_periods")
    regrade_proposed.connect(name_certificates, dispatch_uid="certification.name_certificates")
    override_granted.connect(move_due_day, dispatch_uid="certification.move_due_day")
    merge_proposed.connect(name_what_was_earned, dispatch_uid="certification.name_what_was_earned")
    posts_changed.connect(open_for_new_posts, dispatch_uid="certification.open_for_new_posts")
    learning_moved.connect(settle_after_learning, dispatch_uid="certification.settle_after_learning")
    edition_signed.connect(settle_after_signature, dispatch_uid="certification.settle_after_signature")
    trainer_proposed.connect(object_to_trainer, dispatch_uid="certification.object_to_trainer")
    many_posts_changed.connect(bulk.open_for_many_new_posts, dispatch_uid="certification.open_for_many_new_posts")
    many_learning_moved.connect(
        bulk.settle_after_much_learning, dispatch_uid="certification.settle_after_much_learning"
    )
    many_editions_signed.connect(
        bulk.settle_after_many_signatures, dispatch_uid="certification.settle_after_many_signatures"
    )

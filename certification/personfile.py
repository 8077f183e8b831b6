"""What an HR unit may read about one person: the posts of its own subtree, and the facts that go with them."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Exists, Q

from certification.models import Certificate, Evidence, Exemption, Period, Requirement
from certification.models.requirements import binding_conditions
from certification.people import due_of
from certification.rules import HOLDS_CERTIFICATE
from certification.verification import answer_for
from conduct_codes.models import SignOff
from conduct_codes.paper import claims_about
from conduct_codes.permissions import paper_is_allowed
from courses.models import Enrolment, LessonProgress
from institutions.models import CorrectionRequest, Designation, Post

STEPS = ("trained_on", "passed_on", "signed_on", "certified_on")


@dataclass
class RequirementFile:
    """One requirement as it stands, with its earlier cycles."""

    requirement: Requirement
    current: Period
    binds: bool
    earlier: list = field(default_factory=list)
    reported: int = 0
    """Lessons whose completion rests on what a package reported and nothing else."""

    @property
    def due(self):
        return due_of(self.current)

    @property
    def holds(self):
        return self.current.status in HOLDS_CERTIFICATE


@dataclass
class PersonFile:
    """A person as one viewer sees them. Where the person has left, day is the last day of the last post seen."""

    person: object
    day: date
    left_on: date | None
    posts: list
    coming: list
    """Posts of the viewer's that begin later."""
    duties: list
    elsewhere: bool
    requirements: list
    sign_offs: list
    on_paper: list
    certificates: list
    exemptions: list
    corrections: list

    @property
    def binding(self):
        """The requirements that bind the person now, as a queryset to choose from."""
        return Requirement.objects.filter(pk__in=[file.requirement.pk for file in self.requirements if file.binds])

    @property
    def institution(self):
        """The institution under which the viewer meets this person."""
        return self.posts[0].institution


def file_of(scope, person):
    """Everything that the person's page shows, up to the last day on which the person served with the viewer.

    What binds the person only through a post elsewhere is not there, and nothing says what or where that post is.
    """
    every = Post.objects.visible_to(scope).of(person)
    mine = every.filter(starts_on__lte=scope.today)
    known = list(every.select_related("institution__area", "position", "staff_number", "sector"))
    posts = [post for post in known if post.starts_on <= scope.today]
    posts.sort(key=lambda post: (post.is_held_on(scope.today), post.starts_on, post.pk), reverse=True)
    left_on = None if posts[0].is_held_on(scope.today) else max(post.ends_on for post in posts)
    day = left_on or scope.today
    seen = list(requirements_seen(mine, day))
    certificates = Certificate.objects.visible_to(scope).of(person).filter(requirement__in=seen, issued_on__lte=day)
    sign_offs = (
        SignOff.objects.visible_to(scope).of(person).filter(edition__code__requirements__in=seen, signed_on__lte=day)
    )
    return PersonFile(
        person=person,
        day=day,
        left_on=left_on,
        posts=posts,
        coming=sorted((post for post in known if post.starts_on > scope.today), key=lambda post: post.starts_on),
        duties=duties_of(scope, person, day),
        elsewhere=left_on is None and serves_elsewhere(scope, person),
        requirements=requirement_files(scope, person, mine, seen, day),
        sign_offs=list(sign_offs.select_related("edition__code").distinct()),
        on_paper=list(claims_about(scope, person).filter(sheet__signed_on__lte=day)) if paper_is_allowed() else [],
        certificates=[
            {"certificate": certificate, "answer": answer_for(certificate, day)}
            for certificate in certificates.select_related("edition", "requirement").prefetch_related("events")
        ],
        exemptions=list(
            Exemption.objects.visible_to(scope)
            .of(person)
            .filter(requirement__in=seen, starts_on__lte=day)
            .select_related("requirement")
            .order_by("-starts_on", "-pk")
        ),
        corrections=list(CorrectionRequest.objects.visible_to(scope).of(person).select_related("answer")),
    )


def duties_of(scope, person, day):
    """Duties at the viewer's institutions that began by the day, those that go on first."""
    duties = Designation.objects.visible_to(scope).of(person).filter(starts_on__lte=day).select_related("institution")
    return sorted(duties, key=lambda duty: (duty.ends_on is None, duty.starts_on, duty.pk), reverse=True)


def requirements_seen(posts, day):
    """The requirements of the day that one of these posts, held then or earlier, binds to."""
    binds = Q(pk__in=[])
    for pk, condition in binding_conditions(day).items():
        binds |= Q(pk=pk) & Q(Exists(posts.filter(condition)))
    return Requirement.objects.filter(binds)


def serves_elsewhere(scope, person):
    """True if the person holds a post today that the viewer does not see."""
    held = Post.objects.of(person).serving_on(scope.today)
    return held.exclude(scope.names_condition("institution__path")).exists()


def requirement_files(scope, person, posts, seen, day):
    """The requirements that bind the person on the day, worst first, then those that bound once."""
    periods = list(
        Period.objects.visible_to(scope)
        .of(person)
        .filter(requirement__in=seen, opened_on__lte=day)
        .with_status_on(day)
        .select_related("requirement__code")
        .order_by("-cycle")
    )
    bound = set(Period.objects.of(person).bound_on(day, posts).values_list("requirement_id", flat=True))
    files = {}
    for period in periods:
        forget_after(period, day)
        if period.requirement_id in files:
            files[period.requirement_id].earlier.append(period)
        else:
            files[period.requirement_id] = RequirementFile(
                period.requirement, period, binds=period.requirement_id in bound
            )
    reported = reported_lessons(scope, [file.current for file in files.values()], day)
    for file in files.values():
        file.reported = reported.get(file.current.pk, 0)
    return sorted(files.values(), key=lambda f: (not f.binds, f.current.rank, f.current.due_on))


def reported_lessons(scope, periods, day):
    """Period id → number of its lessons that are completed as self-reported by the day."""
    evidence = Evidence.objects.filter(period__in=periods, enrolment__in=Enrolment.objects.visible_to(scope))
    reported = evidence.filter(
        enrolment__progress__basis=LessonProgress.Basis.REPORTED, enrolment__progress__completed_at__date__lte=day
    )
    return dict(reported.values_list("period").annotate(count=Count("enrolment__progress")))


def forget_after(period, day):
    """Take out of a period what happened after the day; it is shown, never saved."""
    for name in (*STEPS, "started_on"):
        if (happened := getattr(period, name)) and happened > day:
            setattr(period, name, None)

"""Everything that changes the register of people, posts, roles and accounts."""

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from institutions.audit import record
from institutions.khmer import comparison_key, to_ascii_digits
from institutions.models import (
    CorrectionAnswer,
    CorrectionRequest,
    Designation,
    Institution,
    Person,
    Post,
    Role,
    StaffNumber,
    User,
)
from institutions.places_held import closing_days
from institutions.signals import posts_changed
from institutions.words_rights import settle_words_rights


class RegisterRefused(Exception):
    """The register refuses a change; str() is a sentence for the person who asked for it."""


def name_key(name, name_latin):
    """The text that searches and matches a person in either script."""
    return f"{comparison_key(name)} {comparison_key(name_latin)}"


def tidy_staff_number(number):
    """A staff number as the register keeps it: ASCII digits, no blanks, capitals."""
    return "".join(to_ascii_digits(str(number)).split()).upper()


@transaction.atomic
def add_person(*, name, name_latin, sex, birth_date, at, by):
    """Enter a human into the register."""
    person = Person.objects.create(
        name=name.strip(),
        name_latin=name_latin.strip(),
        name_key=name_key(name, name_latin),
        sex=sex,
        birth_date=birth_date,
    )
    record(verb="institutions.add_person", subject=f"person:{person.pk}", at=at, by=by)
    return person


def give_staff_number(*, person, institution, number):
    """The person's number in the institution's register. Refused if it belongs to somebody else."""
    register = institution if institution.depth == 1 else institution.get_root()
    try:
        with transaction.atomic():
            given, _created = StaffNumber.objects.get_or_create(
                register=register, number=tidy_staff_number(number), defaults={"person": person}
            )
    except IntegrityError:
        given = StaffNumber.objects.get(register=register, number=tidy_staff_number(number))
    if given.person_id != person.pk:
        raise RegisterRefused(_("This staff number belongs to somebody else in this register."))
    return given


def refuse_posts(asked):
    """Refuse posts, given as (person, institution, first day), of merged rows and in institutions closed by then.

    The institutions stay as they are until the transaction ends: who closes one waits for it.
    """
    closes = closing_days({institution.pk for _person, institution, _starts_on in asked})
    merged = Person.objects.filter(pk__in={person.pk for person, _place, _day in asked}, merged_into__isnull=False)
    if any(closes[place.pk] and closes[place.pk] <= starts_on for _person, place, starts_on in asked):
        raise RegisterRefused(_("This institution was closed before the post begins."))
    if merged.exists():
        raise RegisterRefused(_("This row is merged into another. Enter the post for the row that stays."))


@transaction.atomic
def open_post(
    *,
    person,
    institution,
    position,
    starts_on,
    at,
    by,
    staff_number="",
    rank="",
    ends_on=None,
    basis=Post.Basis.REGULAR,
    end_reason="",
):
    """Begin (or record) a post and tell the apps above."""
    refuse_posts([(person, institution, starts_on)])
    given = None
    if staff_number:
        given = give_staff_number(person=person, institution=institution, number=staff_number)
    post = Post.objects.create(
        person=person,
        institution=institution,
        sector=position.sector,
        position=position,
        staff_number=given,
        rank=rank,
        starts_on=starts_on,
        ends_on=ends_on,
        basis=basis,
        end_reason=end_reason,
    )
    record(verb="institutions.open_post", subject=f"person:{person.pk}", at=at, by=by, institution=institution)
    posts_changed.send(Post, person=person, day=max(starts_on, timezone.localdate(at)), at=at, by=by)
    return post


@transaction.atomic
def end_post(*, post, ends_on, at, by, reason=""):
    """End a post on its last day; duties and roles that rest on it end with it."""
    if ends_on < post.starts_on:
        raise RegisterRefused(_("A post cannot end before it began."))
    post.ends_on, post.end_reason = ends_on, reason
    post.save(update_fields=["ends_on", "end_reason"])
    for role in Role.objects.filter(post=post).lasting_after(ends_on):
        end_role(role=role, ends_on=ends_on, at=at, by=by)
    post.person.designations.filter(institution=post.institution, ends_on__isnull=True, starts_on__lte=ends_on).update(
        ends_on=ends_on
    )
    record(verb="institutions.end_post", subject=f"person:{post.person_id}", at=at, by=by, institution=post.institution)
    posts_changed.send(Post, person=post.person, day=ends_on, at=at, by=by)
    return post


@transaction.atomic
def open_account(*, username, password, at, by, person=None):
    """Make a login. Refused if the number has one already or the person does."""
    username = tidy_staff_number(username) if person else username
    if User.objects.filter(username=username).exists() or (person and person.user_id):
        raise RegisterRefused(_("This staff number already has an account."))
    user = User.objects.create_user(username=username, password=password, date_joined=at)
    if person:
        person.user = user
        person.save(update_fields=["user"])
    record(verb="institutions.open_account", subject=f"user:{user.pk}", at=at, by=by)
    return user


@transaction.atomic
def grant_role(*, user, kind, starts_on, at, by, institution=None, area=None, post=None, ends_on=None, reason=""):
    """Give an account a role. Nobody grants to themselves."""
    if by is not None and by == user:
        raise RegisterRefused(_("Nobody can grant a role to themselves."))
    role = Role.objects.create(
        user=user, kind=kind, institution=institution, area=area, post=post, starts_on=starts_on, ends_on=ends_on
    )
    _tell_of_role("institutions.grant_role", role, reason, at, by)
    settle_words_rights(user=user, kind=kind, institution=institution, day=timezone.localdate(at))
    return role


@transaction.atomic
def end_role(*, role, ends_on, at, by, reason=""):
    """End a role; its last day is included. One that has not begun by then goes; the record keeps both acts."""
    role.ends_on = ends_on
    if ends_on < role.starts_on:
        _tell_of_role("institutions.end_role", role, reason, at, by)
        role.delete()
    else:
        role.save(update_fields=["ends_on"])
        _tell_of_role("institutions.end_role", role, reason, at, by)
    settle_words_rights(user=role.user, kind=role.kind, institution=role.institution, day=timezone.localdate(at))
    return role


def _tell_of_role(verb, role, reason, at, by):
    facts = {"kind": role.kind, "role": role.pk, "from": role.starts_on.isoformat()}
    facts |= {"to": role.ends_on.isoformat()} if role.ends_on else {}
    facts |= {"reason": reason} if reason else {}
    facts |= {"area": role.area.code} if role.area_id else {}
    record(verb=verb, subject=f"user:{role.user_id}", at=at, by=by, institution=role.institution, **facts)


@transaction.atomic
def say_why_post_ended(*, post, reason, at, by):
    """Set or correct why a post ended; the record keeps both words, the days stay."""
    post = Post.objects.select_for_update(of=("self",)).select_related("institution").get(pk=post.pk)
    if post.ends_on is None:
        raise RegisterRefused(_("This post has not ended."))
    if reason and reason not in post.end_reasons:
        raise RegisterRefused(_("Only an acting post ends so. Choose another reason."))
    before, post.end_reason = post.end_reason, reason
    post.save(update_fields=["end_reason"])
    facts = {"institution": post.institution, "post": post.pk, "before": before, "after": reason}
    record(verb="institutions.end_reason", subject=f"person:{post.person_id}", at=at, by=by, **facts)
    return post


@transaction.atomic
def designate_person(*, person, institution, kind, starts_on, at, by):
    """Give a person a dated duty beside the post, such as designated teacher. Refused if they have it there already."""
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    held = Designation.objects.filter(person=person, institution=institution, kind=kind)
    if held.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on)).exists():
        raise RegisterRefused(_("This person has the duty there already."))
    designation = Designation.objects.create(person=person, institution=institution, kind=kind, starts_on=starts_on)
    record(
        verb="institutions.designate",
        subject=f"person:{person.pk}",
        at=at,
        by=by,
        institution=institution,
        kind=kind,
    )
    return designation


@transaction.atomic
def end_designation(*, designation, ends_on, at, by):
    """End a duty on its last day; the post goes on. Refused before the duty began, and where it has ended already."""
    duty = Designation.objects.select_for_update(of=("self",)).select_related("institution").get(pk=designation.pk)
    if duty.ends_on is not None:
        raise RegisterRefused(_("This duty has ended already."))
    if ends_on < duty.starts_on:
        raise RegisterRefused(_("A duty cannot end before it began."))
    duty.ends_on = ends_on
    duty.save(update_fields=["ends_on"])
    facts = {"institution": duty.institution, "kind": duty.kind}
    record(verb="institutions.end_duty", subject=f"person:{duty.person_id}", at=at, by=by, **facts)
    return duty


@transaction.atomic
def request_correction(*, person, field, message, at, by):
    """A person says what is wrong in the register about them."""
    request = CorrectionRequest.objects.create(person=person, field=field, message=message, made_at=at, made_by=by)
    record(verb="institutions.request_correction", subject=f"person:{person.pk}", at=at, by=by)
    return request


@transaction.atomic
def answer_correction(*, request, outcome, message, at, by):
    """HR answers a correction request, once."""
    try:
        with transaction.atomic():
            answer = CorrectionAnswer.objects.create(
                request=request, outcome=outcome, message=message, answered_at=at, answered_by=by
            )
    except IntegrityError:
        raise RegisterRefused(_("This request has been answered already.")) from None
    record(verb="institutions.answer_correction", subject=f"person:{request.person_id}", at=at, by=by)
    return answer


def contact_of(person, day):
    """The institution whose HR unit answers the person: the nearest at or above a current post that names one.

    Two queries whatever the depth of the tree; None where nobody is named.
    """
    posts = list(person.posts.serving_on(day).select_related("institution").order_by("starts_on"))
    paths = {path for post in posts for path in post.institution.level_path}
    named = {i.path: i for i in Institution.objects.filter(path__in=paths).exclude(hr_unit="")}
    for post in posts:
        for path in reversed(post.institution.level_path):
            if path in named:
                return named[path]
    return None

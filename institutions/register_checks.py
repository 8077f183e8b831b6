"""What the register of institutions still needs on the first day."""

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from institutions.models import Area, Institution, Position, Post, Role, Sector
from institutions.readiness import Answer, Check, Missing, wanting
from jobs.models import Job

IMPORT = "manage.py import_institutions FILE --dry-run"
HR_KINDS = (Institution.Kind.MINISTRY, Institution.Kind.DEPARTMENT)


def _page_of(institution):
    return reverse("institutions:tree_institution", args=[institution.code])


def _label(thing):
    return thing.label


def _open(day):
    return Institution.objects.open_on(day).order_by("path")


def some_of_each(day):
    """Areas, sectors, positions and institutions: each list has something in it."""
    lists = ((Area, _("Areas")), (Sector, _("Sectors")), (Position, _("Positions")), (Institution, _("Institutions")))
    empty = [words for model, words in lists if not model.objects.exists()]
    return Answer(
        title=_("Areas, sectors, positions and institutions"),
        wanting=len(empty),
        what_to_do=_("Fill in the form of the country's institutions and load it. The dry run says what is wrong."),
        examples=[Missing(str(words)) for words in empty],
        url=reverse("institutions:tree_file"),
        command=IMPORT,
    )


def contacts(day):
    """Every ministry and department says whom to ask, and by what telephone."""
    rows = _open(day).filter(kind__in=HR_KINDS).filter(Q(hr_unit="") | Q(hr_phone=""))
    return wanting(
        rows,
        of=_label,
        url=_page_of,
        title=_("HR unit and telephone of ministries and departments"),
        what_to_do=_(
            "Every officer's page says whom to ask. Enter the HR unit and its telephone in the form and load it."
        ),
        command=IMPORT,
    )


def registrars(day):
    """Every ministry has a registrar, who gives the other roles."""
    held = Role.objects.active_on(day).filter(
        kind=Role.Kind.REGISTRAR, user__is_active=True, institution=OuterRef("pk")
    )
    rows = _open(day).filter(depth=1).exclude(Exists(held))
    return wanting(
        rows,
        of=_label,
        url=_page_of,
        title=_("Registrar of each ministry"),
        what_to_do=_("Give somebody of the ministry the role; the registrar then gives the roles inside the ministry."),
        command="manage.py grant_role --kind registrar --username NAME --institution CODE",
    )


def clerks(day):
    """Every department has an HR clerk of its own; the one of the unit above stands in where it has none."""
    held = Role.objects.active_on(day).filter(kind=Role.Kind.HR, user__is_active=True, institution=OuterRef("pk"))
    rows = _open(day).filter(kind=Institution.Kind.DEPARTMENT).exclude(Exists(held))
    return wanting(
        rows,
        of=_label,
        url=_page_of,
        title=_("HR role at each department"),
        what_to_do=_("Until a department has a clerk, the HR unit above it does its work."),
        command="manage.py grant_role --kind hr --username NAME --institution CODE",
    )


def left_behind(day):
    """Nobody serves in a closed institution."""
    posts = Post.objects.serving_on(day).filter(institution=OuterRef("pk"))
    rows = Institution.objects.filter(closed_on__lte=day).filter(Exists(posts)).order_by("path")
    return wanting(
        rows,
        of=_label,
        url=_page_of,
        title=_("Nobody serves in a closed institution"),
        what_to_do=_("Transfer the people who still serve there, or end their posts."),
    )


def work_of_the_site(day):
    """What the site does by itself, every day or minute, is done."""
    return wanting(
        Job.objects.given_up_by_the_site().order_by("-created_at"),
        of=lambda job: job.kind,
        url=lambda job: reverse("institutions:job", args=[job.pk]),
        title=_("Work that the site does by itself"),
        what_to_do=_("It failed at every try. Look at it and resume it; the log of the worker says why it failed."),
    )


CHECKS = (
    Check("institutions.lists", 10, some_of_each),
    Check("institutions.contacts", 20, contacts),
    Check("institutions.registrars", 30, registrars),
    Check("institutions.clerks", 40, clerks),
    Check("institutions.left_behind", 45, left_behind),
    Check("institutions.work_of_the_site", 80, work_of_the_site),
)

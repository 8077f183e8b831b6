"""Codes, their pages, reviews and editions."""

import datetime

from django.contrib.auth.models import Group
from wagtail.models import Locale, Page, Workflow, WorkflowState, WorkflowTask

from conduct_codes import actions as code_actions
from conduct_codes.models import Code, CodeIndexPage, CodePage, CoordinatingReviewTask, Edition, Measure, Regime, Topic
from tests.factories.kept import made_once
from tests.factories.people import TODAY, make_institution, make_sector, make_user, moment

SCAN = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n"
"""The bytes of a document that somebody scanned."""


def locale(language):
    return Locale.objects.get_or_create(language_code=language)[0]


def root_page():
    root = Page.objects.filter(depth=1).first()
    if root is None:
        locale("km")
        root = Page.add_root(title="Root", slug="root", locale=locale("km"))
    return root


def make_regime(slug="civil-service"):
    regime, created = Regime.objects.get_or_create(
        slug=slug, defaults={"name": "មន្ត្រីរាជការ", "name_latin": "Civil service"}
    )
    if created:
        for order, (measure, effect) in enumerate(
            (("reprimand", "none"), ("suspension", "suspend"), ("dismissal", "revoke"))
        ):
            Measure.objects.create(
                regime=regime,
                slug=measure if slug == "civil-service" else f"{slug}-{measure}",
                order=order,
                name=f"វិធានការ {order}",
                name_latin=measure.title(),
                degree=1 if order == 0 else 2,
                authority="រដ្ឋមន្ត្រី",
                authority_latin="Minister",
                council_needed=order > 0,
                procedure="បណ្តឹង ការស្តាប់ និងសេចក្តីសម្រេច",
                procedure_latin="Charge, hearing and decision",
                decide_within_days=60,
                appeal_days=30,
                appeal_to="អាជ្ញាធរថ្នាក់លើ",
                appeal_to_latin="The authority above",
                certificate_effect=effect,
            )
    return regime


def make_code(sector=None, owner=None, **facts):
    sector = sector or make_sector()
    existing = Code.objects.filter(sector=sector).first()
    if existing:
        return existing
    facts = {
        "slug": sector.slug,
        "name": f"ក្រមសីលធម៌{sector.name}",
        "name_latin": f"Code of {sector.name_latin}",
        **facts,
    }
    return Code.objects.create(sector=sector, owner=owner or make_institution(), regime=make_regime(), **facts)


def article(number=1, kind="duty", language="km", measures=(), topic="", heading=None, text=None, legal_basis=""):
    """The value of an article block."""
    words = {"km": ("មាត្រា", "អត្ថបទ"), "en": ("Heading", "Text")}[language]
    return {
        "number": str(number),
        "kind": kind,
        "topic": topic,
        "competence": "",
        "heading": heading or f"{words[0]} {number}",
        "text": text or f"{words[1]} {number}",
        "legal_basis": legal_basis,
        "measures": [
            {"seriousness": seriousness, "repetition": repetition, "measure": measure}
            for seriousness, repetition, measure in measures
        ],
    }


def default_articles(language="km"):
    return [
        article(1, "principle", language, topic="purpose", legal_basis="Law"),
        article(
            2,
            "prohibition",
            language,
            measures=[("minor", "first", "reprimand"), ("grave", "first", "dismissal")],
            topic="non-violence",
        ),
        article(3, "reporting", language, topic="reporting"),
    ]


def hotline(number="117"):
    """A block of a page's hotlines."""
    value = {"number": number, "what": "Police", "checked_on": TODAY.isoformat()}
    return {"type": "hotline", "value": value}


def make_code_page(code=None, language="km", articles=None, keys=None, **facts):
    """A code page below an index page of its language, with article keys equal in both languages."""
    code = code or make_code()
    for topic in ("purpose", "non-violence", "reporting"):
        Topic.objects.get_or_create(slug=topic, defaults={"name": topic, "name_latin": topic})
    index = CodeIndexPage.objects.filter(locale=locale(language)).first()
    if index is None:
        index = CodeIndexPage(title="Codes", slug=f"codes-{language}", locale=locale(language))
        root_page().add_child(instance=index)
    articles = articles or default_articles(language)
    keys = keys or [f"00000000-0000-4000-8000-{position:012d}" for position in range(1, len(articles) + 1)]
    page = CodePage(
        title=code.name if language == "km" else code.name_latin,
        slug=f"{code.slug}-{language}",
        code=code,
        locale=locale(language),
        preamble="បុព្វកថា" if language == "km" else "Preamble",
        articles=[{"type": "article", "id": key, "value": value} for key, value in zip(keys, articles, strict=True)],
        **{"hotlines": [hotline()], **facts},
    )
    index.refresh_from_db()
    index.add_child(instance=page)
    return page


def review_of(page):
    """The review of the page's section, or one that every page without an open section shares."""
    workflow = page.get_workflow()
    ours = CoordinatingReviewTask.objects.filter(workflow_tasks__workflow=workflow)
    if workflow is None or not ours.exists():
        workflow, _new = Workflow.objects.get_or_create(name="Review")
        task, _new = CoordinatingReviewTask.objects.get_or_create(name="Review")
        task.groups.add(Group.objects.get_or_create(name="Reviewers")[0])
        WorkflowTask.objects.get_or_create(workflow=workflow, task=task)
    return workflow


def submit(page, by=None):
    """Save a revision of the page and send it to review; returns the task state that waits for a reviewer."""
    page.save_revision(user=by)
    page = CodePage.objects.get(pk=page.pk)
    state = page.current_workflow_state
    if state is None:
        state = review_of(page).start(page, by)
    elif state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        state.resume(by)
    state.refresh_from_db()
    return state.current_task_state.specific


def make_reviewer(task_state):
    """An account that may decide on what waits in the task state, and publish it."""
    user = make_user(is_superuser=True)
    user.groups.add(*task_state.task.specific.groups.all())
    return user


def approve(page, by=None, at=None, author=None):
    """Save a revision of the page and pass it through the review as approved; returns the revision."""
    waiting = submit(page, by=author)
    waiting.approve(user=by or make_reviewer(waiting), at=at)
    return waiting.revision


def send_back(page, reason="Article 2 needs a measure.", by=None, at=None, author=None):
    """Save a revision of the page and have the review return it; returns the task state."""
    waiting = submit(page, by=author)
    waiting.reject(user=by or make_reviewer(waiting), comment=reason, at=at)
    return waiting


@made_once
def make_edition(code=None, day=None, languages=("km", "en"), by=None, change_class="substantive", at=None, **facts):
    """An edition in force since the day (a year ago by default), adopted through review as in the product."""
    code = code or make_code()
    day = day or TODAY - datetime.timedelta(days=365)
    pages = {page.locale.language_code: page for page in CodePage.objects.filter(code=code).select_related("locale")}
    for language in languages:
        if language not in pages:
            pages[language] = make_code_page(code, language)
        pages[language].save_revision()
    edition = code_actions.adopt_edition(
        revision=approve(pages["km"]),
        instrument="ប្រកាស",
        instrument_latin="Prakas",
        instrument_number="001",
        signatory="រដ្ឋមន្ត្រី",
        signatory_latin="Minister",
        adopted_on=day,
        in_force_from=day,
        change_class=change_class,
        at=at or moment(day, 8),
        by=by or make_user(),
        **facts,
    )
    return Edition.objects.get(pk=edition.pk)


def adopt(revision, at=None, by=None, **facts):
    """Make law of a revision on TODAY, with an instrument for what does not matter."""
    return code_actions.adopt_edition(
        **{
            "revision": revision,
            "instrument": "ប្រកាស",
            "instrument_latin": "Prakas",
            "instrument_number": "002",
            "signatory": "រដ្ឋមន្ត្រី",
            "signatory_latin": "Minister",
            "adopted_on": TODAY,
            "in_force_from": TODAY,
            "change_class": "substantive",
            "at": at or moment(),
            "by": by or make_user(),
            **facts,
        }
    )


def repeal(code, **facts):
    """End a code from TODAY on, as its authority decided the day before."""
    return code_actions.repeal_code(
        **{
            "code": code,
            "instrument": "ប្រកាស",
            "instrument_latin": "Prakas",
            "instrument_number": "099",
            "signatory": "រដ្ឋមន្ត្រី",
            "signatory_latin": "Minister",
            "decided_on": TODAY - datetime.timedelta(days=1),
            "effective_on": TODAY,
            "reason": "វិស័យត្រូវបានរំលាយ",
            "reason_latin": "The sector was dissolved.",
            "at": moment(),
            "by": make_user(),
            **facts,
        }
    )

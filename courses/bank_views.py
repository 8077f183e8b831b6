"""The question banks in the admin. Every view begins with the bank, and a bank of another section is not there."""

from functools import wraps
from random import Random

from django.conf import settings
from django.core import signing
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages

from conduct_codes.models.editions import Competence
from courses import formats, importing
from courses.actions import (
    ImportRefused,
    QuestionRefused,
    import_questions,
    retire_question,
    return_question,
    write_question,
)
from courses.admin_frame import show_in_admin
from courses.answer_forms import answer_form
from courses.bank_forms import QuestionEditor, UploadForm
from courses.models import AttemptQuestion, Question, QuestionBank
from courses.models.catalogue import latest_versions
from courses.question_types import Type, content_of, shuffled_ids
from courses.review import reviewed, right_answer
from courses.ties import Ties, TieUnknown
from institutions.models import Role

A_PAGE = 50
MAX_CARRIED = 1_500_000  # characters of a file between its dry run and its import
SALT = "courses.question-import"
TYPES = {"gift": "text/plain", "aiken": "text/plain", "moodle-xml": "text/xml"}
TYPES["xlsx"] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def bank_view(view):
    """A view of one bank that the viewer edits; others are told that there is no such page."""

    @wraps(view)
    def guarded(request, bank, *args, **kwargs):
        banks = QuestionBank.objects.editable_by(request.scope).select_related("course__sector")
        return view(request, get_object_or_404(banks, slug=bank), *args, **kwargs)

    return guarded


def question_of(bank, key):
    return get_object_or_404(Question.objects.select_related("bank", "code", "lesson"), bank=bank, key=key)


def show(request, template, bank, title, context):
    crumbs = [(reverse("question_banks:index"), _("Question banks"))]
    if bank:
        crumbs.append((reverse("question_banks:bank", args=[bank.slug]), bank.course.label))
    return show_in_admin(request, template, title, {"bank": bank, **context}, icon="help", crumbs=crumbs)


def may_enter(request):
    """True for those who edit a section, and for the platform owner."""
    return request.user.is_superuser or request.scope.has(Role.Kind.EDITOR)


@require_safe
def index(request):
    """The banks that the viewer edits, with how many of their questions can be drawn."""
    if not may_enter(request):
        raise Http404
    banks = list(QuestionBank.objects.editable_by(request.scope).select_related("course").order_by("course__order"))
    questions = Question.objects.filter(bank__in=banks).in_use_on(request.today)
    drawable = set(Question.objects.filter(bank__in=banks).drawable_on(request.today).values_list("pk", flat=True))
    counts = {bank.pk: [0, 0] for bank in banks}
    for pk, bank_id in questions.values_list("pk", "bank_id"):
        counts[bank_id][0] += 1
        counts[bank_id][1] += pk in drawable
    rows = [{"bank": bank, "total": counts[bank.pk][0], "ready": counts[bank.pk][1]} for bank in banks]
    return show(request, "bank_index", None, _("Question banks"), {"rows": rows})


@bank_view
@require_safe
def bank(request, bank):
    """The questions of a bank with what keeps each from being drawn; filters by type, competence, article, gap."""
    ties = Ties(bank, request.today)
    questions = list(Question.objects.filter(bank=bank).select_related("code", "lesson").order_by("pk"))
    newest = {version.question_id: version for version in latest_versions(questions)}
    rows = [_row(question, newest.get(question.pk), ties) for question in questions]
    chosen = {name: request.GET.get(name, "") for name in ("type", "competence", "article", "state")}
    kept = [row for row in rows if _passes(row, chosen)]
    context = {
        "page": Paginator(kept, A_PAGE).get_page(request.GET.get("p")),
        "filters": _filters(rows, chosen),
        "kept": "&".join(f"{name}={value}" for name, value in chosen.items() if value),
        "total": len(rows),
        "types": Type.choices,
        "formats": [(name, label) for name, label in UploadForm.base_fields["format"].choices],
    }
    return show(request, "bank", bank, _("Questions"), context)


def _row(question, version, ties):
    texts = ties.texts(question)
    gaps = question.gaps(version)
    about = f"{texts['code']} {texts['article']}".strip() or question.topic
    return {
        "question": question,
        "version": version,
        "about": about,
        "gaps": gaps,
        "sentences": list(map(gap_words, gaps)),
    }


def gap_words(gap):
    """A reason of rules.question_gaps as a reader takes it."""
    name, _colon, code = gap.partition(":")
    language = dict(settings.WAGTAIL_CONTENT_LANGUAGES).get(code, code)
    return {
        "untied": _("Says no article and no topic"),
        "competence": _("Says no competence"),
        "unwritten": _("Has no words yet"),
        "language": _("Not complete in %(language)s") % {"language": language},
    }[name]


def _passes(row, chosen):
    question, version = row["question"], row["version"]
    state = "retired" if question.retired_on else "gaps" if row["gaps"] else "ready"
    return (
        chosen["type"] in ("", version.type if version else "")
        and chosen["competence"] in ("", question.competence)
        and chosen["article"] in ("", row["about"])
        and chosen["state"] in ("", state)
    )


def _filters(rows, chosen):
    """The selects above the list: name, label, and each choice with whether it is chosen."""
    articles = [(about, about) for about in dict.fromkeys(row["about"] for row in rows) if about]
    states = [("ready", _("Can be drawn")), ("gaps", _("Never drawn: something is missing")), ("retired", _("Retired"))]
    offered = [
        ("type", _("Type"), Type.choices),
        ("competence", _("Competence"), Competence.choices),
        ("article", _("Article or topic"), articles),
        ("state", _("State"), states),
    ]
    return [
        {"name": name, "label": label, "choices": [(v, words, v == chosen[name]) for v, words in choices]}
        for name, label, choices in offered
    ]


@bank_view
@require_http_methods(["GET", "HEAD", "POST"])
def write(request, bank, kind=None, key=None):
    """A new question of a type, or a new version of one that there is."""
    ties = Ties(bank, request.today)
    question = question_of(bank, key) if key else None
    version = question.versions.order_by("-number").first() if question else None
    kind = version.type if version else kind
    if kind not in Type.values:
        raise Http404
    facts = {"kind": Type(kind), "content": content_of(version) if version else None, "ties": ties}
    editor = QuestionEditor(request.POST or None, texts=ties.texts(question) if question else {}, **facts)
    problems = []
    if request.method == "POST" and editor.is_valid():
        try:
            kept = write_question(
                bank=bank,
                question=question,
                content=editor.content(),
                facts=editor.about.facts(),
                at=request.now,
                by=request.user,
            )
        except (QuestionRefused, TieUnknown) as refusal:
            problems = getattr(refusal, "problems", [str(refusal)])
        else:
            messages.success(request, _("The question is saved. Attempts that are open keep its earlier words."))
            return redirect("question_banks:edit", bank.slug, kept.key)
    title = _("Question: %(type)s") % {"type": Type(kind).label}
    context = {"editor": editor, "question": question, "version": version, "problems": problems}
    context["gaps"] = [gap_words(gap) for gap in question.gaps(version)] if question else []
    return show(request, "question", bank, title, context)


@bank_view
@require_safe
def preview(request, bank, key):
    """The question as an officer sees it, in either language, and below it what the review shows after passing."""
    question = question_of(bank, key)
    version = get_object_or_404(question.versions.order_by("-number")[:1])
    language = request.GET.get("lang", settings.LANGUAGE_CODE)
    if language not in dict(settings.WAGTAIL_CONTENT_LANGUAGES):
        raise Http404
    with override(language):
        order = shuffled_ids(version)
        Random(str(key)).shuffle(order)  # as a draw would, the same at every look
        drawn = AttemptQuestion(version=version, position=1, option_order=order, answer="")
        context = {
            "form": answer_form(question=drawn),
            "stem": version.stem,
            "question": reviewed(version, right_answer(version), 1, None, True),
            "bank": bank,
            "key": key,
            "languages": settings.WAGTAIL_CONTENT_LANGUAGES,
        }
        return render(request, "courses/admin/preview.html", context)


@bank_view
@require_http_methods(["GET", "HEAD", "POST"])
def retire(request, bank, key):
    """Take a question out of the draw from today on, or back into it; first a page that says what follows."""
    question = question_of(bank, key)
    if request.method != "POST":
        version = question.versions.order_by("-number").first()
        title = _("Draw it again") if question.retired_on else _("Retire the question")
        return show(request, "retire", bank, title, {"question": question, "version": version})
    if question.retired_on is None:
        retire_question(question=question, day=request.today, at=request.now, by=request.user)
        messages.success(request, _("The question is not drawn any more. Attempts that hold it keep it."))
    else:
        return_question(question=question, at=request.now, by=request.user)
        messages.success(request, _("The question is drawn again."))
    return redirect("question_banks:bank", bank.slug)


@bank_view
@require_safe
def download(request, bank, file_format):
    """The questions in use as a file; before it a page with what the format leaves out, if there is anything."""
    language = request.GET.get("language", settings.LANGUAGE_CODE)
    if file_format not in formats.FORMATS or language not in dict(settings.WAGTAIL_CONTENT_LANGUAGES):
        raise Http404
    questions = Question.objects.filter(bank=bank).in_use_on(request.today).order_by("pk")
    outgoing = importing.outgoing(questions, Ties(bank, request.today))
    content, left_out = formats.write(file_format, outgoing, language=language, title=bank.slug)
    if left_out and "known" not in request.GET:
        context = {"left_out": left_out, "language": language, "languages": settings.WAGTAIL_CONTENT_LANGUAGES}
        return show(request, "export", bank, _("Export %(format)s") % {"format": file_format}, context)
    file_name = f"{bank.slug}-{language}.{formats.SUFFIXES[file_format]}"
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return HttpResponse(content, content_type=TYPES[file_format], headers=headers)


@bank_view
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request, bank):
    """First what a file would do, line by line; then, if it has no problem, the import of exactly that file."""
    form, plan, carried = UploadForm(request.POST or None, request.FILES or None), None, ""
    if "carried" in request.POST:
        return _apply(request, bank)
    if request.method == "POST" and form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("format", "language")}
        content = form.cleaned_data["file"].read()
        try:
            plan = _planned(request, bank, content, facts)
            carried = signing.dumps([bank.slug, facts, content.decode("latin-1")], salt=SALT, compress=True)
        except formats.FileUnreadable as refusal:
            form.add_error("file", str(refusal))
        if len(carried) > MAX_CARRIED:
            form.add_error("file", _("The file is too large to be looked at here. Send it in parts."))
            plan = None
    context = {"form": form, "plan": plan, "carried": carried}
    context["unit"] = _("Row") if plan and form.cleaned_data["format"] in formats.IN_ROWS else _("Line")
    return show(request, "import", bank, _("Import questions"), context)


def _planned(request, bank, content, facts):
    reading = formats.read(facts["format"], content, language=facts["language"])
    return importing.plan_import(bank, reading, language=facts["language"], day=request.today)


def _apply(request, bank):
    try:
        slug, facts, content = signing.loads(request.POST["carried"], salt=SALT, max_age=3600)
    except signing.BadSignature as error:
        raise Http404 from error
    if slug != bank.slug:
        raise Http404
    reading = formats.read(facts["format"], content.encode("latin-1"), language=facts["language"])
    try:
        plan = import_questions(
            bank=bank,
            reading=reading,
            language=facts["language"],
            day=request.today,
            at=request.now,
            by=request.user,
        )
    except ImportRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("question_banks:import", bank.slug)
    counts = {"created": plan.created, "changed": plan.changed, "unchanged": plan.unchanged}
    messages.success(request, _("Imported: %(created)s new, %(changed)s changed, %(unchanged)s as before.") % counts)
    return redirect("question_banks:bank", bank.slug)

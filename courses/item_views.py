"""How questions fare: the quizzes, the questions of one, and one question in full."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from conduct_codes.citations import Reference, cite
from courses.item_analysis import WHO, ItemStudy, courses_of, days_of_change, items_of
from courses.item_filters import ItemFilter
from courses.item_rules import ENOUGH, Finding
from courses.models import Question
from courses.models.catalogue import latest_versions
from institutions.permissions import role_required


@role_required(*WHO)
@require_http_methods(["GET", "HEAD"])
def item_courses(request):
    """The quizzes whose questions the viewer may look into."""
    courses = courses_of(request.scope).filter(quiz__isnull=False)
    return render(request, "courses/item_courses.html", {"courses": courses})


@role_required(*WHO)
@require_http_methods(["GET", "HEAD"])
def item_list(request, course):
    """The questions of a course, the hardest first, by sector and province, before and after a day."""
    course = get_object_or_404(courses_of(request.scope), slug=course)
    form = ItemFilter(request.GET, scope=request.scope)
    items = items_of(request.scope, course, form.cut)
    references = {item.question.pk: reference_of(item.question) for item in items}
    citations = cite(references.values(), person=request.scope.person, day=request.today)
    context = {
        "course": course,
        "form": form,
        "cut": form.cut,
        "rows": [(item, citations.get(references[item.question.pk])) for item in items],
        "hard": sum(Finding.TOO_HARD in item.findings for item in items),
        "known": sum(item.figures.is_shown for item in items),
        "days": days_of_change(course),
        "enough": ENOUGH,
    }
    return render(request, "courses/item_list.html", context, status=400 if form.errors else 200)


def reference_of(question):
    """What the question is about, for the article to be quoted."""
    return Reference(question.code_id, question.article_key, question.topic)


@role_required(*WHO)
@require_http_methods(["GET", "HEAD"])
def item(request, course, pk):
    """One question: its versions, what was chosen, and how it fares by sector and province."""
    questions = Question.objects.filter(bank__course__in=courses_of(request.scope), bank__course__slug=course)
    question = get_object_or_404(questions.select_related("bank__course", "code"), pk=pk)
    version = latest_versions([question]).first()
    if version is None:
        raise Http404
    study = ItemStudy(request.scope, question)
    reference = reference_of(question)
    context = {
        "course": question.bank.course,
        "question": question,
        "version": version,
        "study": study,
        "versions": [(entry, _offered(entry)) for entry in study.versions],
        "citation": cite([reference], person=request.scope.person, day=request.today).get(reference),
        "enough": ENOUGH,
    }
    return render(request, "courses/item.html", context)


def _offered(entry):
    """(the words of an answer, its figures) in the order of the question."""
    return [(entry.version.option(figures.option_id)["text"], figures) for figures in entry.options]

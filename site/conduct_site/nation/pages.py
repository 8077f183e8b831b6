"""The pages of the demo site: the front page, the codes and the courses, in every language."""

from wagtail.models import Locale, Page, PageLogEntry, Site

from conduct_codes.models import Code, CodeIndexPage, CodePage, Measure, Regime, Topic
from conduct_codes.plain_words import article_sha256
from conduct_site.models import HomePage
from conduct_site.nation import content
from conduct_site.nation.lesson_parts import lesson_body
from courses.actions import open_course_section, write_question
from courses.models import (
    Course,
    CourseIndexPage,
    CoursePage,
    Lesson,
    LessonPage,
    QuestionBank,
    Quiz,
)
from courses.question_types import Content, Type
from institutions.models import Institution, Sector

SUFFIX = {"km": "", "en": "-en"}
DRAW, PASS_PERCENT = 10, 80


# The nation's first editions are 25 months old: here the review is overdue, there the warning has begun.
REVIEW_MONTHS = {"tourism": 24, "media": 27}


def load_reference():
    """Topics, regimes of discipline with their measures, and the code of each sector."""
    Topic.objects.bulk_create(Topic(order=order, **facts) for order, facts in enumerate(content.read("topics.yaml")))
    for facts in content.read("regimes.yaml"):
        regime = Regime.objects.create(**{name: value for name, value in facts.items() if name != "measures"})
        Measure.objects.bulk_create(
            Measure(regime=regime, order=order, **measure) for order, measure in enumerate(facts["measures"])
        )
    sectors = {sector.slug: sector for sector in Sector.objects.all()}
    for slug in content.code_slugs():
        facts = content.code(slug)
        Code.objects.create(
            slug=slug,
            sector=sectors[slug],
            owner=Institution.objects.get(code=facts["owner"]),
            regime=Regime.objects.get(slug=facts["regime"]),
            name=facts["km"]["title"],
            name_latin=facts["en"]["title"],
            review_months=REVIEW_MONTHS.get(slug, 36),
        )


class Pages:
    """Makes pages in pairs: the Khmer one and its English translation share a translation key."""

    def __init__(self, at):
        self.at = at
        self.locales = {language: Locale.objects.get_or_create(language_code=language)[0] for language in ("km", "en")}

    def add(self, model, parents, name, *, title, slug, **facts):
        """The page in each language, live since the moment, below the parent of its language.

        title and every fact that is a dictionary of languages give one value a language.
        """
        pages = {}
        for language, locale in self.locales.items():
            values = {key: _in(value, language) for key, value in facts.items()}
            page = model(
                title=_in(title, language),
                slug=_in(slug, language),
                locale=locale,
                translation_key=content.stable_key("page", name),
                first_published_at=self.at,
                last_published_at=self.at,
                **values,
            )
            parent = parents[language] if isinstance(parents, dict) else parents
            parent.add_child(instance=page)
            PageLogEntry.objects.filter(page=page.pk).update(timestamp=self.at)
            pages[language] = page
        return pages


def _in(value, language):
    return value[language] if isinstance(value, dict) and set(value) == set(content.LANGUAGES) else value


def load_site(at, checked_on):
    """The front pages and the two indexes below each; the demo answers under every host name."""
    pages, words = Pages(at), content.read("home.yaml")
    root = Page.objects.get(depth=1)
    welcome = root.get_children().first()
    # The site keeps its row and changes its root: Wagtail's welcome page cannot go before it has another one.
    home = pages.add(
        HomePage,
        root,
        "home",
        title=_each(words, "title"),
        slug={"km": "front", "en": "front-en"},
        heading=_each(words, "heading"),
        intro=_each(words, "intro"),
        hotlines=hotline_blocks(words, checked_on),
    )
    site = Site.objects.get(is_default_site=True)
    site.root_page, site.site_name = home["km"], words["en"]["title"]
    site.save()
    if welcome:
        Page.objects.get(pk=welcome.pk).delete()
        PageLogEntry.objects.filter(page=welcome.pk).update(timestamp=at)
    home = {language: Page.objects.get(pk=page.pk) for language, page in home.items()}
    codes = pages.add(CodeIndexPage, home, "codes", title=_each(words, "codes"), slug="codes")
    home = {language: Page.objects.get(pk=page.pk) for language, page in home.items()}
    courses = pages.add(CourseIndexPage, home, "courses", title=_each(words, "courses"), slug="courses")
    return codes, courses


def _each(words, name):
    return {language: words[language][name] for language in content.LANGUAGES}


def hotline_blocks(words, checked_on):
    """Whom to call, in each language."""
    return {
        language: [
            ("hotline", {"number": line["number"], "what": line[language], "checked_on": checked_on})
            for line in words["hotlines"]
        ]
        for language in content.LANGUAGES
    }


def add_code_pages(pages, index, code, facts):
    """The pages of a code as it reads in the facts, one a language, with equal article keys."""
    return pages.add(
        CodePage,
        index,
        f"code/{code.slug}",
        title=_each(facts, "title"),
        slug=code.slug,
        code=code,
        preamble=_each(facts, "preamble"),
        articles={language: article_blocks(facts, language) for language in content.LANGUAGES},
        explained={language: explained_by(facts, language) for language in content.LANGUAGES},
        hotlines=hotline_blocks(content.read("home.yaml"), pages.at.date()),
    )


def explained_by(facts, language):
    """Article key → what its plain words were written for, as CodePage.explained keeps it."""
    written = ((article["key"], article[language]) for article in facts["articles"])
    return {key: article_sha256(words["heading"], words["text"]) for key, words in written if words["plain_words"]}


def article_blocks(facts, language):
    """The articles of a code as raw blocks of its page; the block's id is the article's key."""
    return [
        {
            "type": "article",
            "id": article["key"],
            "value": {
                "number": str(article["number"]),
                "kind": article["kind"],
                "topic": article["topic"],
                "competence": article["competence"],
                **article[language],
                "measures": [
                    {"type": "item", "id": _measure_key(article, place), "value": measure}
                    for place, measure in enumerate(article["measures"])
                ],
            },
        }
        for article in facts["articles"]
    ]


def _measure_key(article, place):
    return str(content.stable_key("measure", article["key"], place))


def load_courses(index, at, reviewed_by):
    """Every course with its lessons in both languages, its quiz and its questions, open to its editors."""
    pages = Pages(at)
    for order, slug in enumerate(content.course_slugs()):
        facts = content.course(slug)
        course = Course.objects.create(
            slug=slug,
            sector=Sector.objects.get(slug=facts["sector"]) if facts["sector"] else None,
            order=order,
            name=facts["km"]["title"],
            name_latin=facts["en"]["title"],
            is_ordered=not facts["sector"],
        )
        Quiz.objects.create(course=course, draw=DRAW, pass_percent=PASS_PERCENT, delay_hours=Quiz.Delay.NONE)
        lessons = Lesson.objects.bulk_create(
            Lesson(
                course=course,
                slug=lesson["slug"],
                order=place,
                minutes=lesson["minutes"],
                min_minutes=lesson["minutes"] // 2,
            )
            for place, lesson in enumerate(facts["lessons"], start=1)
        )
        index = {language: Page.objects.get(pk=page.pk) for language, page in index.items()}
        course_pages = pages.add(
            CoursePage,
            index,
            f"course/{slug}",
            title=_each(facts, "title"),
            slug=slug,
            course=course,
            summary=_each(facts, "summary"),
        )
        for lesson, words in zip(lessons, facts["lessons"], strict=True):
            _add_lesson_pages(pages, course_pages, lesson, words)
        _add_questions(course, lessons, facts, at)
        open_course_section(course=course, at=at, reviewed_by=reviewed_by)


def _add_lesson_pages(pages, parents, lesson, words):
    pages.add(
        LessonPage,
        parents,
        f"lesson/{lesson.course.slug}/{lesson.slug}",
        title=_each(words, "title"),
        slug=lesson.slug,
        lesson=lesson,
        body={
            language: lesson_body(lesson.course.slug, lesson.slug, words[language], language)
            for language in content.LANGUAGES
        },
        remember={
            language: [("point", point) for point in words[language]["remember"]] for language in content.LANGUAGES
        },
    )


def _add_questions(course, lessons, facts, at):
    bank = QuestionBank.objects.create(slug=course.slug, course=course)
    code = Code.objects.filter(sector=course.sector).first() if course.sector_id else None
    by_slug = {lesson.slug: lesson for lesson in lessons}
    for question in [*map(_of_one_right_answer, facts["questions"]), *content.further_questions(course.slug)]:
        tied = code and question["article"]
        write_question(
            bank=bank,
            key=content.stable_key("question", question["id"]),
            content=Content(
                **{"details": {}, "feedback": {}, **{name: question[name] for name in PARTS & set(question)}}
            ),
            facts={
                "lesson": by_slug[question["lesson"]],
                "code": code if tied else None,
                "article_key": content.stable_key("article", code.slug, question["article"]) if tied else None,
                "topic": question["topic"],
                "competence": question["competence"],
            },
            at=at,
            by=None,
        )


PARTS = {"type", "stem", "options", "key", "details", "feedback"}


def _of_one_right_answer(question):
    return {**question, "type": Type.SINGLE, "key": [question["answer"]]}

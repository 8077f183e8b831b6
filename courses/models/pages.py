from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager

from courses.lesson_blocks import lesson_body
from courses.models.catalogue import Course, Lesson, Quiz
from courses.models.prerequisites import PrerequisiteCourse


class CourseIndexPage(Page):
    """The open library of courses; every lesson can be read without an account."""

    max_count_per_parent = 1
    subpage_types = ["courses.CoursePage"]
    template = "courses/course_index_page.html"

    def serve(self, request, *args, **kwargs):
        request.public_page = True
        return super().serve(request, *args, **kwargs)

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        pages = CoursePage.objects.child_of(self).live().select_related("course__sector")
        pages = pages.annotate(
            lesson_count=Count("course__lessons", distinct=True), minutes=Sum("course__lessons__minutes")
        )
        context["pages"] = pages.order_by("course__order", "course__slug")
        return context


class CoursePage(Page):
    """The words of a course in one language."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="pages")
    summary = models.TextField(_("summary"), blank=True)

    parent_page_types = ["courses.CourseIndexPage"]
    subpage_types = ["courses.LessonPage"]
    template = "courses/course_page.html"
    is_creatable = False  # the list of courses makes one with its quiz and its bank
    content_panels = [*Page.content_panels, FieldPanel("course", read_only=True), FieldPanel("summary")]

    class Meta:
        verbose_name = _("course page")

    def clean(self):
        super().clean()
        others = CoursePage.objects.filter(course_id=self.course_id, locale_id=self.locale_id).exclude(pk=self.pk)
        if self.course_id and others.exists():
            raise ValidationError({"course": _("This course already has a page in this language.")})

    def serve(self, request, *args, **kwargs):
        request.public_page = True
        return super().serve(request, *args, **kwargs)

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["lesson_pages"] = LessonPage.objects.in_course_page(self)
        context["quiz"] = Quiz.objects.filter(course=self.course_id).first()
        context["asked_first"] = PrerequisiteCourse.objects.in_sets(self.course_id)
        return context


class LessonPageManager(PageManager):
    def in_course_page(self, course_page):
        """The live lessons below a course page, in order, without their text."""
        pages = self.get_queryset().child_of(course_page).live().select_related("lesson", "locale")
        return pages.defer("body", "remember").order_by("lesson__order")


class LessonPage(Page):
    """The words of a lesson in one language: public, cacheable, without progress or contact."""

    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="pages")
    body = StreamField(lesson_body(), blank=True)
    remember = StreamField([("point", blocks.CharBlock(max_length=300))], blank=True)

    objects = LessonPageManager()

    parent_page_types = ["courses.CoursePage"]
    subpage_types = []
    template = "courses/lesson_page.html"
    is_creatable = False  # the list of courses makes one for each lesson and language
    content_panels = [
        *Page.content_panels,
        FieldPanel("lesson", read_only=True),
        FieldPanel("body"),
        FieldPanel("remember"),
    ]

    class Meta:
        verbose_name = _("lesson page")

    def clean(self):
        super().clean()
        others = LessonPage.objects.filter(lesson_id=self.lesson_id, locale_id=self.locale_id).exclude(pk=self.pk)
        if self.lesson_id and others.exists():
            raise ValidationError({"lesson": _("This lesson already has a page in this language.")})

    @property
    def preview_modes(self):
        from courses.previews import MODES

        return MODES

    @property
    def preview_sizes(self):
        from courses.previews import SIZES

        return SIZES

    def serve_preview(self, request, mode_name):
        """The draft as everybody reads it, or as somebody who takes the course."""
        from courses.previews import OFFICER, as_officer

        return as_officer(self, request) if mode_name == OFFICER else super().serve_preview(request, mode_name)

    @property
    def holds_more_than_text(self):
        """True if the page needs the style sheet of lesson parts."""
        return any(block["type"] != "text" for block in self.body.raw_data)

    def parts(self, *, person, day):
        """The blocks as the templates read them; a scenario quotes the code of the person, if there is one."""
        from courses.lesson_parts import parts_of

        return parts_of(self, person=person, day=day)

    def serve(self, request, *args, **kwargs):
        request.public_page = True
        return super().serve(request, *args, **kwargs)

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        course_page = self.get_parent()
        siblings = list(LessonPage.objects.in_course_page(course_page))
        place = next((index for index, page in enumerate(siblings) if page.pk == self.pk), None)
        context["course_page"] = course_page
        context["parts"] = self.parts(person=None, day=getattr(request, "today", None) or timezone.localdate())
        if place is None:  # a draft in preview stands nowhere yet
            return {**context, "number": 1, "total": 1}
        self.lesson, self.locale = siblings[place].lesson, siblings[place].locale
        context["number"], context["total"] = place + 1, len(siblings)
        context["previous_page"] = siblings[place - 1] if place else None
        context["next_page"] = siblings[place + 1] if place + 1 < len(siblings) else None
        return context

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from courses.models.catalogue import Course, Lesson

RICH_TEXT = ["h2", "h3", "bold", "ul", "ol", "blockquote"]


class CourseIndexPage(Page):
    """The open library of courses; every lesson can be read without an account."""

    max_count_per_parent = 1
    subpage_types = ["courses.CoursePage"]
    template = "courses/course_index_page.html"

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        pages = CoursePage.objects.child_of(self).live().select_related("course__sector")
        context["pages"] = pages.order_by("course__order", "course__slug")
        return context


class CoursePage(Page):
    """The words of a course in one language."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="pages")
    summary = models.TextField(_("summary"), blank=True)

    parent_page_types = ["courses.CourseIndexPage"]
    subpage_types = ["courses.LessonPage"]
    template = "courses/course_page.html"
    content_panels = [*Page.content_panels, FieldPanel("course"), FieldPanel("summary")]

    class Meta:
        verbose_name = _("course page")

    def clean(self):
        super().clean()
        others = CoursePage.objects.filter(course_id=self.course_id, locale_id=self.locale_id).exclude(pk=self.pk)
        if self.course_id and others.exists():
            raise ValidationError({"course": _("This course already has a page in this language.")})

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        pages = LessonPage.objects.child_of(self).live().select_related("lesson")
        context["lesson_pages"] = pages.order_by("lesson__order")
        return context


class LessonPage(Page):
    """The words of a lesson in one language: public, cacheable, without progress or contact."""

    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="pages")
    body = StreamField([("text", blocks.RichTextBlock(features=RICH_TEXT))], blank=True)
    remember = StreamField([("point", blocks.CharBlock(max_length=300))], blank=True)

    parent_page_types = ["courses.CoursePage"]
    subpage_types = []
    template = "courses/lesson_page.html"
    content_panels = [*Page.content_panels, FieldPanel("lesson"), FieldPanel("body"), FieldPanel("remember")]

    class Meta:
        verbose_name = _("lesson page")

    def clean(self):
        super().clean()
        others = LessonPage.objects.filter(lesson_id=self.lesson_id, locale_id=self.locale_id).exclude(pk=self.pk)
        if self.lesson_id and others.exists():
            raise ValidationError({"lesson": _("This lesson already has a page in this language.")})

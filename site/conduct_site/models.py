from django.db import models
from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from conduct_codes.models import CodePage, Edition, Repeal
from conduct_codes.models.pages import HotlineBlock


class HomePage(Page):
    """The front door: which codes there are, checking a certificate, whom to call."""

    heading = models.CharField(_("heading"), max_length=160)
    intro = RichTextField(_("introduction"), blank=True, features=["bold", "link"])
    hotlines = StreamField([("hotline", HotlineBlock())], verbose_name=_("hotlines"), blank=True)

    max_count_per_parent = 1
    template = "conduct_site/home_page.html"
    content_panels = [
        *Page.content_panels,
        FieldPanel("heading"),
        FieldPanel("intro"),
        FieldPanel("hotlines"),
    ]

    class Meta:
        verbose_name = _("home page")

    def serve(self, request, *args, **kwargs):
        request.public_page = True
        return super().serve(request, *args, **kwargs)

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["tiles"] = self.tiles(request.today)
        context["checked_on"] = min((line.value["checked_on"] for line in self.hotlines), default=None)
        return context

    def tiles(self, day) -> list[dict]:
        """One tile a code in this page's language, with its edition in force on the day, in three queries."""
        pages = CodePage.objects.live().filter(locale=self.locale).select_related("code__sector", "code__owner")
        editions = {
            edition.code_id: edition
            for edition in Edition.objects.in_force_on(day).annotate(article_count=Count("articles"))
        }
        repeals = Repeal.objects.standing_on(day).select_related("edition").order_by("edition__number")
        repealed = {repeal.edition.code_id: repeal for repeal in repeals}
        return [
            {"page": page, "edition": editions.get(page.code_id), "repeal": repealed.get(page.code_id)}
            for page in pages.order_by("code__sector__order")
        ]


class DemoMark(models.Model):
    """Says that the demo filled this database, so that the demo may begin it anew. One row at most."""

    people = models.PositiveIntegerField()
    seed = models.IntegerField()
    loaded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="demo_mark_is_one_row")]

    def __str__(self):
        return f"demo of {self.people}"

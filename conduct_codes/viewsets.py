"""The reference lists of codes in the Wagtail admin: words for everybody, no personal record."""

from django.db.models import ProtectedError
from django.shortcuts import redirect
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.admin.views.generic import DeleteView
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet

from conduct_codes.models import Regime, Topic

NAMES = FieldRowPanel([FieldPanel("name"), FieldPanel("name_latin")])


class UnusedOnlyDeleteView(DeleteView):
    """Deletes an entry unless something rests on it; then it says so."""

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except ProtectedError:
            messages.error(self.request, say("This entry is used and cannot be deleted."))
            return redirect(self.index_url_name)


class TopicViewSet(ModelViewSet):
    """What articles are about."""

    model = Topic
    icon = "tag"
    menu_label = _("Topics")
    list_display = ["slug", "name", "name_latin", "order"]
    inspect_view_enabled = True
    copy_view_enabled = False
    panels = [FieldPanel("slug"), NAMES, FieldPanel("order")]


class RegimeViewSet(ModelViewSet):
    """Disciplinary regimes with their measures. An edition keeps the values it was adopted with."""

    model = Regime
    icon = "list-ol"
    delete_view_class = UnusedOnlyDeleteView
    menu_label = _("Disciplinary regimes")
    list_display = ["slug", "name", "name_latin"]
    inspect_view_enabled = True
    copy_view_enabled = False
    panels = [
        FieldPanel("slug"),
        NAMES,
        FieldPanel("note"),
        FieldPanel("note_latin"),
        InlinePanel(
            "measures",
            label=_("Measure"),
            panels=[
                FieldPanel("slug"),
                NAMES,
                FieldRowPanel([FieldPanel("order"), FieldPanel("degree")]),
                FieldRowPanel([FieldPanel("authority"), FieldPanel("authority_latin")]),
                FieldPanel("council_needed"),
                FieldRowPanel([FieldPanel("procedure"), FieldPanel("procedure_latin")]),
                FieldRowPanel([FieldPanel("decide_within_days"), FieldPanel("appeal_days")]),
                FieldRowPanel([FieldPanel("appeal_to"), FieldPanel("appeal_to_latin")]),
                FieldPanel("expunged_after_months"),
                FieldPanel("certificate_effect"),
            ],
        ),
    ]


class ReferenceLists(ViewSetGroup):
    """One entry of the menu for both lists."""

    menu_label = _("Reference lists")
    menu_icon = "list-ul"
    items = (TopicViewSet("topics"), RegimeViewSet("regimes"))

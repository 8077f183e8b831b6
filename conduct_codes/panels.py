"""What the editor of a code page shows beside its fields."""

from wagtail.admin.panels import Panel


class ReviewPanel(Panel):
    """What the text lacks, article by article, where it is in review, and why it was returned."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "conduct_codes/admin/review_panel.html"

        def get_context_data(self, parent_context=None):
            from conduct_codes.plain_words import outdated
            from conduct_codes.reviews import standing_in_editor

            context = super().get_context_data(parent_context)
            context["outdated"] = outdated(self.instance)
            context.update(standing_in_editor(self.instance, self.request.user))
            return context

        def is_shown(self):
            return bool(self.instance.pk)

"""What editors and reviewers are told on the first page of the Wagtail admin."""

from wagtail.admin.ui.components import Component

from conduct_codes.models import Code
from conduct_codes.register import reviews_due
from institutions.models import Role


class ReviewsDuePanel(Component):
    """The codes of the viewer's ministries whose review is due or overdue; nothing where none is."""

    order = 50
    template_name = "conduct_codes/admin/reviews_due.html"

    def __init__(self, request):
        codes = Code.objects.owned_under(request.scope, Role.Kind.EDITOR, Role.Kind.ADOPTER)
        self.reviews_due = reviews_due(codes, request.today)

    def get_context_data(self, parent_context=None):
        return {"reviews_due": self.reviews_due}

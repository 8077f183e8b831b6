"""The limits of quizzes in the Wagtail admin: an editor sets those of the own section, and reads what they mean."""

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, Panel
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy

from courses.models import Quiz
from courses.quiz_words import limits_in_words
from institutions.models import Role
from institutions.scope import Scope


class SectionPolicy(ModelPermissionPolicy):
    """Editors change the quizzes of their own section, the platform owner every one; nobody adds or deletes one here.

    Wagtail asks for rights on the whole model; the views below ask again for each row.
    """

    def user_has_permission(self, user, action):
        if action not in ("change", "view") or not user.is_active:
            return False
        return user.is_superuser or _scope_of(user).has(Role.Kind.EDITOR)

    def user_has_any_permission(self, user, actions):
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user, action, instance):
        allowed = self.user_has_permission(user, action)
        return allowed and editable_quizzes(user).filter(pk=instance.pk).exists()

    def user_has_any_permission_for_instance(self, user, actions, instance):
        return any(self.user_has_permission_for_instance(user, action, instance) for action in actions)

    def instances_user_has_any_permission_for(self, user, actions):
        return editable_quizzes(user) if self.user_has_any_permission(user, actions) else self.model.objects.none()


def _scope_of(user):
    return Scope.for_user(user, timezone.localdate())


def editable_quizzes(user):
    """The quizzes whose course belongs to a sector with a code that the user edits; all of them for the owner."""
    if user.is_superuser:
        return Quiz.objects.all()
    editors = _scope_of(user).acting_as(Role.Kind.EDITOR)
    return Quiz.objects.filter(editors.names_condition("course__sector__code__owner__path"))


class InSection:
    """A view of one quiz: one of another section is not there."""

    def get_object(self, *args, **kwargs):
        quiz = super().get_object(*args, **kwargs)
        if not editable_quizzes(self.request.user).filter(pk=quiz.pk).exists():
            raise Http404
        return quiz


class QuizIndexView(generic.IndexView):
    def get_base_queryset(self):
        return editable_quizzes(self.request.user).select_related("course")


class QuizEditView(InSection, generic.EditView):
    pass


class QuizDeleteView(generic.DeleteView):
    """Not there, for nobody: attempts rest on a quiz."""

    def get_object(self, *args, **kwargs):
        raise Http404


class QuizInspectView(InSection, generic.InspectView):
    pass


class QuizHistoryView(InSection, generic.HistoryView):
    pass


class QuizUsageView(InSection, generic.UsageView):
    pass


class WordsPanel(Panel):
    """What the saved limits mean, in the sentences that an officer reads before the first question."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "courses/admin/quiz_words.html"

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            return context | {"in_words": limits_in_words(self.instance.limits), "quiz": self.instance}


class QuizViewSet(ModelViewSet):
    """How many questions, how often, how soon and how long."""

    model = Quiz
    icon = "help"
    menu_label = _("Quizzes")
    menu_order = 300
    add_to_admin_menu = True
    copy_view_enabled = False
    inspect_view_enabled = True
    index_view_class = QuizIndexView
    edit_view_class = QuizEditView
    delete_view_class = QuizDeleteView
    inspect_view_class = QuizInspectView
    history_view_class = QuizHistoryView
    usage_view_class = QuizUsageView
    list_display = ["course", "draw", "pass_percent", "attempts_allowed", "get_delay_hours_display", "minutes_allowed"]
    list_filter = []
    panels = [
        WordsPanel(heading=_("What an officer reads now")),
        FieldRowPanel([FieldPanel("draw"), FieldPanel("pass_percent")]),
        MultiFieldPanel(
            [FieldPanel("attempts_allowed"), FieldPanel("delay_hours"), FieldPanel("delay_grows")],
            heading=_("Tries"),
        ),
        FieldPanel("minutes_allowed", heading=_("Time limit in minutes")),
    ]

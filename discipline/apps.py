from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "discipline.open": _("Case opened"),
    "discipline.view": _("Case seen"),
    "discipline.stage": _("Step of a case recorded"),
    "discipline.refer": _("Case referred to police or prosecutor"),
    "discipline.effect": _("Decision applied to a certificate"),
}


class DisciplineConfig(AppConfig):
    name = "discipline"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Discipline")

    def ready(self):
        from discipline import models, signal_handlers
        from institutions import audit, frozen

        for model in (models.Case, models.Stage, models.Decision, models.Referral):
            frozen.register(model)
        signal_handlers.connect()
        audit.name_verbs(VERBS)
        signal_handlers.connect()

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DisciplineConfig(AppConfig):
    name = "discipline"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Discipline")

    def ready(self):
        from discipline import models
        from institutions import frozen

        for model in (models.Case, models.Stage, models.Decision, models.Referral):
            frozen.register(model)

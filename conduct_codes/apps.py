from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConductCodesConfig(AppConfig):
    name = "conduct_codes"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Codes of conduct")

    def ready(self):
        from conduct_codes import models, signal_handlers, tasks
        from institutions import frozen

        for model in (models.Edition, models.EditionText, models.Article, models.ArticleMeasure, models.SignOff):
            frozen.register(model)
        signal_handlers.connect()
        tasks.register()

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class InstitutionsConfig(AppConfig):
    name = "institutions"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Institutions")

    def ready(self):
        from institutions import frozen, models

        frozen.register(models.AuditEntry)
        frozen.register(models.CorrectionAnswer)
        post_migrate.connect(frozen.install_after_migrate, dispatch_uid="institutions.frozen")

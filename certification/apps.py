from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificationConfig(AppConfig):
    name = "certification"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Certification")

    def ready(self):
        from certification import models, signal_handlers, tasks
        from institutions import frozen

        frozen.register(models.Certificate)
        frozen.register(models.CertificateEvent)
        signal_handlers.connect()
        tasks.register()

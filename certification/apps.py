from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "certification.issue": _("Certificate issued"),
    "certification.suspended": _("Certificate suspended"),
    "certification.reinstated": _("Certificate reinstated"),
    "certification.revoked": _("Certificate revoked"),
    "certification.move_due": _("Due day moved for one person"),
    "certification.exempt": _("Person exempted"),
    "certification.view_person": _("Page of a person seen"),
}


class CertificationConfig(AppConfig):
    name = "certification"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Certification")

    def ready(self):
        from certification import models, register_checks, signal_handlers, tasks
        from institutions import audit, frozen, readiness

        frozen.register(models.Certificate)
        frozen.register(models.CertificateEvent)
        signal_handlers.connect()
        tasks.register()
        audit.name_verbs(VERBS)
        readiness.register(*register_checks.CHECKS)

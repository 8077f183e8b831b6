from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "exports.roster": _("Roster made"),
    "exports.coverage": _("Coverage figures made"),
    "exports.signatures": _("Figures of signatures made"),
    "exports.download": _("File downloaded"),
}


class ExportsConfig(AppConfig):
    name = "exports"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Exports")

    def ready(self):
        from exports import tasks
        from institutions import audit

        tasks.register()
        audit.name_verbs(VERBS)

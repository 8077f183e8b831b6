from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "exports.roster": _("Roster made"),
    "exports.coverage": _("Coverage figures made"),
    "exports.signatures": _("Figures of signatures made"),
    "exports.download": _("File downloaded"),
    "exports.api_people": _("List of people read by another system"),
    "exports.api_status": _("Status of a person read by another system"),
    "exports.api_certificates": _("Certificates read by another system"),
    "exports.api_coverage": _("Coverage figures read by another system"),
    "exports.make_webhook": _("Messages to another system begun"),
    "exports.choose_events": _("What another system is told changed"),
    "exports.renew_secret": _("New secret for messages to another system"),
    "exports.pause_webhook": _("Messages to another system paused"),
    "exports.webhook_paused_itself": _("Messages to another system paused: nothing got through"),
    "exports.resume_webhook": _("Messages to another system go on"),
    "exports.remove_webhook": _("Messages to another system ended"),
    "exports.test_webhook": _("Test sent to another system"),
    "exports.send_again": _("Messages to another system sent again"),
}


class ExportsConfig(AppConfig):
    name = "exports"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Exports")

    def ready(self):
        from exports import signal_handlers, tasks, tree_handlers, webhook_tasks
        from institutions import audit

        tasks.register()
        webhook_tasks.register()
        signal_handlers.connect()
        tree_handlers.connect()
        audit.name_verbs(VERBS)

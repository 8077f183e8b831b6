from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

VERBS = {
    "institutions.add_person": _("Person entered into the register"),
    "institutions.open_post": _("Post begun"),
    "institutions.end_post": _("Post ended"),
    "institutions.designate": _("Duty given to a person"),
    "institutions.open_account": _("Account opened"),
    "institutions.grant_role": _("Role granted"),
    "institutions.end_role": _("Role ended"),
    "institutions.request_correction": _("Mistake in the register reported"),
    "institutions.answer_correction": _("Report of a mistake answered"),
    "institutions.import_tree": _("Areas, positions and institutions loaded from a file"),
    "institutions.appoint_owner": _("First administrator appointed"),
    "institutions.close": _("Institution closed"),
    "institutions.move": _("Institution moved"),
    "institutions.merge": _("Institution merged with another"),
}


class InstitutionsConfig(AppConfig):
    name = "institutions"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Institutions")

    def ready(self):
        from institutions import audit, frozen, models, readiness, register_checks

        frozen.register(models.AuditEntry)
        frozen.register(models.CorrectionAnswer)
        frozen.register(models.TreeChange)
        post_migrate.connect(frozen.install_after_migrate, dispatch_uid="institutions.frozen")
        audit.name_verbs(VERBS)
        readiness.register(*register_checks.CHECKS)

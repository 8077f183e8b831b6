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
    "institutions.merge_people": _("Two rows of one person merged"),
    "institutions.undo_merge": _("Merge of two rows undone"),
    "institutions.not_one_human": _("Two rows kept apart: two persons"),
}


class InstitutionsConfig(AppConfig):
    name = "institutions"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Institutions")

    def ready(self):
        from institutions import audit, frozen, models

        frozen.register(models.AuditEntry)
        frozen.register(models.CorrectionAnswer)
        frozen.register(models.PersonMerge)
        frozen.register(models.NotOneHuman)
        post_migrate.connect(frozen.install_after_migrate, dispatch_uid="institutions.frozen")
        audit.name_verbs(VERBS)

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

VERBS = {
    "institutions.add_person": _("Person entered into the register"),
    "institutions.open_post": _("Post begun"),
    "institutions.end_post": _("Post ended"),
    "institutions.end_reason": _("Why a post ended set or corrected"),
    "institutions.export_duties": _("Institutions without a designated person written to a workbook"),
    "institutions.designate": _("Duty given to a person"),
    "institutions.end_duty": _("Duty ended"),
    "institutions.open_account": _("Account opened"),
    "institutions.close_account": _("Account closed"),
    "institutions.reopen_account": _("Account opened again"),
    "institutions.issue_activation": _("Slip for access issued"),
    "institutions.revoke_activation": _("Slip for access taken back"),
    "institutions.use_activation": _("Password set with a slip"),
    "institutions.end_sessions": _("Other devices logged out"),
    "institutions.link_login": _("Login from a ministry's provider used for the first time"),
    "institutions.refuse_login": _("Login from a ministry's provider refused"),
    "institutions.end_login_links": _("Logins from a ministry's provider forgotten"),
    "institutions.grant_role": _("Role granted"),
    "institutions.end_role": _("Role ended"),
    "institutions.view_account": _("Account looked at by the platform owner"),
    "institutions.request_correction": _("Mistake in the register reported"),
    "institutions.answer_correction": _("Report of a mistake answered"),
    "institutions.change_person": _("Person's data corrected"),
    "institutions.change_post": _("Post corrected"),
    "institutions.receive_import": _("Workbook of people received"),
    "institutions.apply_import": _("Workbook of people applied to the register"),
    "institutions.discard_import": _("Preview of an import discarded"),
    "institutions.undo_import": _("Import of people undone"),
    "institutions.export_people": _("People and posts written to a workbook"),
    "institutions.ask_for_transfer": _("Somebody registered elsewhere asked for"),
    "institutions.answer_transfer": _("Request for a person answered"),
    "institutions.import_tree": _("Areas, positions and institutions loaded from a file"),
    "institutions.appoint_owner": _("First administrator appointed"),
    "institutions.close": _("Institution closed"),
    "institutions.move": _("Institution moved"),
    "institutions.merge": _("Institution merged with another"),
    "institutions.merge_people": _("Two rows of one person merged"),
    "institutions.undo_merge": _("Merge of two rows undone"),
    "institutions.not_one_human": _("Two rows kept apart: two persons"),
    "institutions.create_client": _("Access given to another system"),
    "institutions.renew_client": _("New token for another system"),
    "institutions.resume_request": _("Request of another system resumed"),
    "institutions.stop_request": _("Request of another system stopped"),
    "institutions.revoke_client": _("Access of another system taken back"),
}


class InstitutionsConfig(AppConfig):
    name = "institutions"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Institutions")

    def ready(self):
        from institutions import audit, endings, frozen, models, readiness, register_checks, session_signals, tasks

        frozen.register(models.AuditEntry)
        frozen.register(models.CorrectionAnswer)
        frozen.register(models.TreeChange)
        frozen.register(models.Activation, allow_update_of=["used_at", "revoked_at"])
        frozen.register(models.PersonMerge)
        frozen.register(models.NotOneHuman)
        post_migrate.connect(frozen.install_after_migrate, dispatch_uid="institutions.frozen")
        audit.name_verbs(VERBS)
        tasks.register()
        endings.connect()
        session_signals.connect()
        readiness.register(*register_checks.CHECKS)

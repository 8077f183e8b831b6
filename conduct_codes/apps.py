from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "conduct_codes.open_section": _("Pages of a code opened to its editors"),
    "conduct_codes.approve_text": _("Text of a code approved in review"),
    "conduct_codes.return_text": _("Text of a code returned to its authors"),
    "conduct_codes.adopt": _("Edition adopted"),
    "conduct_codes.repeal": _("Code repealed"),
    "conduct_codes.sign": _("Code signed"),
    "conduct_codes.ask_to_read_again": _("Asked to read a code again"),
    "conduct_codes.refuse": _("Signature refused"),
    "conduct_codes.record_paper": _("Sheet with signatures on paper recorded"),
    "conduct_codes.open_scan": _("Scan of a sheet with signatures opened"),
    "conduct_codes.confirm_paper": _("Signature on paper confirmed"),
    "conduct_codes.reject_paper": _("Signature on paper rejected"),
    "conduct_codes.print_paper": _("Sheet for signatures on paper made for printing"),
    "conduct_codes.open_kiosk": _("Shared device opened for signatures"),
    "conduct_codes.close_kiosk": _("Shared device closed"),
    "conduct_codes.issue_pin": _("Personal code issued"),
    "conduct_codes.lock_pin": _("Personal code locked after five wrong tries"),
    "conduct_codes.name_in_message": _("Names of those who have not signed put into a message"),
    "conduct_codes.print_unsigned": _("List of those who have not signed made for printing"),
}


class ConductCodesConfig(AppConfig):
    name = "conduct_codes"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Codes of conduct")

    def ready(self):
        from conduct_codes import models, register_checks, review_guards, signal_handlers, tasks
        from institutions import audit, frozen, readiness

        for model in (
            models.Edition,
            models.EditionText,
            models.EditionAct,
            models.Article,
            models.ArticleMeasure,
            models.SignOff,
            models.Refusal,
            models.Repeal,
            models.PaperSheet,
            models.PaperDecision,
        ):
            frozen.register(model)
        frozen.register(models.PaperClaim, ["waiting"])
        frozen.register(models.Kiosk, ["closed_at", "closed_by"])
        frozen.register(models.SigningPin, ["revoked_at", "wrong_tries"])
        frozen.register(models.ReviewDecision)
        signal_handlers.connect()
        review_guards.connect()
        tasks.register()
        audit.name_verbs(VERBS)
        readiness.register(*register_checks.CHECKS)

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConductSiteConfig(AppConfig):
    name = "conduct_site"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Site")

    def ready(self):
        from conduct_site import (
            register_checks,
            second_step,  # noqa: F401 its checks
        )
        from institutions import readiness

        readiness.register(*register_checks.CHECKS)

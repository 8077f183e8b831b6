from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConductSiteConfig(AppConfig):
    name = "conduct_site"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Site")

    def ready(self):
        from allauth.socialaccount.providers import registry

        from conduct_site import (
            register_checks,
            second_step,  # noqa: F401 its checks
        )
        from conduct_site.providers import checks  # noqa: F401
        from conduct_site.providers.configured import labels
        from conduct_site.providers.protocol import MinistryProvider
        from institutions import login_links, readiness

        registry.register(MinistryProvider)
        login_links.name_providers(labels)
        readiness.register(*register_checks.CHECKS)

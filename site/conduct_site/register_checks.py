"""What the settings of the site still need on the first day."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from institutions.readiness import Answer, Check, Missing

# Each process would count for itself there, so nobody would ever be stopped.
NOT_SHARED = ("locmem", "dummy")


def site_settings(day):
    """The settings with which the site may serve a country."""
    backend = settings.CACHES["default"]["BACKEND"]
    wrong = [
        (settings.CONDUCT_DEMO, _("The demonstration is on: its accounts have known passwords.")),
        (settings.DEBUG, _("Debugging is on: errors show what nobody should see.")),
        (any(name in backend for name in NOT_SHARED), _("The cache is not shared, so rate limits do not hold.")),
        (settings.TIME_ZONE == "UTC", _("The time zone is not that of the country, so days begin at the wrong hour.")),
        (
            not settings.WAGTAILADMIN_BASE_URL.startswith("https://"),
            _("The address of the site does not begin with https."),
        ),
    ]
    found = [Missing(str(words)) for is_wrong, words in wrong if is_wrong]
    return Answer(
        title=_("Settings"),
        wanting=len(found),
        what_to_do=_("Mend them in the settings of the server, then start the site anew."),
        examples=found,
        command="manage.py check --deploy",
    )


CHECKS = (Check("site.settings", 90, site_settings),)

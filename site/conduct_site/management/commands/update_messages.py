from django.core.management.base import BaseCommand

from conduct_site.messages import APPS, catalogue_path, updated_catalogue


class Command(BaseCommand):
    """Brings the Khmer catalogues up to the texts of today, app by app, and compiles them."""

    help = __doc__
    requires_system_checks = ()

    def handle(self, **options) -> None:
        for app in APPS:
            catalogue, path = updated_catalogue(app), catalogue_path(app)
            missing = len(catalogue.untranslated_entries()) + len(catalogue.fuzzy_entries())
            if not len(catalogue):
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            catalogue.save(str(path))
            catalogue.save_as_mofile(str(path.with_suffix(".mo")))
            self.stdout.write(f"{app}: {len(catalogue)} texts, {missing} to translate")

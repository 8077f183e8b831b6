from certification.filters import everybody_on
from exports.actions import write_roster
from exports.management.export_command import ExportCommand


class Command(ExportCommand):
    help = "Writes the roster of an institution and of everything below it to a workbook"

    def write(self, *, to, institution, scope, on, at, language):
        return write_roster(to=to, scope=scope, chosen=everybody_on(on), at=at, by=None, language=language)

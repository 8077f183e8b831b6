from exports.actions import write_coverage
from exports.management.export_command import ExportCommand


class Command(ExportCommand):
    help = "Writes the coverage figures of an institution to a workbook, one sheet for each cut"

    def write(self, *, to, institution, scope, on, at, language):
        return write_coverage(to=to, scope=scope, institution=institution, on=on, at=at, by=None, language=language)

"""What a piece of work leaves in the database, as plain values that two ways of doing it can be compared by."""

import re

from django.apps import apps
from django.db import transaction

APPS = ("institutions", "conduct_codes", "courses", "certification")
RANDOM = {"verification_code", "receipt", "password"}
SUBJECTS = {"person": "institutions.Person", "user": "institutions.User"}
SERIAL_NUMBER = re.compile(r"-\d{7}$")


class _Undo(Exception):
    pass


def rows_made(work):
    """The rows that work() adds or changes in the house's tables, without keys and secrets; then it is undone.

    A key of a row that was there before is shown as it is, a key of a new row as that row's own values.
    """
    before = _everything()
    try:
        with transaction.atomic():
            work()
            found = _Dump(before).rows()
            raise _Undo
    except _Undo:
        return found


def _models():
    return [model for app in APPS for model in apps.get_app_config(app).get_models() if not model._meta.proxy]


def _everything():
    return {model: {row["pk"]: row for row in _values(model)} for model in _models()}


def _values(model):
    names = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    return model._base_manager.values("pk", *names)


class _Dump:
    def __init__(self, before):
        self.before, self.now = before, _everything()

    def rows(self):
        made = {}
        for model, rows in self.now.items():
            changed = [row for key, row in rows.items() if row != self.before[model].get(key)]
            if changed:
                made[model._meta.label] = sorted((self._facts(model, row) for row in changed), key=repr)
        return made

    def _facts(self, model, row):
        facts = {} if row["pk"] not in self.before[model] else {"pk": row["pk"]}
        for field in model._meta.concrete_fields:
            if field.primary_key or field.name in RANDOM:
                continue
            value = row[field.attname]
            if field.is_relation and value is not None:
                value = self._reference(field.related_model, value)
            facts[field.name] = self._neutral(model, field.name, value)
        return facts

    def _reference(self, model, key):
        if model not in self.now or key in self.before[model]:
            return key
        return self._facts(model, self.now[model][key])

    def _neutral(self, model, name, value):
        """Values that hold the key of a new row, with the row in its place."""
        if name == "serial":
            return SERIAL_NUMBER.sub("", value)
        if name == "subject" and model._meta.label == "institutions.AuditEntry":
            kind, _colon, key = value.partition(":")
            if kind in SUBJECTS:
                return kind, self._reference(apps.get_model(SUBJECTS[kind]), int(key))
            return SERIAL_NUMBER.sub("", value)
        if name == "facts" and "attempt" in value:
            return {**value, "attempt": self._reference(apps.get_model("courses.Attempt"), value["attempt"])}
        return value

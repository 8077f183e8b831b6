"""The interface for other systems explained to the people who program them, from its own description."""

import json
from dataclasses import dataclass, field

from django.shortcuts import render
from django.urls import reverse

from conduct_site.api import api
from institutions.client_auth import LIMITS
from institutions.imports.pushing import AT_ONCE, MOST_BYTES, MOST_ROWS

MEBIBYTE = 1024 * 1024
SAMPLES = {"Idempotency-Key": "2026-11-30-1"}
SAMPLE_NUMBER = "12"


@dataclass
class Field:
    """A value that is sent or answered."""

    name: str
    title: str = ""
    note: str = ""
    codes: tuple = ()
    """What may stand there, where that is a few words."""
    where: str = ""
    is_required: bool = False


@dataclass
class Operation:
    """One thing that a program can ask, as the page shows it."""

    method: str
    path: str
    summary: str
    description: str
    curl: str
    takes: list = field(default_factory=list)
    answers: list = field(default_factory=list)


def api_pages(request):
    """Every operation with an example that can be typed; the same for everybody, and any cache may keep it."""
    request.public_page = True
    schema = api.get_openapi_schema()
    host = request.build_absolute_uri("/").rstrip("/")
    context = {
        "operations": list(_operations(schema, host)),
        "schema_address": host + reverse("api:openapi-json"),
        "limits": {
            "rows": MOST_ROWS,
            "at_once": AT_ONCE,
            "megabytes": MOST_BYTES // MEBIBYTE,
            "minute": int(LIMITS["client"].split("/")[0]),
        },
    }
    return render(request, "conduct_site/api_pages.html", context)


def _operations(schema, host):
    for path, methods in schema["paths"].items():
        for method, facts in methods.items():
            body = facts.get("requestBody", {}).get("content", {}).get("application/json", {})
            parameters = facts.get("parameters", [])
            yield Operation(
                method=method.upper(),
                path=path,
                summary=str(facts["summary"]),
                description=str(facts.get("description", "")),
                curl=_curl(method.upper(), host + path, parameters, body),
                takes=[*_parameters(parameters), *_fields(schema, body.get("schema", {}))],
                answers=_fields(schema, _answer(facts)),
            )


def _answer(facts):
    contents = facts["responses"].get("200", facts["responses"].get(200, {})).get("content", {})
    return contents.get("application/json", {}).get("schema", {})


def _parameters(parameters):
    for each in parameters:
        note = str(each.get("description") or each["schema"].get("description", ""))
        yield Field(each["name"], note=note, where=each["in"], is_required=bool(each.get("required")))


def _fields(schema, found):
    """The fields of an object, or of the objects of a list."""
    found = _resolved(schema, found)
    found = _resolved(schema, found.get("items", found))
    required = found.get("required", ())
    fields = []
    for name, facts in found.get("properties", {}).items():
        # A title without a description is made up by the framework from the name.
        title = str(facts["title"]) if "description" in facts else ""
        codes = tuple(filter(None, facts.get("enum", ())))
        note = str(facts.get("description", ""))
        fields.append(Field(name, title, note, codes, is_required=name in required))
    return fields


def _resolved(schema, found):
    if "$ref" not in found:
        return found
    return schema["components"]["schemas"][found["$ref"].rpartition("/")[2]]


def _curl(method, address, parameters, body):
    """One line for a shell; the token stands in a variable, so that it is not kept with what was typed."""
    for each in parameters:
        if each["in"] == "path":
            address = address.replace(f"{{{each['name']}}}", SAMPLE_NUMBER)
    parts = ["curl"] + (["-X", method] if method not in ("GET", "POST") else [])
    parts += ["-H", '"Authorization: Bearer $TOKEN"']
    for each in parameters:
        if each["in"] == "header":
            name = each["name"]
            parts += ["-H", f'"{name}: {SAMPLES.get(name, "…")}"']
    if body:
        sample = json.dumps(body.get("example", {}), ensure_ascii=False)
        parts += ["-H", '"Content-Type: application/json"', "--data", f"'{sample}'"]
    return " ".join([*parts, address])

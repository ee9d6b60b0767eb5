"""The API described as a page: every route with its fields, from the OpenAPI description that programs read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gendan.config.api import api
from gendan.kernel.http import actor_of

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a body, or one parameter of an address."""

    name: str
    kind: str
    required: bool
    place: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one address."""

    method: str
    path: str
    summary: str
    fields: list[Field]


@require_GET
def api_page(request: HttpRequest) -> HttpResponse:
    """Show the routes by group to anybody who is signed in."""
    return render(request, "web/api.html", {"actor": actor_of(request), "groups": groups()})


@cache
def groups() -> dict[str, list[Route]]:
    """The routes of each tag, in the order of the description."""
    described: Schema = api.get_openapi_schema()
    models: Schema = described["components"]["schemas"]
    found: dict[str, list[Route]] = {}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            route = Route(method.upper(), path, operation.get("summary", ""), _fields(operation, models))
            found.setdefault(operation.get("tags", ["other"])[0], []).append(route)
    return found


def _fields(operation: Schema, models: Schema) -> list[Field]:
    asked = [
        Field(p["name"], _kind(p["schema"]), p.get("required", False), p["in"])
        for p in operation.get("parameters", [])
        if p["in"] == "query"
    ]
    content = operation.get("requestBody", {}).get("content", {})
    return asked + _properties(next(iter(content.values()))["schema"], models) if content else asked


def _properties(schema: Schema, models: Schema, prefix: str = "") -> list[Field]:
    """The fields of a body; those of its lines below them."""
    model = _model(schema, models)
    found = []
    for name, value in model.get("properties", {}).items():
        found.append(Field(prefix + name, _kind(value), name in model.get("required", []), "body"))
        rows = next((part for part in [value, *value.get("anyOf", [])] if part.get("type") == "array"), None)
        if rows and not prefix:
            found += _properties(rows["items"], models, f"{name}[].")
    return found


def _model(schema: Schema, models: Schema) -> Schema:
    for part in [schema, *schema.get("anyOf", [])]:
        if "$ref" in part:
            return dict(models[part["$ref"].rpartition("/")[2]])
    return schema


def _kind(schema: Schema) -> str:
    parts = schema.get("anyOf", [schema])
    names = [part.get("format") or part.get("type") or part.get("$ref", "").rpartition("/")[2] for part in parts]
    return " | ".join(dict.fromkeys(name for name in names if name and name != "null"))

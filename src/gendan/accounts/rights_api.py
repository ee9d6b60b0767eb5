"""For programs that keep departments, and what roles see and may do with single fields."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest

from gendan.accounts import commands, queries
from gendan.accounts.api_router import router
from gendan.kernel.api import Body, DoneOut, Out, caller, done
from gendan.kernel.errors import NotFound

PEOPLE = "people"
Whose = Literal["all", "department", "own"]


class DepartmentOut(Out):
    """``depth`` 0 is the top; ``parent`` and ``head`` are a department's code and a user name, or empty."""

    code: str
    name: str
    parent: str
    head: str
    depth: int
    people: int
    version: int


class DepartmentsOut(Out):
    items: list[DepartmentOut]


class DepartmentIn(Body):
    name: str
    parent: str = ""
    head: str = ""
    version: int | None = None


class DocumentsOf(Body):
    """Whose documents are seen: everybody's, those of the own department and below it, one's own."""

    purchasing: Whose = "all"
    sales: Whose = "all"
    inventory: Whose = "all"


class RoleScopeOut(Out):
    """What the holders of a role see; an empty list is no restriction."""

    code: str
    documents: dict[str, str]
    warehouses: list[str]
    supplier_groups: list[str]
    categories: list[str]
    version: int


class ScopeIn(Body):
    documents: DocumentsOf = DocumentsOf()
    warehouses: list[str] = []
    supplier_groups: list[str] = []
    categories: list[str] = []
    version: int | None = None


class FieldRightOut(Out):
    """``mode``: hidden, read_only or required; no ``states`` are all."""

    kind: str
    field: str
    mode: str
    states: list[str]


class FieldRightsOut(Out):
    items: list[FieldRightOut]


class FieldRightIn(Body):
    kind: str
    field: str
    mode: Literal["hidden", "read_only", "required"]
    states: list[str] = []


class FieldRightsIn(Body):
    """The list replaces the one before."""

    items: list[FieldRightIn]
    version: int | None = None


class SettableOut(Out):
    """A field that a role can say something of, and what."""

    kind: str
    field: str
    label: str
    modes: list[str]


class SettablesOut(Out):
    items: list[SettableOut]


@router.get("/departments", response=DepartmentsOut, tags=[PEOPLE])
def list_departments(request: HttpRequest) -> Any:
    """The company's departments, each above those that are below it."""
    return {"items": queries.departments(caller(request))}


@router.get("/departments/{code}", response=DepartmentOut, tags=[PEOPLE])
def get_department(request: HttpRequest, code: str) -> Any:
    """One department."""
    return queries.department(caller(request), code)


@router.put("/departments/{code}", response=DoneOut, tags=[PEOPLE])
def save_department(request: HttpRequest, code: str, body: DepartmentIn) -> Any:
    """Make a department, or change one."""
    return done(commands.save_department(actor=caller(request), code=code, **dict(body)))


@router.delete("/departments/{code}", response=DoneOut, tags=[PEOPLE])
def delete_department(request: HttpRequest, code: str) -> Any:
    """Delete a department that has neither members nor departments below it."""
    return done(commands.delete_department(actor=caller(request), code=code))


@router.get("/roles/{code}/scope", response=RoleScopeOut, tags=[PEOPLE])
def get_role_scope(request: HttpRequest, code: str) -> Any:
    """What of the company's documents and master data the holders of a role see."""
    return queries.role_scope(caller(request), code)


@router.put("/roles/{code}/scope", response=DoneOut, tags=[PEOPLE])
def save_role_scope(request: HttpRequest, code: str, body: ScopeIn) -> Any:
    """Narrow what the holders of a role see, or widen it again."""
    return done(commands.save_role_scope(actor=caller(request), code=code, **body.model_dump()))


@router.get("/roles/{code}/field-rights", response=FieldRightsOut, tags=[PEOPLE])
def get_field_rights(request: HttpRequest, code: str) -> Any:
    """Which fields the holders of a role do not see, do not change, or must fill in."""
    found = queries.field_rights(caller(request))
    if code not in found:
        raise NotFound(what=code)
    return {
        "items": [{"kind": r.kind, "field": r.field, "mode": r.mode, "states": list(r.states)} for r in found[code]]
    }


@router.put("/roles/{code}/field-rights", response=DoneOut, tags=[PEOPLE])
def save_field_rights(request: HttpRequest, code: str, body: FieldRightsIn) -> Any:
    """Say which fields the holders of a role do not see, do not change, or must fill in."""
    rights = [queries.FieldRight(item.kind, item.field, item.mode, tuple(item.states)) for item in body.items]
    return done(commands.save_field_rights(actor=caller(request), code=code, rights=rights, version=body.version))


@router.get("/fields", response=SettablesOut, tags=[PEOPLE])
def list_fields(request: HttpRequest) -> Any:
    """Every field that a role can say something of."""
    caller(request).must(queries.VIEW)
    return {
        "items": [
            {"kind": field.kind, "field": field.name, "label": str(field.label), "modes": list(field.modes)}
            for field in queries.settable_fields()
        ]
    }

"""What can be commented, given files and looked back on: documents by their number, master data by its code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gendan.kernel import scope
from gendan.kernel.actor import Actor
from gendan.kernel.documents import KINDS, Document
from gendan.kernel.errors import NotFound
from gendan.kernel.events import Subject


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object: where it is kept, who may see it, which page shows it."""

    name: str
    model: type[models.Model]
    label: str | Promise
    permission: str
    key: str = "number"
    page: str = ""


_REGISTERED: dict[str, Kind] = {}
# What people call kinds that are looked back on, but have neither page nor number of their own.
LABELS: dict[str, str | Promise] = {
    "user": _("用户"),
    "role": _("角色"),
    "company": _("公司"),
    "department": _("部门"),
    "api_key": _("API 密钥"),
    "flow": _("审批流程"),
    "substitute": _("审批委托"),
    "calendar": _("工作日历"),
    "job": _("后台任务"),
    "list": _("列表"),
    "report": _("报告"),
    "case": _("异常"),
    "alertrule": _("异常规则"),
    "carrier": _("承运商"),
    "parcel": _("包裹"),
    "channel": _("提醒渠道"),
    "salessettings": _("销售设置"),
}
# How people call objects whose key says nothing to them, by kind.
NAMES: dict[str, Callable[[str], str]] = {}
# Kinds of which not every one is seen by who holds the permission: refuses (AppError) who may not see the one.
GUARDS: dict[str, Callable[[Actor, int], None]] = {}


def register(
    name: str, model: type[models.Model], label: str | Promise, permission: str, key: str = "number", page: str = ""
) -> None:
    """Make objects that are no documents (products, partners …) known; ``page`` is a url name that takes the key."""
    _REGISTERED[name] = Kind(name, model, label, permission, key, page)


def kind_of(name: str) -> Kind:
    """A kind by the name that events and addresses use; documents need no registration."""
    if found := _REGISTERED.get(name):
        return found
    document = KINDS.get(name)
    if document is None:
        raise NotFound(what=name)
    return Kind(name, document, document._meta.verbose_name or name, _permission(document), "number", _page(document))


def kind_label(name: str) -> str:
    """What people call a kind; the name itself where nobody said."""
    try:
        return str(kind_of(name).label)
    except NotFound:
        return str(LABELS.get(name, name))


def find(actor: Actor, kind: str, number: str) -> Subject:
    """The object, if the actor may see it: NotFound outside the company, Forbidden without the permission."""
    known = kind_of(kind)
    actor.must(known.permission)
    scope.demand(actor, {kind: number, "number": number})
    found = (
        known.model._default_manager.filter(company_id=actor.company_id, **{known.key: number})
        .values_list("pk", known.key)
        .first()
    )
    if found is None:
        raise NotFound(what=number)
    if guard := GUARDS.get(kind):
        guard(actor, found[0])
    return Subject(kind, found[0], str(found[1]))


def name_of(kind: str, number: str) -> str:
    """What an object is called in a list of many kinds: its number, or by name."""
    return NAMES[kind](number) if kind in NAMES else number


def page_of(kind: str, number: str) -> str:
    """The address of an object's page, "" where it has none."""
    try:
        page = kind_of(kind).page
        return reverse(page, args=[number]) if page else ""
    except (NoReverseMatch, NotFound):
        return ""


def _permission(document: type[Document]) -> str:
    return str(getattr(document, "VIEW_PERMISSION", f"{document._meta.app_label}.view"))


def _page(document: type[Document]) -> str:
    return str(getattr(document, "PAGE", f"{document._meta.app_label}:{document.KIND}"))
